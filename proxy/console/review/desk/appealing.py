"""How is a denial appealed, and the appeal answered by somebody who had no part in it (S84)?"""

from datetime import datetime

from django.utils.translation import gettext as _

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review import letters, visibility
from proxy.console.review.appeals import appeal_of
from proxy.console.review.checklist import Checklist
from proxy.console.review.desk import signing, turns
from proxy.console.review.desk.counting import blocked_by
from proxy.console.review.desk.effects import decide
from proxy.console.review.desk.ruling import Ruling, check_answered, reason_of, ruling_of
from proxy.console.review.desk.signing import no_correction_in_private
from proxy.console.review.desk.taking import Incomplete, Turn, taking
from proxy.console.review.models import Appeal, Asking, Case
from proxy.console.review.opened import Opened
from proxy.console.review.separation import signed_first
from proxy.console.review.states import Kind, Listing, Outcome, Stage, Step
from proxy.console.review.workflow import Forbidden

NOT_SIGNED = (
    "No technician signed the correction; the appeal is answered without one. Uphold the denial, or grant "
    "the appeal by an exception."
)


def appeal(
    case_id: int,
    by: Person,
    *,
    at: datetime,
    grounds: str,
    guardian: str = "",
    asking: int | None = None,
    seen: int | None = None,
) -> Case:
    """Appeal a denial, once, while the time for it runs. It stands still while the appeal is heard.

    guardian   name of the guardian who appeals for a student; `by` is then the staff member who records it
    asking     what that student asked for; None: of the only student whom `by` sees in the case
    """
    guardian = guardian.strip()
    with taking(case_id, Step.APPEAL, by, at=at, seen=seen, guardian=bool(guardian)) as turn:
        case = turn.case
        if case.appeal_until is None or at >= case.appeal_until:
            raise Forbidden(_("The time to appeal has passed."))
        if not grounds.strip():
            raise Incomplete("grounds", _("Write why the decision is wrong: somebody else will read it."))
        theirs = _asking_of(turn, by, asking, guardian) if guardian else None
        Appeal.objects.create(
            case=case, by=by, guardian=guardian, asking=theirs, at=at, grounds=grounds.strip()
        )
        turn.told["guardian"] = bool(guardian)
        turns.begin(case, DutyKind.APPEAL_OFFICER, turns.allowed(case, turn.times), at, turn.times)
        letters.appealed(case, at)
    return turn.case


def _asking_of(turn: Turn, by: Person, asking: int | None, guardian: str) -> Asking:
    """What the student asked for whose guardian appeals, with the guardian noted. Raises Incomplete."""
    seen = visibility.children_of(by, turn.case, turn.times.day(turn.at))
    meant = [child for child in seen if asking in (None, child.asking.pk)]
    if len(meant) != 1:
        raise Incomplete("asking", _("Choose the student whose parent or guardian appeals."))
    if meant[0].had:
        raise Incomplete(
            "asking", _("A guardian of this student has appealed already; the appeal was taken back.")
        )
    theirs = meant[0].asking
    theirs.guardian, theirs.guardian_recorded_by = guardian, by
    theirs.save(update_fields=["guardian", "guardian_recorded_by"])
    return theirs


def withdraw_appeal(
    case_id: int, by: Person, *, at: datetime, reason: str = "", seen: int | None = None
) -> Case:
    """Take an appeal back, as who put it in: it is denied as before, and whoever asked still asks.

    They have had theirs. Everybody else who may appeal has the school days that were left when it was put in.

    reason   why a guardian's is taken back, for the record and staff; of one's own appeal nobody asks
    """
    with taking(case_id, Step.WITHDRAW_APPEAL, by, at=at, seen=seen) as turn:
        case, appeal = turn.case, appeal_of(turn.case)
        if appeal.guardian:
            turn.note = reason.strip()
            if not turn.note:
                raise Incomplete("reason", _("Write why it is taken back: staff read it, and it is kept."))
        turn.told["guardian"] = bool(appeal.guardian)
        Appeal.objects.filter(pk=appeal.pk).update(withdrawn_at=at, withdrawn_by=by)
        _forget_category(case, appeal)
        until = case.appeal_until
        turns.end(case, at)
        if until is not None:
            case.appeal_until = max(until, turn.times.appeal_until_again(appeal.at, until, at))
        letters.appeal_withdrawn(case, appeal, at)
    return turn.case


def _forget_category(case: Case, appeal: Appeal) -> None:
    """Take from a case the category that the first signer of this appeal named, which binds nobody now."""
    signed = case.decisions.filter(stage=Stage.APPEAL_ENDORSEMENT.value, appeal=appeal)
    before = case.decisions.filter(listing=Listing.CORRECTION.value, appeal__isnull=True)
    if signed.exists() and not before.exists():
        met = (blocked_by(asking.evidence)[1] for asking in case.askings.order_by("pk"))
        case.category = next(filter(None, met), "")


def claim_appeal(case_id: int, by: Person, *, at: datetime, seen: int | None = None) -> Case:
    """Take an appeal on. Refused to everybody who had a part in the first decision."""
    with taking(case_id, Step.CLAIM_APPEAL, by, at=at, seen=seen) as turn:
        turn.case.holder = by
    return turn.case


def release_appeal(
    case_id: int, by: Person, *, at: datetime, note: str = "", seen: int | None = None
) -> Case:
    """Give an appeal back to the queue."""
    with taking(case_id, Step.RELEASE_APPEAL, by, at=at, seen=seen) as turn:
        turn.note = note
        turn.case.holder = None
    return turn.case


def take_over_appeal(case_id: int, by: Person, *, at: datetime, seen: int | None = None) -> Case:
    """Take an overdue appeal from whoever holds it, as the official in charge."""
    with taking(case_id, Step.TAKE_OVER_APPEAL, by, at=at, seen=seen) as turn:
        turn.told["from"] = f"person:{turn.case.holder_id}"
        turn.case.holder = by
    return turn.case


def endorse_appeal(
    case_id: int,
    by: Person,
    *,
    at: datetime,
    reason: str,
    checklist: Checklist | None,
    category: str = "",
    seen: int | None = None,
) -> Case:
    """Sign an appeal as the first of two: the listing is wrong. A technician signs second, or returns it."""
    with taking(case_id, Step.ENDORSE_APPEAL, by, at=at, seen=seen) as turn:
        no_correction_in_private(turn.case)
        _check_not_returned(turn.case)
        ruling = Ruling(reason_of(reason), checklist, Listing.CORRECTION)
        signing.sign_first(turn, ruling, Stage.APPEAL_ENDORSEMENT, category)
    return turn.case


def return_appeal(case_id: int, by: Person, *, at: datetime, reason: str, seen: int | None = None) -> Case:
    """Give an appeal back to the appeal officers, as the technician who does not sign the correction second.

    From then on it is answered without a correction, by any appeal officer who had no part in the case; also
    by the one who signed first. The due time that was promised stays.
    """
    with taking(case_id, Step.RETURN_APPEAL, by, at=at, seen=seen) as turn:
        if not waits_for_second(turn.case):
            raise Forbidden("Only the technician who is to sign a correction second can return an appeal.")
        if not reason.strip():
            raise Incomplete("reason", "Write why you do not sign: an appeal officer will read it.")
        turn.note = reason.strip()
        to_appeal_officers(turn)
        letters.handed_over(turn.case, turn.note, at)
    return turn.case


def to_appeal_officers(turn: Turn) -> None:
    """Give back an appeal whose correction nobody signs second, by whoever's step this is."""
    Appeal.objects.filter(pk=appeal_of(turn.case).pk).update(returned_at=turn.at, returned_by=turn.by)
    turns.pass_to(turn.case, DutyKind.APPEAL_OFFICER, turn.at, turn.times)


def waits_for_second(case: Case) -> bool:
    """Say whether an appeal waits for the technician who signs a correction second, or returns it."""
    return case.duty == DutyKind.TECHNICIAN.value and signed_first(case) is not None


def overturn(
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
    """Grant an appeal, as asked or narrower. The terms are those of `approve`.

    A resource that was denied opens by this one signature: the appeal stands above both reviews.
    """
    with taking(case_id, Step.OVERTURN, by, at=at, seen=seen) as turn:
        case, first = turn.case, None
        if listing is Listing.CORRECTION:
            no_correction_in_private(case)
            _check_not_returned(case)
            first = signed_first(case)
            if first is None:
                raise Forbidden(_("A correction takes two signatures: sign it as the first of two."))
        elif case.duty != DutyKind.APPEAL_OFFICER.value:
            raise Forbidden(_("Whether an exception is made is the appeal officer's to decide."))
        ruling = ruling_of(turn, reason, checklist, listing, opening, category, sign)
        decision = signing.sign(turn, ruling, Stage.APPEAL, Outcome.OVERTURNED, first)
        letters.overturned(case, decision, at)
    return turn.case


def uphold(
    case_id: int,
    by: Person,
    *,
    at: datetime,
    reason: str,
    checklist: Checklist | None = None,
    seen: int | None = None,
) -> Case:
    """Refuse an appeal: the denial stands, and the case is closed.

    checklist   None: the answers of the first decision stand
    """
    with taking(case_id, Step.UPHOLD, by, at=at, seen=seen) as turn:
        case = turn.case
        if case.duty != DutyKind.APPEAL_OFFICER.value:
            raise Forbidden("Whether the denial stands is the appeal officer's to decide: return it.")
        ruling = Ruling(reason_of(reason), checklist or _first_answers(case))
        check_answered(case, ruling.checklist)
        decision = decide(turn, ruling, Stage.APPEAL, Outcome.UPHELD, None)
        turns.end(case, at)
        letters.upheld(case, decision, at)
    return turn.case


def _first_answers(case: Case) -> Checklist | None:
    denial = case.decisions.filter(outcome=Outcome.DENIED.value).first()
    if denial is None or Kind(case.kind) is Kind.NOT_WORKING:
        return None
    return Checklist.from_plain(denial.checklist)


def _check_not_returned(case: Case) -> None:
    """Keep a correction that no technician signed from being signed again. Raises Forbidden."""
    if appeal_of(case).returned_at is not None:
        raise Forbidden(NOT_SIGNED)
