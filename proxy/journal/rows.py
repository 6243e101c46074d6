"""How does an event look as a row of the archive, and which rows are among the wanted?

A column for each field, plain text and numbers, so that any program that reads Parquet can read it. Text
that no UTF-8 can hold (half a surrogate pair out of a broken URL) is spelled with MARK in front.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Handling, Reason
from proxy.journal.codec import Constants
from proxy.journal.event import Event, moment
from proxy.journal.ids import event_id
from proxy.journal.kept_signs import marks_of
from proxy.journal.wanted import LAST_US, Wanted

MARK = "\U0010ffff"
_SHIFT = 0x100000 - 0xD800
_UNFIT = re.compile(f"[\ud800-\udfff{MARK}]")
_MARKED = re.compile(f"{MARK}(.)", re.DOTALL)

ROW_COLUMNS = ("sequence", "time_us", "duration_us")
SOURCE_COLUMNS = ("gateway", "worker", "boot", "client", "subject")
CONSTANT_COLUMNS = (
    "stage", "grp", "host", "url", "referring_host", "method", "category", "action", "reason", "list_id",
    "rule", "base", "overlay", "ticket", "bytes", "handling", "signs",
)  # fmt: skip
COLUMNS = (*ROW_COLUMNS, *SOURCE_COLUMNS, *CONSTANT_COLUMNS)
NUMBERS = frozenset({*ROW_COLUMNS, "boot", "base", "overlay", "bytes"})


class Condition(NamedTuple):
    """What stands behind WHERE, and its parameters."""

    sql: str
    parameters: dict[str, str | int]


def type_of(column: str) -> str:
    """The column's type, as SQL has it."""
    if column in ROW_COLUMNS:
        return "ubigint"
    return "bigint" if column in NUMBERS else "varchar"


def spelled(text: str) -> str:
    """Spell a text as the archive holds it: as it is, unless UTF-8 has no room for it."""
    if text.isascii():
        return text
    return _UNFIT.sub(lambda found: MARK + _shifted(found.group()), text)


def read(text: str) -> str:
    """Read what `spelled` wrote."""
    return _MARKED.sub(lambda found: _shifted_back(found.group(1)), text) if MARK in text else text


def constant_values(constants: Constants) -> tuple[str | int, ...]:
    """The values of CONSTANT_COLUMNS."""
    c = constants
    return (
        c.stage.value, spelled(c.group), spelled(c.host), spelled(c.url), spelled(c.referring_host),
        spelled(c.method), spelled(c.category), c.action.value, c.reason.value, spelled(c.list_id),
        spelled(c.rule), c.base, c.overlay, spelled(c.ticket), c.bytes, c.handling.value,
        spelled(c.signs),
    )  # fmt: skip


def event_of(row: Sequence[object]) -> Event | None:
    """The event of a row with COLUMNS; None when it is of a kind that this program does not know."""
    v = dict(zip(COLUMNS, row, strict=True))
    text = {name: read(str(value)) for name, value in v.items() if name not in NUMBERS}
    number = {name: int(str(v[name])) for name in NUMBERS}
    try:
        kinds = (
            Stage(text["stage"]),
            Action(text["action"]),
            Reason(text["reason"]),
            Handling(text["handling"]),
        )
    except ValueError:
        return None
    return Event(
        id=event_id(number["time_us"], number["boot"], number["sequence"]),
        time=moment(number["time_us"]),
        gateway=text["gateway"],
        worker=text["worker"],
        stage=kinds[0],
        client=text["client"],
        subject=text["subject"],
        group=text["grp"],
        host=text["host"],
        url=text["url"],
        referring_host=text["referring_host"],
        method=text["method"],
        category=text["category"],
        action=kinds[1],
        reason=kinds[2],
        list_id=text["list_id"],
        rule=text["rule"],
        base=number["base"],
        overlay=number["overlay"],
        ticket=text["ticket"],
        bytes=number["bytes"],
        duration_us=number["duration_us"],
        handling=kinds[3],
        signs=text["signs"],
    )


def condition(wanted: Wanted) -> Condition:
    """Which rows are asked for; all values are parameters."""
    parts = ["time_us >= $begin", "time_us < $end"]
    values: dict[str, str | int] = {"begin": max(0, wanted.begin_us), "end": min(wanted.end_us, LAST_US)}
    if wanted.host is not None:
        parts.append(at_or_below("host", "host"))
        values |= {"host": spelled(wanted.host), "below_host": "." + spelled(wanted.host)}
    equal = {
        "grp": wanted.group, "ticket": wanted.ticket, "subject": wanted.subject, "client": wanted.client,
        "action": wanted.action.value if wanted.action else None,
    }  # fmt: skip
    for column, value in equal.items():
        if value is not None:
            parts.append(f"{column} = ${column}")
            values[column] = spelled(value)
    if wanted.technique is not None:
        parts.append("(contains(signs, $technique) or contains(signs, $family))")
        values["technique"], values["family"] = marks_of(wanted.technique)
    if wanted.signed:
        parts.append("signs <> ''")
    return Condition(" and ".join(parts), values)


def at_or_below(column: str, name: str) -> str:
    """SQL for a host and everything below it, with parameters `name` and `below_name`."""
    return f"({column} = ${name} or ends_with({column}, $below_{name}))"


def _shifted(found: str) -> str:
    return found if found == MARK else chr(ord(found) + _SHIFT)


def _shifted_back(marked: str) -> str:
    return marked if marked == MARK else chr(ord(marked) - _SHIFT)
