"""Whom is an incident about? Told to whoever works on it, and recorded each time."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.incidents import visibility
from proxy.console.incidents.desk.taking import day
from proxy.console.incidents.models import Incident
from proxy.console.incidents.naming import behind
from proxy.console.people.models import Person
from proxy.console.review.workflow import Forbidden


def show_name(incident_id: int, by: Person, *, at: datetime) -> str:
    """The name of whom an incident is about; "" where nobody is known by it (any more).

    The look is recorded before the name is told, whether there is one or not. Raises Incident.DoesNotExist,
    Forbidden.
    """
    with transaction.atomic():
        incident = Incident.objects.get(pk=incident_id)
        if not visibility.may_review(by, incident, day(at)):
            raise Forbidden(_("This needs somebody with another duty at this school."))
        append("incident.look", actor=actors.person(by), about=f"incident:{incident.pk}", at=at)
    known = behind([incident.subject]).get(incident.subject)
    return known.name if known is not None else ""
