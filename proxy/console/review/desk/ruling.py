"""What does a decider say, and may it be said?"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from proxy.console.people.models import Person
from proxy.console.review.checklist import ASKED, Checklist, objection
from proxy.console.review.desk import terms
from proxy.console.review.desk.schools import check_school, confined, counts_at
from proxy.console.review.desk.taking import Incomplete, Turn
from proxy.console.review.models import Case
from proxy.console.review.opened import Opened
from proxy.console.review.states import Kind, Listing, Outcome

JOINED = (
    "Others have asked for the same, or ask no longer, since you opened this page. What would be opened as "
    "asked is another thing now: look at it above, and decide again."
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a decider says.

    opened     what is opened or closed; None where nothing is: a report, a correction
    category   with a correction: the category that the site does not belong to
    school     the only one at which it counts; "" for every school
    """

    reason: str
    checklist: Checklist | None
    listing: Listing = Listing.EXCEPTION
    opened: Opened | None = None
    category: str = ""
    school: str = ""


def ruling_of(
    turn: Turn,
    reason: str,
    checklist: Checklist | None,
    listing: Listing,
    opening: Opened | None,
    category: str,
    sign: str,
) -> Ruling:
    """What an approval says, checked against what was asked, the law, and the school it counts at.

    sign   of what was on screen as asked for (see `terms.Offer`); "": not known, or narrowed

    An appeal opens nothing that could not have been opened at first. Raises Incomplete.
    """
    case = turn.case
    assert turn.by is not None
    school = counts_at(case, turn.by, turn.times.day(turn.at), listing)
    if listing is Listing.CORRECTION:
        category = wrong_category(case, category)
        opening = None
    elif Kind(case.kind) is Kind.NOT_WORKING:
        opening = None
    elif opening is None:
        raise Incomplete("opening", _("Say what is opened, for whom and until when."))
    ruling = Ruling(reason_of(reason), checklist, listing, opening, category, school)
    check_law(case, ruling, opening, last=True)
    if opening is None:
        return ruling
    check_shown(turn, turn.by, sign)
    _check_time(opening, turn.at)
    terms.check_terms(case, opening, turn.at)
    check_school(case, opening.audience, school)
    return replace(ruling, opened=confined(opening, school))


def check_shown(turn: Turn, by: Person, sign: str) -> None:
    """See that what would be opened as asked is what somebody had on screen.

    sign   of that; "": not known, or narrowed

    Raises Incomplete.
    """
    school = counts_at(turn.case, by, turn.times.day(turn.at))
    if sign and sign != terms.offer(turn.case, turn.at, school).sign:
        raise Incomplete("answer", JOINED)


def wrong_category(case: Case, category: str) -> str:
    """The category that a correction speaks of: the one that was met or signed first, else the one named.

    Both signers sign the same one. Raises Incomplete.
    """
    if not (category or case.category):
        raise Incomplete("category", _("To which category does the site not belong?"))
    if category and case.category and category != case.category:
        raise Incomplete(
            "category", f"This is about “{case.category}”; another category is another correction."
        )
    return category or case.category


def check_law(case: Case, ruling: Ruling, opened: Opened | None, *, last: bool) -> None:
    """See that the law allows an approval on these terms. Raises Incomplete."""
    why = terms.why_not_open(case, opened, ruling.checklist, ruling.listing, last=last)
    if why is not None:
        raise Incomplete("checklist" if ruling.checklist is None else "listing", why)


def check_answered(case: Case, checklist: Checklist | None) -> None:
    if Kind(case.kind) in ASKED and checklist is None:
        why = objection(None, Kind(case.kind), Listing.EXCEPTION, minors=True)
        raise Incomplete("checklist", str(why))


def _check_time(opened: Opened, at: datetime) -> None:
    if opened.ends is None:
        return
    if opened.begins is not None and opened.ends <= opened.begins:
        raise Incomplete("ends", _("The end comes before the beginning."))
    if opened.ends <= at:
        raise Incomplete(
            "ends",
            _("This end has passed already: choose a later one, for no longer than was asked for."),
        )


def outcome_of(ruling: Ruling, turn: Turn, full: Outcome) -> Outcome:
    """What an approval comes to: in full, or less than was asked for."""
    if ruling.opened is None or Kind(turn.case.kind) is Kind.SHOULD_BLOCK:
        return full
    return Outcome.NARROWED if terms.is_narrower(ruling.opened, turn.case, turn.at) else full


def reason_of(text: str) -> str:
    """The reason of a decision. Raises Incomplete when there is none."""
    if not text.strip():
        raise Incomplete("reason", _("Write the reason in plain words: whoever asked will read it."))
    return text.strip()
