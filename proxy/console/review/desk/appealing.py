"""How is a denial appealed, and the appeal answered by somebody who had no part in it (S84)?"""

from datetime import datetime

from django.utils.translation import gettext as _

from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person
from proxy.console.review import letters
from proxy.console.review.checklist import Checklist
from proxy.console.review.desk import signing, turns
from proxy.console.review.desk.effects import decide
from proxy.console.review.desk.ruling import Ruling, check_answered, reason_of, ruling_of
from proxy.console.review.desk.signing import no_correction_in_private
from proxy.console.review.desk.taking import Incomplete, taking
from proxy.console.review.models import Appeal, Case, Decision
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Listing, Outcome, Stage, Step
from proxy.console.review.workflow import Forbidden


def appeal(
    case_id: int, by: Person, *, at: datetime, grounds: str, guardian: str = "", seen: int | None = None
) -> Case:
    """Appeal a denial, once, while the time for it runs.

    guardian   name of the guardian who appeals for a student; `by` is then the staff member who records it
    """
    guardian = guardian.strip()
    with taking(case_id, Step.APPEAL, by, at=at, seen=seen, guardian=bool(guardian)) as turn:
        case = turn.case
        if case.appeal_until is None or at >= case.appeal_until:
            raise Forbidden(_("The time to appeal has passed."))
        if not grounds.strip():
            raise Incomplete("grounds", _("Write why the decision is wrong: somebody else will read it."))
        Appeal.objects.create(case=case, by=by, guardian=guardian, at=at, grounds=grounds.strip())
        if guardian:
            _note_guardian(case, by, guardian)
        turn.told["guardian"] = bool(guardian)
        case.appeal_until = None
        turns.begin(case, DutyKind.APPEAL_OFFICER, turns.allowed(case, turn.times), at, turn.times)
        letters.appealed(case, at)
    return turn.case


def _note_guardian(case: Case, by: Person, guardian: str) -> None:
    """Where one asks, it is their guardian; of several the appeal alone has the name."""
    askings = list(case.askings.filter(withdrawn_at__isnull=True)[:2])
    if len(askings) == 1:
        askings[0].guardian, askings[0].guardian_recorded_by = guardian, by
        askings[0].save(update_fields=["guardian", "guardian_recorded_by"])


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
    """Sign an appeal as the first of two: the listing is wrong. A technician signs second."""
    with taking(case_id, Step.ENDORSE_APPEAL, by, at=at, seen=seen) as turn:
        no_correction_in_private(turn.case)
        ruling = Ruling(reason_of(reason), checklist, Listing.CORRECTION)
        signing.sign_first(turn, ruling, Stage.APPEAL_ENDORSEMENT, DutyKind.TECHNICIAN, category)
    return turn.case


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
            first = _signed_first(case)
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


def _signed_first(case: Case) -> Decision | None:
    return case.decisions.filter(stage=Stage.APPEAL_ENDORSEMENT.value).first()
