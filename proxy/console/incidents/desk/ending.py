"""How does an incident end, and what follows when it was innocent?"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from proxy.console.incidents.desk.forgiving import PardonWanted, PermitWanted, follow
from proxy.console.incidents.desk.taking import taking, words_of
from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import ENDING, State, Step
from proxy.console.people.models import Person
from proxy.console.review.desk.taking import Incomplete


def end(
    incident_id: int,
    by: Person,
    *,
    at: datetime,
    outcome: State,
    words: str,
    pardons: Sequence[PardonWanted] = (),
    permits: Sequence[PermitWanted] = (),
    seen: int | None = None,
    acts: str | None = None,
) -> Incident:
    """End an incident as confirmed, innocent or unclear.

    words   why
    pardons with `innocent`: what does not count again; `permits`: what is let through from now on

    Raises Forbidden, Incomplete, Overtaken.
    """
    with taking(incident_id, ENDING[outcome], by, at=at, seen=seen, acts=acts) as turn:
        incident = turn.incident
        turn.note = incident.words = words_of(words)
        incident.ended_by, incident.ended_at = by, at
        turn.told |= {"technique": incident.technique, "acts": incident.findings.count()}
        incident.save()
        if (pardons or permits) and outcome is not State.INNOCENT:
            raise Incomplete("outcome", _("Only what was innocent is forgiven or permitted."))
        follow(turn, pardons, permits)
    return incident


def follow_up(
    incident_id: int,
    by: Person,
    *,
    at: datetime,
    words: str,
    pardons: Sequence[PardonWanted] = (),
    permits: Sequence[PermitWanted] = (),
    seen: int | None = None,
    acts: str | None = None,
) -> Incident:
    """Let more follow from an incident that was innocent; `words`: why. Raises Forbidden, Incomplete,
    Overtaken."""
    with taking(incident_id, Step.FOLLOW_UP, by, at=at, seen=seen, acts=acts) as turn:
        turn.note = words_of(words)
        if not (pardons or permits):
            raise Incomplete("pardon", _("Choose what follows."))
        follow(turn, pardons, permits)
    return turn.incident
