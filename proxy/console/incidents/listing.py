"""Which incidents stand in the list, in which order, and which come next?

A page is found by where the one before it ended, so that the thousandth costs what the first costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import Case, Q, QuerySet, Value, When

from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import State

SIZE = 50
MOST_COUNTED = 99


class Show(Enum):
    """Which incidents, by where they stand."""

    WAITING = "waiting"
    ENDED = "ended"
    CONFIRMED = "confirmed"
    INNOCENT = "innocent"
    UNCLEAR = "unclear"


_RANK = Case(When(state=State.OPEN.value, then=Value(0)), default=Value(1))
ENDED = (State.CONFIRMED, State.INNOCENT, State.UNCLEAR)
STATES = {
    Show.WAITING: (State.OPEN, State.UNDER_REVIEW),
    Show.ENDED: ENDED,
    Show.CONFIRMED: (State.CONFIRMED,),
    Show.INNOCENT: (State.INNOCENT,),
    Show.UNCLEAR: (State.UNCLEAR,),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody wants to see.

    school   None: of every school; "": of the whole district
    family   first part of the technique; "": all
    """

    show: Show = Show.WAITING
    school: str | None = None
    family: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: what nobody has taken up first, and the newest first.

    after   where the next page begins, for the address; "": this is the last one
    """

    incidents: Sequence[Incident]
    after: str = ""


def page(incidents: QuerySet[Incident], chosen: Chosen, after: str = "", size: int = SIZE) -> Listed:
    """One page of the incidents that somebody may see; the first where `after` says no place."""
    found = incidents.filter(state__in=[state.value for state in STATES[chosen.show]])
    if chosen.school is not None:
        found = found.filter(school=chosen.school)
    if chosen.family:
        found = found.filter(technique__startswith=f"{chosen.family}.")
    found = found.annotate(rank=_RANK)
    place = _place(after)
    if place is not None:
        rank, number = place
        found = found.filter(Q(rank__gt=rank) | Q(rank=rank, id__lt=number))
    rows = list(found.select_related("holder").order_by("rank", "-id")[: size + 1])
    if len(rows) <= size:
        return Listed(rows)
    last = rows[size - 1]
    return Listed(rows[:size], f"{0 if last.state == State.OPEN.value else 1}-{last.pk}")


def _place(after: str) -> tuple[int, int] | None:
    rank, _, number = after.partition("-")
    if rank not in ("0", "1") or not (number.isascii() and number.isdecimal() and len(number) < 18):
        return None
    return int(rank), int(number)


def waiting(incidents: QuerySet[Incident]) -> int:
    """How many of them nobody has taken up; counted up to one more than MOST_COUNTED and no further."""
    return incidents.filter(state=State.OPEN.value).order_by()[: MOST_COUNTED + 1].count()
