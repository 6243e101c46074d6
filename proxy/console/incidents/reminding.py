"""Which incidents has nobody taken up for too long?"""

from datetime import datetime, timedelta

from django.db import transaction

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.incidents import letters
from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import State
from proxy.console.site.config import config

AT_ONCE = 100


def remind(at: datetime) -> int:
    """Remind the named staff once of each incident that has waited as long as the settings say; return how
    many there were. Each is taken in a transaction of its own, and looked at again there."""
    hours = config().settings.incidents.remind_after
    if not hours:
        return 0
    waiting = Incident.objects.filter(
        state=State.OPEN.value, reminded_at__isnull=True, opened_at__lte=at - timedelta(hours=hours)
    )
    numbers = waiting.order_by("opened_at", "id").values_list("pk", flat=True)[:AT_ONCE]
    return sum(_remind(number, at) for number in list(numbers))


def _remind(number: int, at: datetime) -> bool:
    with transaction.atomic():
        incident = Incident.objects.select_for_update().get(pk=number)
        if incident.state != State.OPEN.value or incident.reminded_at is not None:
            return False
        incident.reminded_at = at
        incident.save(update_fields=["reminded_at"])
        letters.waits(incident, at)
        append("incident.remind", actor=actors.TIMERS, about=f"incident:{number}", at=at)
    return True
