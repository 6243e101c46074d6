"""Whose turn is it to answer, from when, and until when?"""

from datetime import date, datetime, timedelta

from proxy.console.people import access
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review.models import Case
from proxy.console.review.separation import why_not_appeal, why_not_review
from proxy.console.review.states import Kind, Lane, State
from proxy.console.review.timetable import Timetable
from proxy.console.review.workflow import UNDER_APPEAL

FIRST_DUTY = {
    Kind.UNBLOCK: DutyKind.REVIEWER,
    Kind.SHOULD_BLOCK: DutyKind.REVIEWER,
    Kind.NOT_WORKING: DutyKind.TECHNICIAN,
    Kind.RESOURCE: DutyKind.REVIEWER,
}
CAN_BE_HANDED_TO = {
    Kind.UNBLOCK: (DutyKind.REVIEWER, DutyKind.TECHNICIAN),
    Kind.SHOULD_BLOCK: (DutyKind.REVIEWER, DutyKind.TECHNICIAN),
    Kind.NOT_WORKING: (DutyKind.TECHNICIAN, DutyKind.REVIEWER),
    Kind.RESOURCE: (DutyKind.REVIEWER, DutyKind.TECHNICAL_REVIEWER),
}


def first_duty(kind: Kind, lane: Lane) -> DutyKind:
    """The duty that answers first. Instruction comes before technology (S81)."""
    return DutyKind.COUNSELOR if lane is Lane.PRIVATE else FIRST_DUTY[kind]


def can_be_handed_to(case: Case) -> tuple[DutyKind, ...]:
    """The duties that a case can be handed over to."""
    if case.lane == Lane.PRIVATE.value:
        return (DutyKind.COUNSELOR,)
    return CAN_BE_HANDED_TO[Kind(case.kind)]


def candidates(case: Case, at: datetime, times: Timetable, *, after: Person | None = None) -> list[Person]:
    """Who can answer a case now, in the order in which they are asked; nobody who had a part in it.

    after   only those who are asked after this official, who may have left
    """
    return _able(case, DutyKind(case.duty), times.day(at), after)


def second_signers(case: Case, duty: DutyKind, on: date) -> list[Person]:
    """Who could sign second, with a duty, what the holder of a case signs first."""
    return [person for person in _able(case, duty, on) if person.pk != case.holder_id]


def _able(case: Case, duty: DutyKind, on: date, after: Person | None = None) -> list[Person]:
    barred = why_not_appeal if State(case.state) in UNDER_APPEAL else why_not_review
    found = access.officials(duty, case.school, on, after=after)
    return [person for person in found if barred(person, case) is None]


def could_answer(person: Person, case: Case, duty: DutyKind) -> bool:
    """Say whether somebody who has a duty could answer a case that is handed over to it."""
    was, case.duty = case.duty, duty.value
    why = why_not_review(person, case)
    case.duty = was
    return why is None


def begin(case: Case, duty: DutyKind, hours: timedelta, at: datetime, times: Timetable) -> None:
    """Start the time in which an answer is due, with the first official."""
    case.due_at = times.after(at, hours)
    case.remind_at = times.reminder(at, hours)
    case.overdue_at = None
    case.clock_left = None
    pass_to(case, duty, at, times)
    case.escalates_at = case.due_at


def pass_to(case: Case, duty: DutyKind, at: datetime, times: Timetable, to: Person | None = None) -> None:
    """Give a case to a duty, or to one person of it. The due time that was promised stays."""
    case.duty = duty.value
    case.holder = None
    case.level = 0
    case.official = to if to is not None else next(iter(candidates(case, at, times)), None)
    if case.overdue_at is not None and case.clock_left is None:
        case.escalates_at = times.after(at, allowed(case, times))


def allowed(case: Case, times: Timetable) -> timedelta:
    """School time for an answer to this case in its present state."""
    return times.allowed(Kind(case.kind), case.school, appeal=State(case.state) in UNDER_APPEAL)


def stop(case: Case, at: datetime, times: Timetable) -> None:
    """Stop the clock while a question waits for whoever asked; they are reminded after as long as an
    answer to the case may take."""
    case.clock_left = times.left(at, case.due_at) if case.due_at is not None else timedelta(0)
    case.due_at = case.escalates_at = None
    case.remind_at = times.after(at, allowed(case, times))


def go_on(case: Case, at: datetime, times: Timetable) -> None:
    """Let the clock run again, with the time that was left."""
    left = case.clock_left or timedelta(0)
    case.clock_left = None
    case.due_at = times.after(at, left)
    case.remind_at = times.reminder(at, left)
    case.escalates_at = case.due_at if case.overdue_at is None else times.after(at, allowed(case, times))


def end(case: Case, at: datetime) -> None:
    """Nobody has to answer any more. What came after its due time stays visible as that, also where no timer
    ran that would have seen it."""
    if case.due_at is not None and case.due_at < at:
        case.overdue_at = case.overdue_at or case.due_at
    case.duty = ""
    case.join_key = None
    case.holder = case.official = None
    case.due_at = case.remind_at = case.escalates_at = case.clock_left = case.appeal_until = None
