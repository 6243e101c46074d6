"""Is the record whole? If not, which record is the first bad one, and what else does not fit?

Looked at are the chain itself, the head's row, the file of heads on the gateway's side, the publish log, and
whether the triggers are there that refuse changes. Others may append meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import TextField
from django.db.models.functions import Cast

from proxy import chained_log
from proxy.bundle.published import published_log
from proxy.console.audit import guards, triggers
from proxy.console.audit.chain import Fault, Link, fault_in
from proxy.console.audit.head import Witnessed, witnessed
from proxy.console.audit.importing import taken_over_up_to
from proxy.console.audit.models import AuditHead, AuditRecord

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found.

    head     the last record that was looked at and is good
    first    when the first record was written; None: there is none, or it is bad
    faults   the first bad record first; empty: all is whole
    witnessed_at   when the head that the file has last was written; "" without one
    """

    head: Link
    first: datetime | None
    faults: tuple[Fault, ...]
    witnessed_at: str = ""

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.faults


def verify(state: Path, *, using: str = DEFAULT_DB_ALIAS) -> Verified:
    """Check the record against itself and against what is kept beside it.

    state   the gateway's state directory

    Raises DatabaseError when there is no database to look into, OSError when a file cannot be read.
    """
    row = _row_of_the_head(using)
    heads, of_the_file = _heads(state)
    good, first, fault = _walk(row, heads, using)
    faults = [fault] if fault is not None else [*_at_the_end(good, row, _row_of_the_head(using), heads)]
    up_to = taken_over_up_to(using) if fault is None else chained_log.START
    faults += [*of_the_file, *_of_the_publish_log(state, up_to), *_of_the_guards(using)]
    return Verified(good, first, tuple(faults), heads[-1].at if heads else "")


def _row_of_the_head(using: str) -> Link | None:
    head = AuditHead.objects.using(using).filter(pk=1).first()
    return Link(head.number, head.hash) if head is not None else None


def _heads(state: Path) -> tuple[list[Witnessed], list[Fault]]:
    heads: list[Witnessed] = []
    faults: list[Fault] = []
    for seen in witnessed(state):
        if isinstance(seen, Fault):
            faults.append(seen)
        else:
            heads.append(seen)
    return heads, faults[:1]


def _walk(row: Link | None, heads: list[Witnessed], using: str) -> tuple[Link, datetime | None, Fault | None]:
    """Follow the chain as far as it is good: its last good record, the first one's time, the fault."""
    good, first = Link(), None
    ahead = iter(heads)
    seen = next(ahead, None)
    for record in _records(using):
        fault = record if isinstance(record, Fault) else fault_in(good, record) or _misspelled(record, using)
        if isinstance(record, Fault) or fault is not None:
            return good, first, fault
        while seen is not None and seen.link.number <= record.number:
            if seen.link.number == record.number and seen.link.hash != record.hash:
                return good, first, _not_as_witnessed(seen)
            seen = next(ahead, None)
        good, first = Link(record.number, record.hash), first or record.at
        if row is not None and row.number == good.number and row.hash != good.hash:
            return good, first, Fault(good.number, "is not the one that the head's row names")
    return good, first, None


def _misspelled(record: AuditRecord, using: str) -> Fault | None:
    """SQLite keeps a time as text, and another text can mean the same time: it was changed all the same."""
    written = getattr(record, "written", None)
    if written is None or written == str(connections[using].ops.adapt_datetimefield_value(record.at)):
        return None
    return Fault(record.number, "was changed: its time is spelled another way")


def _not_as_witnessed(seen: Witnessed) -> Fault:
    return Fault(
        seen.link.number,
        f"is not the one that was the last at {seen.at} (audit/head.jsonl, line {seen.line}): "
        "it or one before it was written anew, with all that follow",
    )


def _at_the_end(
    good: Link, row: Link | None, row_now: Link | None, heads: list[Witnessed]
) -> Iterator[Fault]:
    """Whether the chain ends where it should.

    row, row_now   the head's row before the records were read, and after that
    """
    if row is None or row_now is None:
        yield Fault(None, "the head's row is gone from the database")
    elif good.number < row.number:
        yield Fault(good.number + 1, f"is gone, with all up to {row.number}: the end was cut off")
        return
    elif good.number > row_now.number:
        yield Fault(row_now.number + 1, "was added past the head's row, without being asked to follow it")
    if heads and heads[-1].link.number > good.number:
        last = heads[-1]
        yield Fault(
            good.number + 1,
            f"is gone, with all up to {last.link.number}, which was the last at {last.at} "
            f"(audit/head.jsonl, line {last.line}): the end was cut off",
        )


def _records(using: str) -> Iterator[AuditRecord | Fault]:
    """All records in order; a Fault in place of the first one that the database cannot read."""
    after: int | None = None  # a number below 1 is one that somebody put there
    size = CHUNK
    records = AuditRecord.objects.using(using).order_by("number")
    if connections[using].vendor == "sqlite":
        records = records.annotate(written=Cast("at", TextField()))
    while True:
        try:
            chunk = list((records if after is None else records.filter(number__gt=after))[:size])
        except (DatabaseError, ValueError, TypeError, ArithmeticError) as error:
            if guards.is_out_of_reach(error):
                raise
            if size == 1:
                yield Fault((after or 0) + 1, f"cannot be read: {' '.join(str(error).split())}")
                return
            size = 1  # find the one that it is
            continue
        yield from chunk
        if len(chunk) < size:
            return
        after = chunk[-1].number


def _of_the_publish_log(state: Path, up_to: str) -> list[Fault]:
    """What is wrong with it; `up_to` is the hash of its last line that the record has taken over."""
    has_it = up_to == chained_log.START
    for line in chained_log.read(published_log(state)):
        if line.fault:
            return [Fault(None, f"bundle/published.log, line {line.number}: {line.fault}")]
        has_it = has_it or line.hash == up_to
    if has_it:
        return []
    return [Fault(None, "bundle/published.log: the last line that the record has taken over is not in it")]


def _of_the_guards(using: str) -> list[Fault]:
    connection = connections[using]
    faults = []
    missing = triggers.missing(connection, triggers.of_all_apps)
    if missing:
        names = ", ".join(missing)
        what = f"the database no longer refuses what it must: off, gone or changed: {names}"
        faults.append(Fault(None, what))
    foreign = triggers.foreign(connection, triggers.of_all_apps)
    if foreign:
        what = f"the database does what the console did not ask for: {', '.join(foreign)}"
        faults.append(Fault(None, what))
    try:
        damage = guards.damage(connection)
    except DatabaseError as error:
        if guards.is_out_of_reach(error):
            raise
        damage = guards.Damage(None, " ".join(str(error).split()))
    if damage is not None:
        whose = "" if damage.number is None else ": an index names it otherwise than the table"
        faults.append(Fault(damage.number, f"the database file is damaged{whose} ({damage.what})"))
    return faults
