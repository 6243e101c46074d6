"""How is a case signed: as the first of two, or with what puts it into force?"""

from django.utils.translation import gettext as _

from proxy.console.people.duties import DutyKind
from proxy.console.review import letters
from proxy.console.review.desk import turns
from proxy.console.review.desk.effects import decide, put_into_force
from proxy.console.review.desk.ruling import Ruling, check_law, outcome_of, wrong_category
from proxy.console.review.desk.taking import Turn
from proxy.console.review.models import Case, Decision
from proxy.console.review.states import Lane, Listing, Outcome, Stage
from proxy.console.review.workflow import Forbidden


def sign_first(turn: Turn, ruling: Ruling, stage: Stage, to: DutyKind, category: str) -> None:
    """Write down the first of two signatures, and pass the case on to the duty that signs second.

    category   for a correction: see `wrong_category`

    Raises Incomplete, and Forbidden where it is signed already.
    """
    case = turn.case
    check_law(case, ruling, None, last=False)
    if ruling.listing is Listing.CORRECTION:
        case.category = wrong_category(case, category)
    else:
        # Who asks from now on asks for what this signer has not seen.
        case.join_key = None
    if case.decisions.filter(stage=stage.value).exists():
        raise Forbidden(_("This review has been signed already; the other one is missing."))
    decide(turn, ruling, stage, Outcome.ENDORSED, None)
    turns.pass_to(case, to, turn.at, turn.times)
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
