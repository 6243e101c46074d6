"""Who has had a part in a case that keeps them from answering it (S84, S87)?

The database refuses the same people by itself: see `barred`.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review.appeals import Appeal, standing_appeal
from proxy.console.review.models import Case, Decision
from proxy.console.review.states import Outcome, Stage, Step

HELD_BY = (Step.CLAIM.value, Step.TAKE_OVER.value)
TRACKS = {
    DutyKind.REVIEWER: Stage.INSTRUCTIONAL,
    DutyKind.TECHNICAL_REVIEWER: Stage.TECHNICAL,
    DutyKind.TECHNICIAN: Stage.TECHNICAL,
}


def why_not_review(person: Person, case: Case) -> str | None:
    """Why somebody may not answer a case; None when nothing speaks against it."""
    if _asked(person, case):
        return _("You asked for this yourself; somebody else answers it.")
    signed = case.decisions.filter(decider=person, outcome=Outcome.ENDORSED.value).first()
    if signed is None:
        return None
    stage = TRACKS.get(DutyKind(case.duty)) if case.duty else None
    if stage is not None and signed.stage != stage.value:
        return _("You signed this request as the first of two; the second one is somebody else.")
    return None


def why_not_appeal(person: Person, case: Case) -> str | None:
    """Why somebody may not answer the appeal on a case; None when nothing speaks against it.

    Whoever signs a correction first does not sign it second. Once the technician has returned it there is no
    correction any more, and its first signer answers like any appeal officer: of one signature there is no
    second one to keep apart. Whoever returned it has said that the list is right, and does not answer.
    """
    if _asked(person, case):
        return _("You asked for this yourself; somebody else answers the appeal.")
    if Appeal.objects.filter(case=case, by=person).exists():
        return _("You put in this appeal; somebody else answers it.")
    if _signed(person, case.decisions.filter(appeal__isnull=True)):
        return _("You decided on this request first; an appeal goes to somebody else.")
    if case.moves.filter(by=person, step__in=HELD_BY).exists():
        return _("You had claimed this request; an appeal goes to somebody who had no part in it.")
    if Appeal.objects.filter(case=case, withdrawn_at__isnull=True, returned_by=person).exists():
        return _("You returned this appeal; somebody else answers it.")
    signed = signed_first(case)
    if signed is not None and signed.decider_id == person.pk:
        return _("You signed this appeal as the first of two; the second one is somebody else.")
    return None


def signed_first(case: Case) -> Decision | None:
    """The first signature on the appeal that is heard; None where there is none, or it was returned."""
    appeal = standing_appeal(case)
    if appeal is None or appeal.returned_at is not None:
        return None
    return case.decisions.filter(stage=Stage.APPEAL_ENDORSEMENT.value, appeal=appeal).first()


def has_decided(person: Person, case: Case) -> bool:
    """Say whether somebody made a decision on a case or an appeal on it, or signed one."""
    return _signed(person, case.decisions.all())


def _signed(person: Person, decisions: QuerySet[Decision]) -> bool:
    return decisions.filter(Q(decider=person) | Q(second=person)).exists()


def _asked(person: Person, case: Case) -> bool:
    mine = Q(asker=person)
    if person.sourced_id:
        mine |= Q(subject=person.sourced_id)
    return case.askings.filter(mine).exists()
