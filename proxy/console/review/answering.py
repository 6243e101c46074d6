"""Which answers can somebody give to a case, why not the others, and what does the desk do for each?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import partial

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review import desk
from proxy.console.review.appeals import standing_appeal
from proxy.console.review.checklist import Answer as Found
from proxy.console.review.checklist import Checklist
from proxy.console.review.models import Case, Decision
from proxy.console.review.opened import Opened
from proxy.console.review.separation import TRACKS, signed_first
from proxy.console.review.states import ON_APPEAL, Kind, Lane, Listing, Outcome, Stage, State, Step
from proxy.console.review.workflow import UNDER_APPEAL

NOTHING_FOUND = Checklist(Found(False), Found(False), Found(False))


class Answer(Enum):
    """What can be chosen. The values stand in the form alone."""

    APPROVE = "approve"
    NARROW = "narrow"
    ENDORSE = "endorse"
    CORRECT = "correct"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Impossible:
    """An answer that cannot be given, and why, in words for whoever would."""

    answer: Answer
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The answers that can be given, and those that cannot.

    signed    the first of two signatures, where one is there already
    """

    answers: Sequence[Answer]
    impossible: Sequence[Impossible] = ()
    signed: Decision | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """An answer with all that belongs to it.

    checklist  None where the kind of request needs none
    opened     what it opens; None for what opens nothing
    category   with a correction: the category that the site does not belong to; "": the one that was met
    seen       id of the last move that was on screen
    sign       of what was on screen as asked for; see `desk.Offer`
    """

    answer: Answer
    reason: str
    checklist: Checklist | None
    opened: Opened | None
    category: str
    seen: int | None
    sign: str = ""


def choice(
    case: Case, steps: frozenset[Step], decisions: Sequence[Decision], opened: Opened | None, on: date
) -> Choice:
    """What somebody can answer now.

    steps      what the table lets them do
    decisions  those on the case
    opened     what approval as asked would open
    on         the day at the school

    No answers at all where they can only look.
    """
    signatures = _signatures(case, decisions)
    if not steps & {Step.DENY, Step.UPHOLD}:
        return Choice((), (), signatures.other)
    if not steps & {Step.APPROVE, Step.OVERTURN}:
        return Choice((Answer.DENY,), (), signatures.other)
    why = {answer: _why_not(case, answer, opened, signatures, on) for answer in _answers(case, signatures)}
    return Choice(
        tuple(answer for answer, barred in why.items() if barred is None),
        tuple(Impossible(answer, barred) for answer, barred in why.items() if barred is not None),
        signatures.other,
    )


def give(case: Case, given: Given, by: Person, at: datetime) -> Case:
    """Record an answer.

    Raises Forbidden (words for `by`), Incomplete (with the field), and Overtaken.
    """
    take = _step(case, given)
    return take(case.pk, by, at=at, reason=given.reason, checklist=given.checklist, seen=given.seen)


@dataclass(frozen=True, slots=True)
class _Signatures:
    """The first signatures on what takes two: one of the other track, one of the track whose turn it is.

    returned    the first one on an appeal stands no more: nobody signed second
    """

    other: Decision | None
    own: Decision | None
    returned: bool = False


def _answers(case: Case, signatures: _Signatures) -> list[Answer]:
    match Kind(case.kind):
        case Kind.RESOURCE if signatures.other is None and not _appealed(case):
            return [Answer.ENDORSE, Answer.DENY]
        case Kind.UNBLOCK:
            return [Answer.APPROVE, Answer.NARROW, Answer.CORRECT, Answer.DENY]
        case Kind.NOT_WORKING:
            return [Answer.APPROVE, Answer.DENY]
        case Kind.SHOULD_BLOCK:  # it is asked for nobody in particular, so that there is no "as asked"
            return [Answer.NARROW, Answer.DENY]
    return [Answer.APPROVE, Answer.NARROW, Answer.DENY]


def _why_not(
    case: Case, answer: Answer, opened: Opened | None, signatures: _Signatures, on: date
) -> str | None:
    """Why an answer is impossible even if nothing is found on the page. The desk has the last word."""
    technicians = case.duty == DutyKind.TECHNICIAN.value and Kind(case.kind) is Kind.UNBLOCK
    if technicians and answer is not Answer.CORRECT and _appealed(case):
        return "The appeal is answered by the appeal officer: sign the correction, or return the appeal."
    if technicians and answer is not Answer.CORRECT:
        return "Whether a page is opened is decided by the reviewer: sign a correction, or hand it back."
    if answer is Answer.DENY:
        return None
    if answer is Answer.CORRECT and case.lane == Lane.PRIVATE.value:
        return (
            "A correction needs a technician, and nobody but counselors sees this request. Report the wrong "
            "listing as a request of your own, without a word about the student."
        )
    if answer is Answer.CORRECT and signatures.returned:
        return desk.NOT_SIGNED
    if answer in (Answer.CORRECT, Answer.ENDORSE) and signatures.own is not None:
        return "Your side has signed already; the other signature is missing."
    listing = Listing.CORRECTION if answer is Answer.CORRECT else Listing.EXCEPTION
    last = answer is not Answer.ENDORSE and (answer is not Answer.CORRECT or signatures.other is not None)
    alone = None if last else desk.why_no_second(case, on)
    return alone or desk.why_not_open(case, opened, NOTHING_FOUND, listing, last=last)


def _step(case: Case, given: Given) -> Callable[..., Case]:
    appealed = _appealed(case)
    last = desk.overturn if appealed else desk.approve
    match given.answer:
        case Answer.DENY:
            return desk.uphold if appealed else desk.deny
        case Answer.ENDORSE:
            return partial(desk.endorse, listing=Listing.EXCEPTION, sign=given.sign)
        case Answer.CORRECT if _signatures(case, list(case.decisions.all())).other is None:
            first = desk.endorse_appeal if appealed else partial(desk.endorse, listing=Listing.CORRECTION)
            return partial(first, category=given.category)
        case Answer.CORRECT:
            return partial(last, listing=Listing.CORRECTION, category=given.category)
    sign = given.sign if given.answer is Answer.APPROVE else ""
    return partial(last, listing=Listing.EXCEPTION, opening=given.opened, sign=sign)


def _signatures(case: Case, decisions: Sequence[Decision]) -> _Signatures:
    if _appealed(case):
        appeal = standing_appeal(case)
        return _Signatures(signed_first(case), None, appeal is not None and appeal.returned_at is not None)
    signed = {Stage(one.stage): one for one in decisions if one.outcome == Outcome.ENDORSED.value}
    own = TRACKS.get(DutyKind(case.duty)) if case.duty else None
    others = [one for stage, one in signed.items() if stage is not own and stage.value not in ON_APPEAL]
    return _Signatures(others[0] if others else None, signed.get(own) if own is not None else None)


def _appealed(case: Case) -> bool:
    return State(case.state) in UNDER_APPEAL
