"""Who has had a part in a case that keeps them from answering it (S84, S87)?

The database refuses the same people by itself: see `barred`.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review.models import Case
from proxy.console.review.states import Outcome, Stage, Step

HELD_BY = (Step.CLAIM.value, Step.TAKE_OVER.value)
FIRST_STAGES = (Stage.FIRST.value, Stage.INSTRUCTIONAL.value, Stage.TECHNICAL.value)
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
    """Why somebody may not answer the appeal on a case; None when nothing speaks against it."""
    if _asked(person, case):
        return _("You asked for this yourself; somebody else answers the appeal.")
    if case.appeal.by_id == person.pk:
        return _("You put in this appeal; somebody else answers it.")
    if has_decided(person, case):
        return _("You decided on this request first; an appeal goes to somebody else.")
    if case.moves.filter(by=person, step__in=HELD_BY).exists():
        return _("You had claimed this request; an appeal goes to somebody who had no part in it.")
    if case.decisions.filter(stage=Stage.APPEAL_ENDORSEMENT.value, decider=person).exists():
        return _("You signed this appeal as the first of two; the second one is somebody else.")
    return None


def has_decided(person: Person, case: Case) -> bool:
    """Say whether somebody made the first decision on a case, or signed it."""
    first = case.decisions.filter(stage__in=FIRST_STAGES)
    return first.filter(Q(decider=person) | Q(second=person)).exists()


def _asked(person: Person, case: Case) -> bool:
    mine = Q(asker=person)
    if person.sourced_id:
        mine |= Q(subject=person.sourced_id)
    return case.askings.filter(mine).exists()
