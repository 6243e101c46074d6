"""How often was the same technique seen lately, and how did it end? Numbers only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from proxy.console.incidents.models import Incident
from proxy.console.incidents.standing import how_many
from proxy.console.incidents.states import State

SPAN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Row:
    """How many other incidents of a technique stand so.

    here     at the same school
    others   at all other schools together
    """

    state: State
    here: int
    others: int


def similar(incident: Incident, at: datetime) -> list[Row]:
    """Count the other incidents of an incident's technique that opened in the last 30 days, state by state;
    states that there are none of are left out."""
    since = at - SPAN
    everywhere = how_many(incident.technique, since)
    here = how_many(incident.technique, since, incident.school)
    itself = incident.state if incident.opened_at >= since else ""
    return [row for state in State if (row := _row(state, here, everywhere, itself)).here or row.others]


def _row(state: State, here: Mapping[str, int], everywhere: Mapping[str, int], itself: str) -> Row:
    own = here.get(state.value, 0)
    return Row(state, own - (state.value == itself), everywhere.get(state.value, 0) - own)
