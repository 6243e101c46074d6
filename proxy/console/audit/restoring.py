"""What does an older database that was put back say of the records that it lacks?

The file of heads knows of records that are gone, and says so for ever, rightly. Whoever restored a copy says
why; that is a record itself, which names what is missing, and the file of heads begins anew beside the old.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from proxy.console.audit.append import append
from proxy.console.audit.chain import Link
from proxy.console.audit.head import HeadProblem, head_file, last_kept, must_go_on, write_head
from proxy.console.audit.models import AuditHead


class NothingRestored(Exception):
    """The record goes on from the head that was kept: nothing is missing, and nothing is to be said."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was written down.

    record   number of the record that says so
    aside    where the file of heads lies now that knew of more
    """

    record: int
    aside: Path


def say_restored(state: Path, because: str, actor: str, at: datetime) -> Restored:
    """Write down that an older database was put back, and go on from there.

    because   why, in words; no names of children

    Raises NothingRestored; OSError when the disk refuses, DatabaseError when the database does.
    """
    kept = last_kept(state)
    with transaction.atomic():
        row = AuditHead.objects.select_for_update().get(pk=1)
        if kept is None or _goes_on(kept.link, Link(row.number, row.hash)):
            raise NothingRestored
        detail = {
            "because": because,
            "kept_record": kept.link.number,
            "kept_head": kept.link.hash,
            "kept_at": kept.at,
            "goes_on_after": row.number,
        }
        record = append("audit.restored", actor=actor, detail=detail, at=at)
    file = head_file(state)
    aside = file.with_name(f"head-until-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.jsonl")
    file.rename(aside)
    write_head(state, at)
    return Restored(record.number, aside)


def _goes_on(kept: Link, now: Link) -> bool:
    try:
        must_go_on(kept, now)
    except HeadProblem:
        return False
    return True
