"""How is a case signed: as the first of two, or with what puts it into force?"""

from datetime import date

from django.utils.translation import gettext as _

from proxy.console.look.words import DUTIES
from proxy.console.people.duties import DutyKind
from proxy.console.review import letters
from proxy.console.review.appeals import appeal_of
from proxy.console.review.desk import turns
from proxy.console.review.desk.effects import decide, put_into_force
from proxy.console.review.desk.ruling import Ruling, check_law, outcome_of, wrong_category
from proxy.console.review.desk.taking import Turn
from proxy.console.review.models import Case, Decision
from proxy.console.review.separation import TRACKS
from proxy.console.review.states import Kind, Lane, Listing, Outcome, Stage, State
from proxy.console.review.workflow import UNDER_APPEAL, Forbidden


def second_duty(case: Case) -> DutyKind:
    """Who signs second what is signed first by the duty whose turn it is."""
    if State(case.state) in UNDER_APPEAL:
        return DutyKind.TECHNICIAN
    if TRACKS[DutyKind(case.duty)] is Stage.TECHNICAL:
        return DutyKind.REVIEWER
    return DutyKind.TECHNICAL_REVIEWER if Kind(case.kind) is Kind.RESOURCE else DutyKind.TECHNICIAN


def why_no_second(case: Case, on: date) -> str | None:
    """Why a case cannot be signed by the first of two: it would wait for somebody who is not there."""
    duty = second_duty(case)
    if turns.second_signers(case, duty, on):
        return None
    whose = str(DUTIES[duty.value]).lower()
    return (
        f"This takes a {whose}'s signature too, and there is no {whose} now who had no other part in this "
        "request. Answer without it, or ask an administrator to name one."
    )


def sign_first(turn: Turn, ruling: Ruling, stage: Stage, category: str) -> None:
    """Write down the first of two signatures, and pass the case on to the duty that signs second.

    category   for a correction: see `wrong_category`

    Raises Incomplete, and Forbidden where it is signed already, or nobody could sign second.
    """
    case = turn.case
    check_law(case, ruling, None, last=False)
    if ruling.listing is Listing.CORRECTION:
        case.category = wrong_category(case, category)
    else:
        # Who asks from now on asks for what this signer has not seen.
        case.join_key = None
    appeal = appeal_of(case) if stage is Stage.APPEAL_ENDORSEMENT else None
    if case.decisions.filter(stage=stage.value, appeal=appeal).exists():
        raise Forbidden(_("This review has been signed already; the other one is missing."))
    why = why_no_second(case, turn.times.day(turn.at))
    if why is not None:
        raise Forbidden(why)
    decide(turn, ruling, stage, Outcome.ENDORSED, None)
    turns.pass_to(case, second_duty(case), turn.at, turn.times)
    letters.handed_over(case, "", turn.at)


def sign(turn: Turn, ruling: Ruling, stage: Stage, full: Outcome, first: Decision | None) -> Decision:
    """Write down an approval and put it into force; nobody has to answer any more.

    full    what it comes to where nothing is narrowed
    first   the first signature, where it takes two
    """
    decision = decide(turn, ruling, stage, outcome_of(ruling, turn, full), first)
    put_into_force(turn, ruling, decision)
    turns.end(turn.case, turn.at)
    return decision


def no_correction_in_private(case: Case) -> None:
    """Keep a private request from being shown to a technician. Raises Forbidden."""
    if case.lane == Lane.PRIVATE.value:
        raise Forbidden(
            _(
                "A correction needs a technician, who must not see this request. Report the wrong listing "
                "as a request of your own, without a word about the student."
            )
        )
