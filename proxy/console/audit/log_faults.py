"""What was wrong with the publish log, and has anybody looked at it?

Each fault is a record (`bundle.log_broken`), and so is it that somebody has looked (`bundle.log_seen`), up to
which fault. What nobody has looked at is shown to whoever opens the record's pages.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from proxy.console.audit.append import append
from proxy.console.audit.importing import BROKEN
from proxy.console.audit.models import AuditHead, AuditRecord

SEEN = "bundle.log_seen"
MOST = 20


@dataclass(frozen=True, slots=True)
class LogFault:
    """One fault: number of its record, when it was found, and what it is."""

    number: int
    at: datetime
    what: str


def unseen() -> Sequence[LogFault]:
    """What nobody has looked at, the newest first, and so many at most."""
    rows = _unseen().order_by("-number").values_list("number", "at", "detail")[:MOST]
    return [LogFault(number, at, str(_told(detail).get("what", ""))) for number, at, detail in rows]


def how_many_unseen() -> int:
    """How many faults nobody has looked at."""
    return _unseen().count()


def look(up_to: int, actor: str, at: datetime) -> None:
    """Record that somebody has looked at all faults up to a record's number; later ones stay unseen."""
    with transaction.atomic():
        AuditHead.objects.select_for_update().get(pk=1)  # of two who look at once the second says nothing new
        newest = _unseen().filter(number__lte=up_to).order_by("-number").values_list("number", flat=True)
        if (number := newest.first()) is not None:
            append(SEEN, actor=actor, about="bundle:published.log", detail={"up_to": number}, at=at)


def _unseen() -> QuerySet[AuditRecord]:
    looked = AuditRecord.objects.filter(action=SEEN).order_by("-number")
    up_to = _told(looked.values_list("detail", flat=True).first() or "{}").get("up_to")
    return AuditRecord.objects.filter(action=BROKEN, number__gt=up_to if isinstance(up_to, int) else 0)


def _told(detail: str) -> Mapping[str, object]:
    """What a record says; of one that somebody changed to no JSON object, all of it."""
    try:
        told = json.loads(detail)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"what": detail}
