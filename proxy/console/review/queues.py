"""Which cases stand in a queue, in which order, and which come next?

A page is found by where the one before it ended, not by counting, so that the thousandth page costs
what the first costs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from heapq import merge
from itertools import islice

from django.db.models import Count, Q, QuerySet

from proxy.console.people.models import Person
from proxy.console.review.models import Asking, Case
from proxy.console.review.states import Kind, State
from proxy.console.review.workflow import ENDED

SIZE = 50
MOST_COUNTED = 999


class Whose(Enum):
    """Which cases of a queue, by who has them and how late they are."""

    ALL = "all"
    UNCLAIMED = "unclaimed"
    MINE = "mine"
    OVERDUE = "overdue"


class Show(Enum):
    """Which cases, by where they stand."""

    DUE = "due"
    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"
    ENDED = "ended"


STATES: Mapping[Show, tuple[State, ...]] = {
    Show.DUE: (State.SUBMITTED, State.IN_REVIEW),
    Show.WAITING: (State.NEEDS_ANSWER,),
    Show.APPROVED: (State.APPROVED,),
    Show.DENIED: (State.DENIED, State.APPEALED, State.IN_APPEAL),
    Show.ENDED: tuple(sorted(ENDED, key=lambda state: state.value)),
}
APPEALS = (State.APPEALED, State.IN_APPEAL)
FREE = frozenset({State.SUBMITTED, State.APPEALED})
HELD = frozenset({State.IN_REVIEW, State.NEEDS_ANSWER, State.IN_APPEAL})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see of a queue.

    text     part of a host, or a case's number with or without `#`
    """

    kind: Kind | None = None
    school: str | None = None
    show: Show = Show.DUE
    whose: Whose = Whose.ALL
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a queue.

    asked     by how many
    """

    case: Case
    asked: int
    is_overdue: bool
    is_mine: bool

    @property
    def is_free(self) -> bool:
        """Whether somebody can claim it."""
        return State(self.case.state) in FREE

    @property
    def is_held(self) -> bool:
        """Whether its holder can put it back."""
        return State(self.case.state) in HELD


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a queue.

    after    what the next page begins after, for the address; "" when this is the last one
    """

    rows: tuple[Row, ...] = field(default=())
    after: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases wait, each counted up to MOST_COUNTED and no further."""

    due: int
    unclaimed: int
    mine: int
    overdue: int
    waiting: int = 0


class NoSuchPlace(ValueError):
    """The text in the address does not say where a page begins."""


def page(
    cases: QuerySet[Case], wanted: Wanted, person: Person, at: datetime, after: str = "", size: int = SIZE
) -> Page:
    """One page of the cases that somebody may see.

    cases    what they may see; see `review.visibility`
    after    from the page before; "" for the first

    Cases that are due come soonest first; where nothing is due, the newest come first. Raises
    NoSuchPlace.
    """
    chosen = _chosen(cases, wanted, person, at)
    if wanted.show is Show.DUE:
        return _due_first(chosen, STATES[wanted.show], person, at, after, size)
    return _newest_first(chosen, STATES[wanted.show], person, at, after, size)


def appeals(
    cases: QuerySet[Case], wanted: Wanted, person: Person, at: datetime, after: str = "", size: int = SIZE
) -> Page:
    """One page of the appeals among the cases that somebody may see, soonest due first."""
    return _due_first(_chosen(cases, wanted, person, at), APPEALS, person, at, after, size)


def counts(cases: QuerySet[Case], person: Person, at: datetime, *, appealed: bool = False) -> Counts:
    """Count what waits in a queue."""
    fresh, held = (State.APPEALED, State.IN_APPEAL) if appealed else (State.SUBMITTED, State.IN_REVIEW)
    due = cases.filter(state__in=[fresh.value, held.value])
    return Counts(
        due=_counted(due),
        unclaimed=_counted(cases.filter(state=fresh.value)),
        mine=_counted(due.filter(holder=person)),
        overdue=_counted(due.filter(due_at__lt=at)),
        waiting=0 if appealed else _counted(cases.filter(state=State.NEEDS_ANSWER.value)),
    )


def _counted(cases: QuerySet[Case]) -> int:
    return cases.order_by()[: MOST_COUNTED + 1].count()


def _chosen(cases: QuerySet[Case], wanted: Wanted, person: Person, at: datetime) -> QuerySet[Case]:
    if wanted.kind is not None:
        cases = cases.filter(kind=wanted.kind.value)
    if wanted.school is not None:
        cases = cases.filter(school=wanted.school)
    if wanted.whose is Whose.MINE:
        cases = cases.filter(holder=person)
    elif wanted.whose is Whose.UNCLAIMED:
        cases = cases.filter(holder__isnull=True)
    elif wanted.whose is Whose.OVERDUE:
        cases = cases.filter(due_at__lt=at)
    text = wanted.text.strip().lower()
    if text.removeprefix("#").isdecimal() and len(text) < 18:
        numbered = Q(id=int(text.removeprefix("#")))
        return cases.filter(numbered if text.startswith("#") else numbered | Q(host__contains=text))
    return cases.filter(host__contains=text) if text else cases


def _due_first(
    cases: QuerySet[Case], states: Iterable[State], person: Person, at: datetime, after: str, size: int
) -> Page:
    """One page in the order of due times.

    Each state is asked for alone: the index then has its cases in this very order, and nothing is sorted.
    """
    cases = cases.filter(due_at__isnull=False).order_by("due_at", "id")
    if after:
        due, id_ = _place(after)
        # The first condition is implied by the second; it is what lets the index find the place.
        cases = cases.filter(due_at__gte=due).filter(Q(due_at__gt=due) | Q(id__gt=id_))
    found = merge(
        *(cases.filter(state=state.value).values_list("due_at", "id")[: size + 1] for state in states)
    )
    places = list(islice(found, size + 1))
    rows = _rows([id_ for _, id_ in places[:size]], person, at)
    if len(places) <= size:
        return Page(rows)
    due_at, id_ = places[size - 1]
    return Page(rows, f"{due_at.astimezone(UTC).isoformat()}~{id_}" if due_at else "")


def _newest_first(
    cases: QuerySet[Case], states: Iterable[State], person: Person, at: datetime, after: str, size: int
) -> Page:
    cases = cases.filter(state__in=[state.value for state in states]).order_by("-id")
    if after:
        cases = cases.filter(id__lt=_number(after))
    ids = list(cases.values_list("id", flat=True)[: size + 1])
    return Page(_rows(ids[:size], person, at), str(ids[size - 1]) if len(ids) > size else "")


def _rows(ids: Sequence[int], person: Person, at: datetime) -> tuple[Row, ...]:
    cases = Case.objects.select_related("holder", "official").in_bulk(ids)
    still = Asking.objects.filter(case__in=ids, withdrawn_at__isnull=True)
    asking = still.values_list("case").annotate(n=Count("id"))
    asked = dict(asking.values_list("case", "n"))
    return tuple(
        Row(
            case,
            asked.get(id_, 0),
            is_overdue=case.due_at is not None and case.due_at < at,
            is_mine=case.holder_id == person.id,
        )
        for id_ in ids
        if (case := cases.get(id_)) is not None
    )


def _place(text: str) -> tuple[datetime, int]:
    moment, _, id_ = text.partition("~")
    try:
        due = datetime.fromisoformat(moment)
        if due.tzinfo is None:
            raise NoSuchPlace(text)
        return due.astimezone(UTC), _number(id_)
    except (ValueError, OverflowError) as error:
        raise NoSuchPlace(text) from error


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise NoSuchPlace(text)
    return int(text)
