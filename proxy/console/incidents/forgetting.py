"""What of acts and incidents is deleted when its time has passed? The record keeps that somebody did what.

acts that led to nothing       incidents.keep_days after they were last seen
incidents, with their acts     incidents.keep_ended_days after they ended
pardons                        as long after their end; permits, too, but not before their incident
ids of counted events          when no round looks back to them any more
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.incidents.models import Cursor, Finding, Incident, Pardon, Taken
from proxy.console.incidents.reading import LOOKS_BACK, OVERLAP
from proxy.console.incidents.states import ENDED
from proxy.console.review.models import Permitted
from proxy.console.site.config import config

AT_ONCE = 500
"""Rows that one transaction deletes of each sort."""


def forget(at: datetime) -> int:
    """Delete what is past its time; return how many incidents that were."""
    gone = 0
    while (some := _some(at)) is not None:
        gone += some
    return gone


def _some(at: datetime) -> int | None:
    """Delete some of it; None when nothing is left. What is deleted can be deleted again after a kill."""
    settings = config().settings.incidents
    before, ended_before = (
        at - timedelta(days=days) for days in (settings.keep_days, settings.keep_ended_days)
    )
    with transaction.atomic():
        acts = Finding.objects.filter(incident__isnull=True, last_at__lt=before)
        taken = Taken.objects.filter(at__lt=_read_to(at) - LOOKS_BACK - 2 * OVERLAP)
        pardons = Pardon.objects.filter(Q(ends__lt=ended_before) | Q(revoked_at__lt=ended_before))
        permits = Permitted.objects.filter(Q(ends__lt=ended_before) | Q(revoked_at__lt=ended_before)).exclude(
            incident__in=Incident.objects.values("pk")
        )
        ended = Incident.objects.filter(
            state__in=[state.value for state in ENDED], ended_at__lt=ended_before
        ).order_by("pk")
        found = 0
        for rows in (acts, taken, pardons, permits):
            keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
            found += len(keys)
            rows.model._default_manager.filter(pk__in=keys).delete()
        numbers = list(ended.values_list("pk", flat=True)[:AT_ONCE])
        Incident.objects.filter(pk__in=numbers).delete()
        if numbers:
            append("incident.forget", actor=actors.TIMERS, detail={"incidents": numbers}, at=at)
    return len(numbers) if numbers or found else None


def _read_to(at: datetime) -> datetime:
    """How far was read: after a long stop the next round begins there, however long ago that was."""
    cursor = Cursor.objects.filter(pk=1).first()
    return at if cursor is None else min(at, cursor.read_to)
