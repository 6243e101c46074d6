"""How is a case worked on until it is decided: claimed, asked about, handed over?"""

from datetime import datetime

from django.utils.translation import gettext as _

from proxy.console.people import access
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review import letters
from proxy.console.review.desk import turns
from proxy.console.review.desk.taking import Incomplete, Turn, taking
from proxy.console.review.models import Case
from proxy.console.review.states import Step
from proxy.console.review.workflow import Forbidden


def claim(case_id: int, by: Person, *, at: datetime, seen: int | None = None) -> Case:
    """Take a case on. Raises Forbidden and Overtaken, as every step does (see `taking`)."""
    with taking(case_id, Step.CLAIM, by, at=at, seen=seen) as turn:
        turn.case.holder = by
    return turn.case


def release(case_id: int, by: Person, *, at: datetime, note: str = "", seen: int | None = None) -> Case:
    """Give a case back to the queue; an open question is dropped and the clock goes on."""
    with taking(case_id, Step.RELEASE, by, at=at, seen=seen) as turn:
        turn.note = note
        turn.case.holder = None
        if turn.case.clock_left is not None:
            turns.go_on(turn.case, at, turn.times)
    return turn.case


def take_over(case_id: int, by: Person, *, at: datetime, seen: int | None = None) -> Case:
    """Take an overdue case from whoever holds it, as the official in charge."""
    with taking(case_id, Step.TAKE_OVER, by, at=at, seen=seen) as turn:
        _take_from_holder(turn, by)
    return turn.case


def _take_from_holder(turn: Turn, by: Person) -> None:
    turn.told["from"] = f"person:{turn.case.holder_id}"
    turn.case.holder = by


def ask(case_id: int, by: Person, *, at: datetime, question: str, seen: int | None = None) -> Case:
    """Ask those who asked something. Until one of them answers, the due time stands still."""
    with taking(case_id, Step.ASK, by, at=at, seen=seen) as turn:
        if not letters.askers(turn.case):
            raise Forbidden(
                "Whoever asked did so on a shared device, without an account: nobody could answer, and the "
                "due time would stand still for ever. Decide by what is known."
            )
        turn.note = _words("question", question)
        turns.stop(turn.case, at, turn.times)
        letters.question(turn.case, turn.note, at)
    return turn.case


def answer(case_id: int, by: Person, *, at: datetime, answer: str, seen: int | None = None) -> Case:
    """Answer a question as one of those who asked; the clock goes on."""
    with taking(case_id, Step.ANSWER, by, at=at, seen=seen) as turn:
        turn.note = _words("answer", answer)
        turns.go_on(turn.case, at, turn.times)
        letters.answered(turn.case, at)
    return turn.case


def hand_over(
    case_id: int,
    by: Person,
    *,
    at: datetime,
    to: Person | DutyKind,
    note: str = "",
    seen: int | None = None,
) -> Case:
    """Hand a case over to a named official, or to whoever has a duty. The due time that was promised stays.

    Raises Incomplete where the other one cannot answer it.
    """
    with taking(case_id, Step.HAND_OVER, by, at=at, seen=seen) as turn:
        turn.note = note
        case = turn.case
        if isinstance(to, DutyKind):
            if to not in turns.can_be_handed_to(case):
                raise Incomplete("to", _("A request of this kind cannot go there."))
            turns.pass_to(case, to, at, turn.times)
            if case.official is None:
                raise Incomplete("to", "Nobody there could answer it now: it would wait for ever.")
        else:
            turns.pass_to(case, _duty_of(turn, to), at, turn.times, to)
            turn.told["to"] = f"person:{to.pk}"
        turn.told["duty"] = case.duty
        letters.handed_over(case, note, at)
    return turn.case


def _duty_of(turn: Turn, to: Person) -> DutyKind:
    """The duty in which somebody can answer the case: the present one first."""
    case, on = turn.case, turn.times.day(turn.at)
    present = DutyKind(case.duty)
    for duty in (present, *turns.can_be_handed_to(case)):
        if access.has_duty(to, duty, on, case.school):
            was, case.duty = case.duty, duty.value
            able = to in turns.candidates(case, turn.at, turn.times)
            case.duty = was
            if able:
                return duty
    raise Incomplete("to", _("%(name)s cannot answer this request.") % {"name": to.name})


def _words(field: str, text: str) -> str:
    if not text.strip():
        raise Incomplete(field, _("Write something: others will read it."))
    return text.strip()
