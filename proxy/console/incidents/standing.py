"""Which incidents has nobody ended yet, and how have others like one ended? Numbers that name nobody."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, QuerySet

from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import STANDING


def standing() -> QuerySet[Incident]:
    """The incidents that nobody has ended yet."""
    return Incident.objects.filter(state__in=[state.value for state in STANDING])


def how_many(technique: str, since: datetime, school: str | None = None) -> Mapping[str, int]:
    """How many incidents of a technique opened since a moment, by the state in which they are.

    school   None: of all schools
    """
    rows = Incident.objects.filter(technique=technique, opened_at__gte=since)
    if school is not None:
        rows = rows.filter(school=school)
    return dict(rows.values_list("state").annotate(Count("id")))
