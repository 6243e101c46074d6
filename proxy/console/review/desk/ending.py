"""How does a case end (withdrawn, closed, its time over, taken back), and when does it go on for a year?"""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from proxy.console.people import access
from proxy.console.people.models import Person
from proxy.console.review import letters, visibility
from proxy.console.review.desk import turns
from proxy.console.review.desk.ruling import reason_of
from proxy.console.review.desk.schools import holds_beyond
from proxy.console.review.desk.taking import Turn, taking
from proxy.console.review.models import Asking, Case, Opening
from proxy.console.review.states import State, Step
from proxy.console.review.timetable import A_YEAR
from proxy.console.review.workflow import TABLE, Forbidden


def withdraw(case_id: int, by: Person, *, at: datetime, seen: int | None = None) -> Case:
    """Ask no longer, before it is answered. The case goes on while others ask for the same."""
    with taking(case_id, Step.WITHDRAW, by, at=at, seen=seen) as turn:
        mine = Q(asker=by) | (Q(asker=None, subject=by.sourced_id) if by.sourced_id else Q(pk=None))
        still = Asking.objects.filter(case=turn.case, withdrawn_at__isnull=True)
        still.filter(mine).update(withdrawn_at=at)
        if still.exists():
            turn.case.state = turn.before.value
            turn.told["others_ask"] = True
        else:
            turns.end(turn.case, at)
    return turn.case


def close(case_id: int, *, at: datetime) -> Case:
    """Close a denial that nobody appealed in time."""
    with taking(case_id, Step.CLOSE, None, at=at) as turn:
        if turn.case.appeal_until is None or at < turn.case.appeal_until:
            raise Forbidden("the time to appeal has not passed")
    return turn.case


def expire(case_id: int, *, at: datetime) -> Case:
    """End a case of which nothing is open any more, by the clock."""
    with taking(case_id, Step.EXPIRE, None, at=at) as turn:
        openings = turn.case.openings.filter(revoked_at__isnull=True)
        if not openings.exists() or openings.filter(Q(ends__isnull=True) | Q(ends__gt=at)).exists():
            raise Forbidden("something that it opened has not ended")
        turn.publishes = True
        letters.ended(turn.case, at)
    return turn.case


def revoke(
    case_id: int,
    by: Person,
    *,
    at: datetime,
    reason: str,
    opening: Opening | None = None,
    seen: int | None = None,
) -> Case:
    """Take back at once what a case opened, with a reason that is sent to whoever asked.

    opening   only this one; the case stays approved while another one is open
    """
    with taking(case_id, Step.REVOKE, by, at=at, seen=seen) as turn:
        turn.note = reason_of(reason)
        case = turn.case
        standing = Opening.objects.filter(case=case, revoked_at__isnull=True)
        meant = standing if opening is None else standing.filter(pk=opening.pk)
        turn.told["openings"] = sorted(meant.values_list("pk", flat=True))
        if not meant.update(revoked_at=at, revoked_by=by):
            raise Forbidden(_("There is nothing to take back."))
        if standing.exists():
            case.state = turn.before.value
        turn.publishes = True
        letters.revoked(case, turn.note, at)
    return turn.case


def keep(
    case_id: int,
    by: Person,
    *,
    at: datetime,
    reason: str,
    opening: Opening | None = None,
    seen: int | None = None,
) -> Case:
    """Say of what stands open without an end that it is still wanted, for a year from now.

    opening   only this one; None: all that stand open. Refused to whoever asked for it, and of what holds at
              several schools to the people of one.
    """
    with taking(case_id, Step.KEEP, by, at=at, seen=seen) as turn:
        turn.note = reason_of(reason)
        if visibility.asked(by, turn.case):
            raise Forbidden(_("You asked for this yourself; somebody else looks at it again."))
        standing = turn.case.openings.filter(revoked_at__isnull=True, review_on__isnull=False)
        kept = standing if opening is None else standing.filter(pk=opening.pk)
        turn.told["openings"] = sorted(kept.values_list("pk", flat=True))
        if any(map(holds_beyond, kept.select_related("case"))) and not _is_of_district(by, turn):
            raise Forbidden(
                "It holds at other schools too: somebody with this duty for the whole district keeps it."
            )
        if not kept.update(review_on=turn.times.day(at + A_YEAR), asked_on=None):
            raise Forbidden(_("Nothing stands without an end."))
    return turn.case


def _is_of_district(by: Person, turn: Turn) -> bool:
    """Whether somebody has a duty that keeps such things, for the whole district."""
    duties = access.duties_of(by, turn.times.day(turn.at))
    may = TABLE[State.APPROVED, Step.KEEP].by
    return any(not duty.school and visibility.REVOKES.get(duty.kind) in may for duty in duties)
