"""How is a case decided: approved as asked or narrower, denied, or signed by the first of two?"""

from datetime import datetime

from django.utils.translation import gettext as _

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review import letters
from proxy.console.review.checklist import Checklist
from proxy.console.review.desk import signing, turns
from proxy.console.review.desk.effects import decide
from proxy.console.review.desk.ruling import Ruling, check_answered, check_shown, reason_of, ruling_of
from proxy.console.review.desk.signing import no_correction_in_private
from proxy.console.review.desk.taking import taking
from proxy.console.review.models import Case, Decision
from proxy.console.review.opened import Opened
from proxy.console.review.separation import TRACKS
from proxy.console.review.states import Kind, Lane, Listing, Outcome, Stage, Step
from proxy.console.review.workflow import Forbidden


def approve(
    case_id: int,
    by: Person,
    *,
    at: datetime,
    reason: str,
    checklist: Checklist | None,
    listing: Listing = Listing.EXCEPTION,
    opening: Opened | None = None,
    category: str = "",
    sign: str = "",
    seen: int | None = None,
) -> Case:
    """Approve a case on the given terms, at most as wide as asked.

    opening    what to open or, for what should be blocked, to block; None for a filter that is mended and
               for a correction
    category   for a correction: the category that the site does not belong to; "": the one that was blocked
    sign       of what was on screen where it is opened as asked (see `terms.Offer`); "": not known

    A resource and a correction take two signatures: see `endorse`. Raises Incomplete, Forbidden, Overtaken.
    """
    with taking(case_id, Step.APPROVE, by, at=at, seen=seen) as turn:
        ruling = ruling_of(turn, reason, checklist, listing, opening, category, sign)
        stage, first = _stage_of_approval(turn.case, listing)
        decision = signing.sign(turn, ruling, stage, Outcome.APPROVED, first)
        letters.approved(turn.case, decision, at)
    return turn.case


def endorse(
    case_id: int,
    by: Person,
    *,
    at: datetime,
    reason: str,
    checklist: Checklist | None,
    listing: Listing = Listing.EXCEPTION,
    category: str = "",
    sign: str = "",
    seen: int | None = None,
) -> Case:
    """Sign as the first of two, and pass the case on to the other duty. From then on nobody joins it, but for
    a correction, which is for everybody.

    category   for a correction: as in `approve`; the second one signs the same
    sign       as in `approve`

    A resource is approved by an instructional and a technical review (S56, S57); a correction by a
    technician and somebody else.
    """
    with taking(case_id, Step.ENDORSE, by, at=at, seen=seen) as turn:
        case = turn.case
        if listing is Listing.CORRECTION:
            no_correction_in_private(case)
        if not _takes_two(case, listing):
            raise Forbidden(_("This request is answered by one person: approve or deny it."))
        if listing is Listing.EXCEPTION:
            check_shown(turn, by, sign)
        stage = TRACKS[DutyKind(case.duty)]
        ruling = Ruling(reason_of(reason), checklist, listing)
        signing.sign_first(turn, ruling, stage, category)
    return turn.case


def deny(
    case_id: int,
    by: Person,
    *,
    at: datetime,
    reason: str,
    checklist: Checklist | None = None,
    seen: int | None = None,
) -> Case:
    """Deny a case. From now on the time to appeal runs."""
    with taking(case_id, Step.DENY, by, at=at, seen=seen) as turn:
        case = turn.case
        if case.duty == DutyKind.TECHNICIAN.value and Kind(case.kind) is Kind.UNBLOCK:
            raise Forbidden(_("Whether a page is opened is decided by the reviewer: hand it back."))
        ruling = Ruling(reason_of(reason), checklist)
        check_answered(case, checklist)
        decision = decide(turn, ruling, _stage_of_denial(case), Outcome.DENIED, None)
        turns.end(case, at)
        case.appeal_until = turn.times.appeal_until(at)
        letters.denied(case, decision, at)
    return turn.case


def _takes_two(case: Case, listing: Listing) -> bool:
    if case.lane == Lane.PRIVATE.value:
        return False
    return listing is Listing.CORRECTION or Kind(case.kind) is Kind.RESOURCE


def _stage_of_approval(case: Case, listing: Listing) -> tuple[Stage, Decision | None]:
    """Which decision an approval is and, where it takes two, the first signature. Raises Forbidden."""
    if listing is Listing.CORRECTION:
        no_correction_in_private(case)
    if not _takes_two(case, listing):
        if case.duty == DutyKind.TECHNICIAN.value and Kind(case.kind) is Kind.UNBLOCK:
            raise Forbidden(_("An exception is the reviewer's to make: hand it back, or sign a correction."))
        return Stage.FIRST, None
    stage = TRACKS[DutyKind(case.duty)]
    first = case.decisions.filter(outcome=Outcome.ENDORSED.value, listing=listing.value).exclude(
        stage=stage.value
    )
    signed = first.filter(stage__in=(Stage.INSTRUCTIONAL.value, Stage.TECHNICAL.value)).first()
    if signed is None or case.decisions.filter(stage=stage.value).exists():
        raise Forbidden(_("This takes two signatures: sign it as the first of two."))
    return stage, signed


def _stage_of_denial(case: Case) -> Stage:
    """A track's own decision, where that is free; the first decision otherwise."""
    if Kind(case.kind) is not Kind.RESOURCE:
        return Stage.FIRST
    stage = TRACKS[DutyKind(case.duty)]
    return Stage.FIRST if case.decisions.filter(stage=stage.value).exists() else stage
