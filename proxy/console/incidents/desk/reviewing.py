"""How does somebody take an incident up, and give it back?"""

from datetime import datetime

from proxy.console.incidents.desk.taking import taking
from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import Step
from proxy.console.people.models import Person


def take_up(incident_id: int, by: Person, *, at: datetime, seen: int | None = None) -> Incident:
    """Take an incident up, or over from a colleague. Raises Forbidden, Overtaken."""
    with taking(incident_id, Step.TAKE_UP, by, at=at, seen=seen) as turn:
        turn.incident.holder, turn.incident.taken_at = by, at
        turn.incident.reminded_at = None
        turn.incident.save()
    return turn.incident


def give_back(
    incident_id: int, by: Person, *, at: datetime, note: str = "", seen: int | None = None
) -> Incident:
    """Leave an incident to the others. Raises Forbidden, Overtaken."""
    with taking(incident_id, Step.GIVE_BACK, by, at=at, seen=seen) as turn:
        turn.note = note.strip()
        turn.incident.holder = turn.incident.taken_at = turn.incident.reminded_at = None
        turn.incident.given_back_at = at
        turn.incident.save()
    return turn.incident
