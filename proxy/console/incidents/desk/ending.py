"""How does an incident end, and what follows when it was innocent?"""

from datetime import datetime

from django.utils.translation import gettext as _

from proxy.console.incidents.desk.forgiving import PardonWanted, PermitWanted, forgive, let_through
from proxy.console.incidents.desk.taking import taking, words_of
from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import ENDING, State
from proxy.console.people.models import Person
from proxy.console.review.desk.taking import Incomplete


def end(
    incident_id: int,
    by: Person,
    *,
    at: datetime,
    outcome: State,
    words: str,
    pardon: PardonWanted | None = None,
    permit: PermitWanted | None = None,
    seen: int | None = None,
) -> Incident:
    """End an incident as confirmed, innocent or unclear.

    words   why
    pardon  with `innocent`: what does not count again; `permit`: what is let through from now on

    Raises Forbidden, Incomplete, Overtaken.
    """
    with taking(incident_id, ENDING[outcome], by, at=at, seen=seen) as turn:
        incident = turn.incident
        turn.note = incident.words = words_of(words)
        incident.ended_by, incident.ended_at = by, at
        turn.told |= {"technique": incident.technique, "acts": incident.findings.count()}
        incident.save()
        if (pardon or permit) and outcome is not State.INNOCENT:
            raise Incomplete("outcome", _("Only what was innocent is forgiven or permitted."))
        if pardon is not None:
            forgive(turn, pardon)
        if permit is not None:
            let_through(turn, permit)
    return incident
