"""What becomes of what somebody had to answer who cannot any more: they have left, or their duty has ended?

What they hold goes back to the queue. What they are in charge of goes to the next official in the order, and
what was told to them to the next adult. What waits for a second signature that nobody can make any more goes
back to those who signed first, and what was handed over to technicians to the reviewers. Where nobody was in
charge, whoever can answer now is. Due times stay as they were promised. As in `clockwork`, each looks again
in its own transaction, and can be called by several at once.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from proxy.console.audit import actors
from proxy.console.audit.append import append
from proxy.console.people import access
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty
from proxy.console.review import letters, telling
from proxy.console.review.desk import turns
from proxy.console.review.desk.appealing import to_appeal_officers
from proxy.console.review.desk.taking import Turn, taking
from proxy.console.review.models import Asking, Case, Decision, Telling
from proxy.console.review.states import Kind, Outcome, Stage, State, Step
from proxy.console.review.timetable import timetable
from proxy.console.review.workflow import UNDER_APPEAL, Forbidden

NOBODY_SIGNS = "Nobody is there any more who could sign this second."
NOBODY_ANSWERS = "Nobody is there any more who could answer this where it was handed over to."
FIRST_OF_TWO = Q(stage=Stage.INSTRUCTIONAL.value, outcome=Outcome.ENDORSED.value)
"""The reviewers' signature that goes before a technical one."""


def held(at: datetime) -> QuerySet[Case]:
    """Cases whose holder can no longer answer them."""
    able = _able(at, "holder").filter(kind=OuterRef("duty"))
    return Case.objects.filter(~Exists(able), holder__isnull=False)


def in_charge(at: datetime) -> QuerySet[Case]:
    """Cases whose official in charge can no longer answer them, or asks for the same by now."""
    return Case.objects.filter(_without_official(at), official__isnull=False)


def in_nobodys(at: datetime) -> QuerySet[Case]:
    """Cases that nobody is in charge of, though somebody has the duty for them."""
    somebody = _in_force(at).filter(kind=OuterRef("duty"))
    return Case.objects.exclude(duty="").filter(Exists(somebody), official__isnull=True)


def unsigned(at: datetime) -> QuerySet[Case]:
    """Cases that wait for a technical signature, or for the answer to what was handed over, with nobody in
    charge who could give it. A report of what does not work begins there, and waits there."""
    duties = (DutyKind.TECHNICIAN.value, DutyKind.TECHNICAL_REVIEWER.value)
    handed = ~Q(kind=Kind.NOT_WORKING.value) | Exists(
        Decision.objects.filter(FIRST_OF_TWO, case=OuterRef("pk"))
    )
    waits = Q(state=State.APPEALED.value) | Q(state=State.SUBMITTED.value) & handed
    return Case.objects.filter(waits, _without_official(at), duty__in=duties)


def _without_official(at: datetime) -> Q:
    able = _able(at, "official").filter(kind=OuterRef("duty"))
    asks = Q(asker=OuterRef("official")) | (Q(subject=OuterRef("official__sourced_id")) & ~Q(subject=""))
    return ~Exists(able) | Exists(Asking.objects.filter(asks, case=OuterRef("pk")))


def told(at: datetime) -> QuerySet[Telling]:
    """What was told to an adult who can no longer be told, and nobody has taken up."""
    able = _able(at, "to").filter(kind__in=[kind.value for kind in telling.ADULTS])
    return Telling.objects.filter(~Exists(able), to__isnull=False, taken_at__isnull=True)


def _able(at: datetime, who: str) -> QuerySet[Duty]:
    """The duties that the person in this field still has, for the school of the row."""
    return _in_force(at).filter(person=OuterRef(who))


def _in_force(at: datetime) -> QuerySet[Duty]:
    on = timetable().day(at)
    here = Q(school="") | Q(school=OuterRef("school"))
    there = Q(person__enabled=True, person__left=False) & (
        Q(person__ends_on__isnull=True) | Q(person__ends_on__gte=on)
    )
    return Duty.objects.filter(access.in_force(on), here, there)


def release(case_id: int, at: datetime) -> None:
    """Put a case back into the queue. Raises Forbidden where its holder can answer it."""
    if not held(at).filter(pk=case_id).exists():
        raise Forbidden("held by somebody who can answer it")
    step = Step.RELEASE_APPEAL if State(Case.objects.get(pk=case_id).state) in UNDER_APPEAL else Step.RELEASE
    with taking(case_id, step, None, at=at) as turn:
        turn.told["from"] = f"person:{turn.case.holder_id}"
        turn.case.holder = None
        if turn.case.clock_left is not None:
            turns.go_on(turn.case, at, turn.times)


def give_back(case_id: int, at: datetime) -> None:
    """Give back to those who signed first what nobody can sign second any more: an appeal to the appeal
    officers, who answer it without a correction, a request to the reviewers, and so what was handed over
    unsigned. Raises Forbidden where somebody can sign or answer."""
    appealed = State(Case.objects.get(pk=case_id).state) in UNDER_APPEAL
    with taking(case_id, Step.RETURN_APPEAL if appealed else Step.HAND_ON, None, at=at) as turn:
        case = turn.case
        there_is = turns.candidates(case, at, turn.times)
        if there_is or not unsigned(at).filter(pk=case_id).exists():
            raise Forbidden("somebody can sign it second")
        signed = appealed or case.decisions.filter(FIRST_OF_TWO).exists()
        turn.note = NOBODY_SIGNS if signed else NOBODY_ANSWERS
        if appealed:
            to_appeal_officers(turn)
        else:
            turns.pass_to(case, DutyKind.REVIEWER, at, turn.times)
        turn.told["duty"] = case.duty
        letters.handed_over(case, "", at)


def hand_on(case_id: int, at: datetime) -> None:
    """Put a case into the charge of the next official, or of the first one where nobody was; the due time
    stays. Raises Forbidden where the one in charge can answer it, and where there is still nobody."""
    with taking(case_id, Step.HAND_ON, None, at=at) as turn:
        case = turn.case
        before = case.official_id
        if before is not None and not in_charge(at).filter(pk=case_id).exists():
            raise Forbidden("somebody is in charge who can answer it")
        _put_into_charge(turn)
        if before is None and case.official_id is None:
            raise Forbidden("there is nobody who can answer it")
        turn.told["from"] = f"person:{before}" if before is not None else ""
        turn.told["to"] = f"person:{case.official_id}" if case.official_id else ""
        letters.handed_on(case, at)


def _put_into_charge(turn: Turn) -> None:
    """Whoever comes after the official in charge, else the first there is; before all others one who does not
    hold the case already. Nobody, where nobody is named who could answer it."""
    case = turn.case
    after = turns.candidates(case, turn.at, turn.times, after=case.official)
    line = [*after, *turns.candidates(case, turn.at, turn.times)]
    others = [person for person in line if person.pk != case.holder_id]
    case.official = next(iter([*others, *line]), None)


def tell_next(telling_id: int, at: datetime) -> None:
    """Let the next adult know of what was told; when the one after is told stays as it was. Raises Forbidden
    where the present one can take it up, or somebody has."""
    with transaction.atomic():
        one = Telling.objects.select_for_update().get(pk=telling_id)
        if not told(at).filter(pk=telling_id).exists():
            raise Forbidden("told to somebody who can take it up")
        telling.hand_on(one, at)
        append("telling.hand_on", actor=actors.TIMERS, about=f"telling:{one.pk}", at=at)
