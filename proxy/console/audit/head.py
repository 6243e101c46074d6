"""Which record was the last one, and when? A file on the gateway's side keeps that: a cut end is found.

`<state>/audit/head.jsonl` is a file of chained lines (`proxy.chained_log`), one for each head that was seen
when somebody looked; the timers look every minute. The database knows nothing of it: whoever takes records
off the end, or writes the whole chain anew, would have to change this file too, and every copy of it that was
taken elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS

from proxy import chained_log
from proxy.console.audit.chain import Fault, Link
from proxy.console.audit.models import AuditHead, AuditRecord


class HeadProblem(Exception):
    """The record does not go on from what the file of heads says; the message says in which way."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A head as it was seen.

    at      ISO 8601, as the file has it
    line    of the file
    """

    link: Link
    at: str
    line: int

    @property
    def moment(self) -> datetime | None:
        """When that was, as a time; None when the file does not say one."""
        try:
            moment = datetime.fromisoformat(self.at)
        except ValueError:
            return None
        return moment if moment.tzinfo is not None else None


def head_file(state: Path) -> Path:
    """Where the heads are kept."""
    return state / "audit" / "head.jsonl"


def write_head(state: Path, at: datetime, *, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Write the record's head into the file, and say whether it was new.

    Raises HeadProblem, and writes nothing, when the record is behind what was written before or is another
    one at that place; OSError when the disk refuses, DatabaseError when the database does.
    """
    path = head_file(state)
    line = chained_log.last(path)
    kept = _read(line) if line is not None else None
    before = kept.link if kept is not None else Link()
    head = AuditHead.objects.using(using).get(pk=1)
    now = Link(head.number, head.hash)
    if now == before:
        return False
    if before.number:
        must_go_on(before, now, using=using)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    seen = {"at": at.isoformat(), "number": now.number, "head": now.hash}
    try:
        chained_log.append(path, seen, after=line.hash if line is not None else chained_log.START)
    except chained_log.Overtaken:
        return False  # somebody else has looked meanwhile; what they have not seen is for the next time
    return True


def must_go_on(before: Link, now: Link, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Raise HeadProblem when a record that ends at `now` does not go on from the head `before`."""
    if now.number < before.number:
        raise HeadProblem(
            f"the record ends at {now.number}, but {before.number} was its last one before: its end was cut "
            "off, or an older database was put in its place"
        )
    hash_ = (
        AuditRecord.objects.using(using).values_list("hash", flat=True).filter(number=before.number).first()
    )
    if hash_ != before.hash:
        raise HeadProblem(
            f"record {before.number} is another one than was written down as the last one before"
        )


def last_kept(state: Path) -> Witnessed | None:
    """The head that the file has last; None without one. Raises OSError."""
    line = chained_log.last(head_file(state))
    return _read(line) if line is not None else None


def witnessed(state: Path) -> Iterator[Witnessed | Fault]:
    """The heads of the file, in order, and what is wrong with it. Raises OSError."""
    before = 0
    for line in chained_log.read(head_file(state)):
        if line.fault:
            yield Fault(None, f"audit/head.jsonl, line {line.number}: {line.fault}")
            continue
        seen = _read(line)
        if seen is None or seen.link.number < before:
            yield Fault(None, f"audit/head.jsonl, line {line.number}: says no head that could follow")
            continue
        before = seen.link.number
        yield seen


def _read(line: chained_log.Line) -> Witnessed | None:
    match line.body:
        case {"at": str(at), "number": int(number), "head": str(head)}:
            return Witnessed(Link(number, head), at, line.number)
    return None
