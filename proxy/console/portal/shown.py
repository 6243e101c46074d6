"""What of a case is shown to somebody who asks: where it stands, who has it, what was answered?

What staff say to each other (hand-overs, endorsements, checklists) and what others asked stays with staff.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from proxy.console.look import words
from proxy.console.people.models import Person
from proxy.console.review import visibility
from proxy.console.review.models import Asking, Case, Decision, Move
from proxy.console.review.openings import Stands, in_words, stands
from proxy.console.review.states import Effect, Lane, State, Step
from proxy.console.review.workflow import OPEN, UNDER_APPEAL

TOLD = frozenset(
    step.value
    for step in (
        Step.ASK,
        Step.ANSWER,
        Step.APPROVE,
        Step.DENY,
        Step.WITHDRAW,
        Step.APPEAL,
        Step.WITHDRAW_APPEAL,
        Step.OVERTURN,
        Step.UPHOLD,
        Step.CLOSE,
        Step.EXPIRE,
        Step.REVOKE,
    )
)
"""Steps that whoever asked is told of; "" (asked) comes before them."""
SAID = frozenset({Step.ASK.value, Step.ANSWER.value, Step.REVOKE.value})
"""Steps whose note was said to, or by, whoever asked."""
ASKERS_OWN = frozenset(step.value for step in (Step.ANSWER, Step.WITHDRAW))
"""Steps of whoever asks; of a joined request each is one person's own."""
APPEALS = frozenset(step.value for step in (Step.APPEAL, Step.WITHDRAW_APPEAL))
"""The same of whoever appeals: also the teacher whom another one names, and staff for a guardian."""
FINAL = ("approved", "narrowed", "denied", "overturned", "upheld")
"""Outcomes that answer a request; an endorsement waits for the other review."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the history."""

    at: datetime
    words: str
    who: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class IsOpen:
    """What an approval opens, in words.

    stands   whether it is open now, not yet although its time has come, or later
    """

    words: str
    stands: Stands


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as whoever asked sees it.

    has_it      who has it now, by name and duty; "" when nobody has to answer
    question    the question that waits for an answer, else ""
    decisions   the answers, the latest first
    opened      what it opens, as long as that has not ended
    """

    case: Case
    asking: Asking
    state: State
    has_it: str
    question: str
    decisions: tuple[Decision, ...]
    opened: tuple[IsOpen, ...]
    history: tuple[Told, ...]

    @property
    def is_private(self) -> bool:
        """Whether only the counselor reads it."""
        return self.case.lane == Lane.PRIVATE.value

    @property
    def is_all_of_it(self) -> bool:
        """Whether its receipt is all that whoever asked has, so that the answer stands on it.

        Whoever was logged in reads it behind their log-in: a link left on a shared device shows the state.
        """
        return not self.is_private and self.asking.evidence.get("known_by") == "ticket"

    @property
    def is_waiting(self) -> bool:
        """Whether the school has to answer."""
        return self.state in OPEN | UNDER_APPEAL


def shown(case: Case, asking: Asking, at: datetime) -> Shown:
    """A case as whoever made this asking sees it."""
    state = State(case.state)
    moves = list(case.moves.select_related("by").order_by("pk"))
    decisions = tuple(case.decisions.select_related("decider").filter(outcome__in=FINAL).order_by("-pk"))
    return Shown(
        case=case,
        asking=asking,
        state=state,
        has_it=_has_it(case),
        question=_question(state, moves),
        decisions=decisions,
        opened=tuple(_opened(case, at)),
        history=tuple(_history(case, asking, moves)),
    )


def own_asking(person: Person, case: Case) -> Asking:
    """What this person asked in a case; their latest, should there be several. Raises Asking.DoesNotExist."""
    mine = Q(asker=person)
    if person.sourced_id:
        mine |= Q(subject=person.sourced_id)
    return case.askings.filter(mine).latest("pk")


def naming(person: Person) -> QuerySet[Case]:
    """The cases in which somebody is named as the teacher by one who still asks, newest first."""
    named = visibility.naming(person).values("case")
    return Case.objects.filter(pk__in=named).order_by("-opened_at", "-pk")


def _has_it(case: Case) -> str:
    person = case.holder or case.official
    if not case.duty or person is None:
        return ""
    duty = str(words.DUTIES.get(case.duty, case.duty))
    return _("%(name)s (%(duty)s)") % {"name": person.name, "duty": duty}


def _question(state: State, moves: list[Move]) -> str:
    if state is not State.NEEDS_ANSWER:
        return ""
    return next((move.note for move in reversed(moves) if move.step == Step.ASK.value), "")


def _opened(case: Case, at: datetime) -> Iterator[IsOpen]:
    """What is or will be open because of it. In the private lane only the counselor and the asker read it."""
    if State(case.state) is State.APPROVED:
        for opening in case.openings.filter(action=Effect.ALLOW.value, revoked_at__isnull=True).order_by(
            "pk"
        ):
            if opening.ends is None or opening.ends > at:
                yield IsOpen(in_words(opening, at), stands(opening, at))


def _history(case: Case, asking: Asking, moves: list[Move]) -> Iterator[Told]:
    """From this person's own asking on; what happened before they joined, they were not there for."""
    yield Told(asking.at, str(words.STEPS[""]), note=asking.purpose)
    others = _others_who_ask(case, asking)
    for move in moves:
        if move.step in TOLD and move.at >= asking.at:
            of_others = _is_of_others(move, asking, others)
            staff = move.by if move.by is not None and not move.by.is_student and not of_others else None
            yield Told(
                move.at,
                str(words.STEPS.get(move.step, move.step)),
                staff.name if staff is not None else "",
                move.note if move.step in SAID and not of_others else "",
            )


def _is_of_others(move: Move, asking: Asking, others: frozenset[int]) -> bool:
    """Whether a step is that of somebody else who asks, or of who appeals for another one."""
    if move.step in APPEALS and move.by is not None:
        itself = asking.subject and move.by.sourced_id == asking.subject
        return not itself and move.by_id not in (asking.asker_id, asking.teacher_id)
    return move.step in ASKERS_OWN and move.by_id in others


def _others_who_ask(case: Case, asking: Asking) -> frozenset[int]:
    """The people who ask for the same; neither who they are nor what they wrote is told."""
    others = case.askings.exclude(pk=asking.pk)
    named = Person.objects.filter(
        Q(pk__in=others.values("asker_id")) | Q(sourced_id__in=others.filter(asker=None).values("subject"))
    )
    own = {asking.asker_id, asking.teacher_id}
    return frozenset(
        person.pk
        for person in named.only("sourced_id")
        if person.pk not in own and not (asking.subject and person.sourced_id == asking.subject)
    )
