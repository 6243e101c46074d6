"""Who may see a case, in which parts, and why may somebody not take a step?

The ordinary lane is seen by those who review at its school, by auditors, by those who asked, and by the
teacher whom one of those names who still ask. The private lane is seen by counselors and by whoever asked,
and once there is an appeal by the appeal officers. An administrator of accounts sees no case by that.
"""

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from proxy.console.people import access
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review.appeals import has_appealed, standing_appeal
from proxy.console.review.guardians import Child, children
from proxy.console.review.labels import NOT_NOW, NOW_IS
from proxy.console.review.models import Appeal, Asking, Case
from proxy.console.review.separation import has_decided, why_not_appeal, why_not_review
from proxy.console.review.states import Lane, State, Step
from proxy.console.review.workflow import OPEN, TABLE, UNDER_APPEAL, Actor

READS_ORDINARY = frozenset(
    {
        DutyKind.REVIEWER,
        DutyKind.TECHNICAL_REVIEWER,
        DutyKind.TECHNICIAN,
        DutyKind.APPEAL_OFFICER,
        DutyKind.AUDITOR,
    }
)
REVOKES = {
    DutyKind.REVIEWER: Actor.REVIEWER,
    DutyKind.TECHNICAL_REVIEWER: Actor.REVIEWER,
    DutyKind.APPEAL_OFFICER: Actor.APPEAL_OFFICER,
    DutyKind.TECHNICIAN: Actor.TECHNICIAN,
}


def own(person: Person) -> QuerySet[Case]:
    """The cases that somebody asked for, newest first, also by a ticket alone on a device that is theirs."""
    return Case.objects.filter(pk__in=_askings_of(person).values("case")).order_by("-opened_at", "-pk")


def queue_for(person: Person, on: date) -> QuerySet[Case]:
    """The cases that wait for a duty which somebody has, due soonest first; those that wait for an answer to
    a question come last."""
    mine = Q(pk__in=[])
    for duty in access.duties_of(person, on):
        here = Q(duty=duty.kind.value)
        mine |= here if not duty.school else here & Q(school=duty.school)
    return Case.objects.exclude(duty="").filter(mine).order_by(F("due_at").asc(nulls_last=True), "pk")


def readable_by(person: Person, on: date) -> QuerySet[Case]:
    """All cases that somebody may read because of a duty; not their own ones."""
    seen = Q(pk__in=[])
    for duty in access.duties_of(person, on):
        here = Q() if not duty.school else Q(school=duty.school)
        if duty.kind in READS_ORDINARY:
            seen |= here & Q(lane=Lane.ORDINARY.value)
        if duty.kind is DutyKind.COUNSELOR:
            seen |= here & Q(lane=Lane.PRIVATE.value)
        if duty.kind is DutyKind.APPEAL_OFFICER:
            seen |= here & Q(Exists(Appeal.objects.filter(case=OuterRef("pk"))))
    return Case.objects.filter(seen)


def may_see(person: Person, case: Case, on: date) -> bool:
    """Say whether somebody may read a case."""
    if not person.may_use(on):
        return False
    return (
        asked(person, case)
        or is_named_teacher(person, case)
        or readable_by(person, on).filter(pk=case.pk).exists()
    )


def may_read_as_staff(person: Person, case: Case, on: date) -> bool:
    """Say whether somebody may read all of a case, with what others asked and what staff wrote."""
    return readable_by(person, on).filter(pk=case.pk).exists()


def asked(person: Person, case: Case, *, still: bool = False) -> bool:
    """Say whether somebody asked for this case; `still`: and did not withdraw."""
    askings = _askings_of(person).filter(case=case)
    return askings.filter(withdrawn_at__isnull=True).exists() if still else askings.exists()


def naming(person: Person) -> QuerySet[Asking]:
    """What was asked in the ordinary lane, not withdrawn, and names somebody as the teacher."""
    return Asking.objects.filter(
        teacher=person, withdrawn_at__isnull=True, case__lane=Lane.ORDINARY.value
    ).order_by("pk")


def is_named_teacher(person: Person, case: Case) -> bool:
    """Say whether somebody is the teacher whom a request names; one that was withdrawn names nobody."""
    return naming(person).filter(case=case).exists()


def parts_of(person: Person, case: Case, on: date, *, guardian: bool = False) -> frozenset[Actor]:
    """In which parts somebody can take steps on a case now; none for a leaver.

    guardian   whether the step is an appeal of a guardian that this person records
    """
    if not person.may_use(on):
        return frozenset()
    state, parts = State(case.state), set()
    if asked(person, case, still=True):
        parts.add(Actor.ASKER)
    if _may_be_appellant(person, case, on, guardian=guardian):
        parts.add(Actor.APPELLANT)
    if state is State.APPROVED:
        parts |= _revoking(person, case, on)
    if state in OPEN | UNDER_APPEAL and _why_not_answer(person, case, on) is None:
        parts.add(Actor.APPEAL_OFFICER if state in UNDER_APPEAL else Actor.REVIEWER)
        if case.holder_id == person.pk:
            parts.add(Actor.HOLDER)
        elif case.official_id == person.pk and _is_free_to_take(case, on):
            parts.add(Actor.OFFICIAL)
    return frozenset(parts)


def why_not(person: Person, case: Case, step: Step, on: date, *, guardian: bool = False) -> str | None:
    """The sentence why somebody cannot take a step now; None when they can."""
    transition = TABLE.get((State(case.state), step))
    if transition is None or (step is Step.RETURN_APPEAL and transition.by == {Actor.CLOCK}):
        return f"{NOW_IS[State(case.state)]} {NOT_NOW[step]}"
    if transition.by & parts_of(person, case, on, guardian=guardian):
        return None
    if transition.by & {Actor.REVIEWER, Actor.APPEAL_OFFICER, Actor.HOLDER, Actor.OFFICIAL}:
        return _why_not_answer(person, case, on) or _whose(transition.by)
    if step is Step.APPEAL and not guardian and has_appealed(person, case):
        return _("You have appealed this already, and taken the appeal back: that was yours.")
    if guardian and case.lane == Lane.PRIVATE.value and not _is_its_counselor(person, case, on):
        return _("This needs somebody with another duty at this school.")
    seen = children_of(person, case, on) if guardian and step is Step.APPEAL else ()
    if seen and all(child.had for child in seen):
        return _("A guardian has appealed already, and the appeal was taken back: that was theirs.")
    if step is Step.WITHDRAW_APPEAL:
        return _("Only whoever put the appeal in can take it back.")
    return _whose(transition.by)


def _why_not_answer(person: Person, case: Case, on: date) -> str | None:
    """Why somebody may not work on the answer to a case or its appeal, whatever its state."""
    if State(case.state) in OPEN | UNDER_APPEAL:
        barred = (
            why_not_appeal(person, case)
            if State(case.state) in UNDER_APPEAL
            else why_not_review(person, case)
        )
        if barred is not None:
            return barred
        if not (case.duty and access.has_duty(person, DutyKind(case.duty), on, case.school)):
            return _("This needs somebody with another duty at this school.")
    return None


def _whose(actors: frozenset[Actor]) -> str:
    if Actor.HOLDER in actors:
        return _("Only whoever has claimed this request can do that.")
    if Actor.OFFICIAL in actors:
        return _("A request can be taken over by the official in charge, once it is overdue.")
    if Actor.APPELLANT in actors:
        return _("Only whoever asked, the teacher named in the request, or a guardian can do that.")
    if Actor.ASKER in actors:
        return _("Only whoever asked can do that.")
    if Actor.CLOCK in actors:
        return _("This happens by itself when its time comes.")
    return _("This needs somebody with another duty at this school.")


def _may_be_appellant(person: Person, case: Case, on: date, *, guardian: bool) -> bool:
    if State(case.state) in UNDER_APPEAL:
        appeal = standing_appeal(case)
        return appeal is not None and appeal.by_id == person.pk
    if State(case.state) is not State.DENIED:
        return False
    if access.has_duty(person, DutyKind.AUDITOR, on) or has_decided(person, case):
        return False  # an auditor changes nothing, and nobody questions their own decision
    if guardian:
        return any(not child.had for child in children_of(person, case, on))
    mine = asked(person, case, still=True) or is_named_teacher(person, case)
    return mine and not has_appealed(person, case)


def children_of(person: Person, case: Case, on: date) -> tuple[Child, ...]:
    """The students of a case for whose guardians somebody can record an appeal: staff for all of them, the
    teacher named for those who name them; in the private lane the counselor alone."""
    if case.lane == Lane.PRIVATE.value and not _is_its_counselor(person, case, on):
        return ()
    if may_read_as_staff(person, case, on):
        return children(case, case.askings.all())
    return children(case, naming(person).filter(case=case))


def takes_back_for_guardian(person: Person, case: Case, on: date) -> bool:
    """Say whether the appeal that is heard is a guardian's, and this person recorded it."""
    recorded = Appeal.objects.filter(case=case, by=person, withdrawn_at__isnull=True).exclude(guardian="")
    return recorded.exists() and why_not(person, case, Step.WITHDRAW_APPEAL, on) is None


def _revoking(person: Person, case: Case, on: date) -> set[Actor]:
    if case.lane == Lane.PRIVATE.value:
        return {Actor.REVIEWER} if _is_its_counselor(person, case, on) else set()
    duties = access.duties_of(person, on)
    return {actor for kind, actor in REVOKES.items() if access.holds(duties, kind, case.school)}


def _is_its_counselor(person: Person, case: Case, on: date) -> bool:
    return access.has_duty(person, DutyKind.COUNSELOR, on, case.school)


def _is_free_to_take(case: Case, on: date) -> bool:
    """Whether the official in charge may take a case from its holder: overdue, or the holder has gone."""
    if case.overdue_at is not None and case.clock_left is None:
        return True
    holder = case.holder
    return holder is None or not access.has_duty(holder, DutyKind(case.duty), on, case.school)


def _askings_of(person: Person) -> QuerySet[Asking]:
    mine = Q(asker=person)
    if person.sourced_id:
        mine |= Q(subject=person.sourced_id)
    return Asking.objects.filter(mine)
