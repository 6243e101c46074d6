"""Which incidents has nobody taken up, or ended, for too long?

waiting        those on duty are reminded `remind_after` hours after it opened, or was given back
under review   its holder is reminded, as long after they took it up, when more has joined it since; the next
               time the others, too
both           again when more has joined it since the last time, and every 30 days all the same
too long       what stands after `keep_ended_days` is told to the administrators, too, at most once a month:
               it is never deleted while somebody has still to look at it
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.incidents import letters
from proxy.console.incidents.models import Incident
from proxy.console.incidents.standing import standing
from proxy.console.incidents.states import State
from proxy.console.site.config import config

AT_ONCE = 100
AGAIN = timedelta(days=30)

_SINCE = Case(
    When(state=State.UNDER_REVIEW.value, then=F("taken_at")), default=Coalesce("given_back_at", "opened_at")
)
"""Since when somebody is waited for."""


def remind(at: datetime) -> int:
    """Remind of each incident that has waited as long as the settings say; return how many there were.

    Each is taken in a transaction of its own, and looked at again there.
    """
    due = standing().annotate(since=_SINCE).filter(_due(at))
    numbers = due.order_by("opened_at", "id").values_list("pk", flat=True)[:AT_ONCE]
    return sum(_remind(number, at) for number in list(numbers))


def _due(at: datetime) -> Q:
    before, month = at - timedelta(hours=config().settings.incidents.remind_after), at - AGAIN
    told_long_ago = Q(reminded_at__isnull=True) | Q(reminded_at__lte=month)
    unended = Q(opened_at__lte=_too_long(at)) & told_long_ago
    if before == at:
        return unended
    joined = Q(reminded_at__lte=before, last_at__gt=F("reminded_at"))
    untaken = Q(reminded_at__isnull=True, since__lte=before) & (
        Q(state=State.OPEN.value) | Q(last_at__gt=F("since"))
    )
    return unended | untaken | joined | Q(since__lte=month) & told_long_ago


def _too_long(at: datetime) -> datetime:
    """What opened before and stands at a moment has stood for longer than it would be kept after its end."""
    return at - timedelta(days=config().settings.incidents.keep_ended_days)


def _remind(number: int, at: datetime) -> bool:
    with transaction.atomic():
        due = standing().annotate(since=_SINCE).filter(_due(at), pk=number)
        incident = due.select_for_update().first()
        if incident is None:
            return False
        is_first, incident.reminded_at = incident.reminded_at is None, at
        incident.save(update_fields=["reminded_at"])
        _tell(incident, at, is_first=is_first)
        is_unended = incident.opened_at <= _too_long(at)
        if is_unended:
            letters.is_unended(incident, at)
        detail = {"unended": True} if is_unended else {}
        append("incident.remind", actor=actors.TIMERS, about=f"incident:{number}", detail=detail, at=at)
    return True


def _tell(incident: Incident, at: datetime, *, is_first: bool) -> None:
    if incident.state == State.OPEN.value:
        letters.waits(incident, at)
    else:
        letters.goes_on(incident, at, to_others=not is_first)
