"""How do publications made at the command line get into the record, in order and exactly once?

From the publish log (`proxy.bundle.published`). Where the reader stands is in the record itself: each record
of a publication carries its line's number and hash, and is written in the transaction that reads it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, transaction

from proxy import chained_log
from proxy.bundle.layout import Layout, Part
from proxy.bundle.published import UNKNOWN, is_settled, published_log, settle
from proxy.chained_log import Line
from proxy.console.audit.actors import TIMERS
from proxy.console.audit.append import append
from proxy.console.audit.models import AuditHead, AuditRecord

PUBLISHED = "bundle.publish"
BROKEN = "bundle.log_broken"
AT_ONCE = 200
_PUBLISHERS = re.compile(r"(?:cli:[\w.$@+-]{1,64}|console|timers)\Z")


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken over.

    lines    publications that are in the record now and were not before
    faults   what was found wrong with the publish log; it stands in the record too
    """

    lines: int = 0
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """The line up to which the log was read: its hash, and the octet with which it begins."""

    hash: str = chained_log.START
    begins: int = 0


def import_published(state: Path, at: datetime, *, using: str = DEFAULT_DB_ALIAS) -> Imported:
    """Take new lines of the publish log over into the record.

    state   the gateway's state directory

    Raises OSError when the log cannot be read or settled, DatabaseError when the database refuses; what was
    taken over until then is kept, and nothing is taken over twice.
    """
    if not is_settled(state):
        layout = Layout(state)
        with layout.locked():
            settle(layout)
    path = published_log(state)
    taken = 0
    faults: list[str] = []
    while True:
        place = _place(using)
        last = chained_log.last(path)
        if (last.hash if last is not None else chained_log.START) == place.hash:
            return Imported(taken, tuple(faults))
        some = _take_over(path, place, at, using)
        taken += some.lines
        faults += some.faults


def taken_over_up_to(using: str = DEFAULT_DB_ALIAS) -> str:
    """The hash of the last line that is in the record; START: none is."""
    return _place(using).hash


def _place(using: str) -> _Place:
    newest = (
        AuditRecord.objects.using(using)
        .filter(action__in=(PUBLISHED, BROKEN))
        .order_by("-number")
        .values_list("detail", flat=True)
        .first()
    )
    if newest is None:
        return _Place()
    detail = json.loads(newest)
    return _Place(detail["hash"], detail["begins"])


def _take_over(path: Path, place: _Place, at: datetime, using: str) -> Imported:
    """Read on from a place: some lines in one transaction, unless somebody else has read on meanwhile."""
    new = _following(path, place)
    lines: Sequence[Line] = new[:AT_ONCE] if new is not None else list(chained_log.read(path))
    with transaction.atomic(using=using):
        AuditHead.objects.using(using).select_for_update().get(pk=1)  # one reader at a time
        if _place(using) != place:
            return Imported()
        taken = 0
        faults: list[str] = []
        for line in lines:
            if line.fault:
                faults.append(f"line {line.number}: {line.fault}")
                _append_fault(faults[-1], line, at, using)
            elif new is not None or not _is_known(line, using):
                _append_line(line, at, using)
                taken += 1
        if new is None:
            faults.append("the line up to which it was read is gone or is another one now")
            end = lines[-1] if lines else Line(0, {}, "", chained_log.START)
            _append_fault(faults[-1], end, at, using)
        return Imported(taken, tuple(faults))


def _following(path: Path, place: _Place) -> list[Line] | None:
    """The lines after a place; None when the line at that place is not there any more."""
    if place == _Place():
        return list(chained_log.read(path))
    found = list(chained_log.read(path, place.begins))
    return found[1:] if found and found[0].hash == place.hash else None


def _is_known(line: Line, using: str) -> bool:
    records = AuditRecord.objects.using(using).filter(about=_about(line), action=PUBLISHED)
    return any(json.loads(detail)["hash"] == line.hash for detail in records.values_list("detail", flat=True))


def _append_line(line: Line, at: datetime, using: str) -> None:
    by = line.body.get("by")
    detail = {
        "line": line.number,
        "hash": line.hash,
        "begins": line.begins,
        "sha256": line.body.get("sha256"),
        "changes": line.body.get("changes"),
        "taken_over": at.isoformat(),
    }
    append(
        PUBLISHED,
        actor=by if isinstance(by, str) and _PUBLISHERS.match(by) else UNKNOWN,
        about=_about(line),
        detail=detail,
        at=_when(line, at),
        using=using,
    )


def _append_fault(what: str, line: Line, at: datetime, using: str) -> None:
    detail = {"what": what, "line": line.number, "hash": line.hash, "begins": line.begins, "says": line.body}
    append(BROKEN, actor=TIMERS, about="bundle:published.log", detail=detail, at=at, using=using)


def _about(line: Line) -> str:
    """What was published: `overlay:40`. A line of another sort is about the log as such."""
    part, revision = line.body.get("part"), line.body.get("revision")
    known = part in [part.value for part in Part] and type(revision) is int and 0 < revision < 10**18
    return f"{part}:{revision}" if known else "bundle:published.log"


def _when(line: Line, at: datetime) -> datetime:
    """When it was published; that of taking it over where the line names no time before."""
    try:
        written = datetime.fromisoformat(line.body["at"])
        return written if written <= at else at
    except (KeyError, TypeError, ValueError):
        return at
