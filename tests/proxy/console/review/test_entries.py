"""Which entries of the overlay openings make."""

from datetime import date, timedelta

import pytest

from proxy.bundle.overlay import Overlay
from proxy.console.review import desk
from proxy.console.review.entries import LeftOut, entries, opened_of, with_ours
from proxy.console.review.models import Case, Opening
from proxy.console.review.opened import Opened
from proxy.console.review.states import Effect, Kind, Listing, Reach
from proxy.decision.policy import Audience, Category, Correction, Override, Target
from proxy.decision.verdict import Action, Basis
from review_office import MONDAY, NOTHING_SEEN, SCHOOL, Office

SCHOOLS = {SCHOOL: "Valley High"}
CATEGORIES = {
    "games": Category("games", "Games", "", Basis.LOCAL, "office"),
    "pornography": Category("pornography", "Pornography", "", Basis.CIPA, "law"),
}
WEEK = timedelta(days=7)


def overlay(at=MONDAY):
    made = entries(at, CATEGORIES, SCHOOLS)
    assert made.left_out == ()
    return made.overlay


def corrected(office: Office, host: str = "clinic.example", category: str = "pornography") -> Opening:
    """A mended listing, signed by two people."""
    office.technician  # noqa: B018  (somebody is there to sign)
    case = office.asks(host=host, category=category)
    said = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN, "listing": Listing.CORRECTION}
    desk.claim(case.pk, office.reviewer, at=MONDAY)
    desk.endorse(case.pk, office.reviewer, **said)
    desk.claim(case.pk, office.technician, at=MONDAY)
    return desk.approve(case.pk, office.technician, **said).openings.get()


def another(case: Case, **fields: object) -> Opening:
    """A further opening of a case, as a row."""
    what = {"action": Effect.ALLOW.value, "host": case.host, "audience": {"grades": ["07"]}, "purpose": "p"}
    return Opening.objects.create(case=case, decision=case.decisions.get(), **(what | fields))


def test_an_approval_is_an_override_with_owner_audience_and_end(office: Office) -> None:
    office.school_class("cls-3")
    case = office.approved(by="teacher", audience={"classes": ["cls-3"]}, reach=Reach.PATH, path="/labs")
    opening = case.openings.get()

    assert overlay() == Overlay(
        (
            Override(
                f"case-{case.pk}-{opening.pk}",
                Action.ALLOW,
                Target("physics.example", "/labs"),
                Audience(classes=frozenset({"cls-3"})),
                f"request {case.pk}: a lesson on optics",
                "reviewer, Valley High",
                None,
                MONDAY + WEEK,
            ),
        )
    )


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"reach": Reach.SITE}, id="site"),
        pytest.param({"reach": Reach.PATH, "path": "/labs"}, id="path"),
        pytest.param({"reach": Reach.PAGE, "path": "/labs"}, id="page"),
        pytest.param({"reach": Reach.PAGE, "path": "/watch", "query": "v=1"}, id="page with its query"),
        pytest.param({"reach": Reach.PAGE, "path": "/"}, id="the first page alone"),
    ],
)
def test_what_was_approved_and_no_more(office: Office, asked: dict[str, object]) -> None:
    office.approved(by="teacher", **asked)
    opened = Opened("physics.example", **asked)  # type: ignore[arg-type]

    assert [one.target for one in overlay().overrides] == [opened.target]
    assert opened_of(Opening.objects.get()).target == opened.target


def test_a_students_own_words_do_not_leave_the_console(office: Office) -> None:
    case = office.approved(by="student", purpose="because I am ill")
    assert overlay().overrides[0].reason == f"request {case.pk}"


def test_why_something_should_be_blocked_stands_on_no_block_page(office: Office) -> None:
    office.approved(
        by="teacher", kind=Kind.SHOULD_BLOCK, audience={"schools": [SCHOOL]}, ends=None,
        purpose="Kim Lee of 8b showed it around",
    )  # fmt: skip
    case = office.approved(by="teacher", host="maths.example")

    block, allow = overlay().overrides
    assert (block.action, block.reason) == (Action.BLOCK, f"request {case.pk - 1}")
    assert allow.reason == f"request {case.pk}: a lesson on optics"


def test_a_private_request_names_the_counselor_and_no_purpose(office: Office) -> None:
    case = office.asks_alone()
    desk.claim(case.pk, office.counselor, at=MONDAY)
    desk.approve(
        case.pk, office.counselor, at=MONDAY, reason="yes", checklist=NOTHING_SEEN, listing=Listing.EXCEPTION,
        opening=desk.as_asked(case),
    )  # fmt: skip

    assert overlay().overrides[0].reason == f"request {case.pk}"
    assert overlay().overrides[0].decided_by == "counselor, Valley High"


def test_a_site_that_should_be_blocked_is_blocked(office: Office) -> None:
    office.approved(by="teacher", kind=Kind.SHOULD_BLOCK, audience={"schools": [SCHOOL]}, ends=None)
    assert [(one.action, one.ends) for one in overlay().overrides] == [(Action.BLOCK, None)]


def test_a_mended_listing_is_signed_by_two_people(office: Office) -> None:
    opening = corrected(office)
    assert overlay() == Overlay(
        corrections=(
            Correction(
                f"case-{opening.case_id}-{opening.pk}", "clinic.example", "pornography",
                f"request {opening.case_id}",
                (f"person:{office.reviewer.pk}", f"person:{office.technician.pk}"),
                frozenset({SCHOOL}),
            ),
        )
    )  # fmt: skip


def test_what_no_gateway_would_apply_is_left_out_and_keeps_no_other_out(office: Office) -> None:
    wrong = corrected(office, "co.uk", "games")
    case = office.approved(host="b.example")
    nobody = another(case, audience={})

    made = entries(MONDAY, CATEGORIES, SCHOOLS)

    assert [one.target.host for one in made.overlay.overrides] == ["b.example"]
    assert made.overlay.corrections == ()
    assert made.left_out == (
        LeftOut(
            wrong.case_id,
            f"case-{wrong.case_id}-{wrong.pk}",
            "'co.uk' is no site but everything that ends in it",
        ),
        LeftOut(
            case.pk,
            f"case-{case.pk}-{nobody.pk}",
            "overrides[0].audience: names nobody; "
            "give at least one of subjects, classes, grades, groups, schools",
        ),
    )


def test_an_end_is_the_first_moment_without_it(office: Office) -> None:
    office.approved()
    assert len(overlay(MONDAY + WEEK - timedelta(microseconds=1)).overrides) == 1
    assert overlay(MONDAY + WEEK) == Overlay()


def test_what_begins_later_is_there_already(office: Office) -> None:
    later = MONDAY + timedelta(days=1)
    office.approved(begins=later)
    assert [one.begins for one in overlay().overrides] == [later]


def test_a_standing_approval_has_no_end(office: Office) -> None:
    case = office.approved(by="teacher", ends=None, lasts="standing")
    assert [one.ends for one in overlay(MONDAY + timedelta(days=3000)).overrides] == [None]
    assert case.openings.get().review_on == date(2027, 11, 30)


def test_a_revoked_approval_is_gone(office: Office) -> None:
    case = office.approved()
    desk.revoke(case.pk, office.reviewer, at=MONDAY, reason="not needed any more")
    assert overlay() == Overlay()


def test_what_is_only_listed_makes_no_entry(office: Office) -> None:
    case = office.approved()
    another(case, action=Effect.LISTED.value, host="")
    assert len(overlay().overrides) == 1


def test_entries_of_others_are_kept_as_they_are() -> None:
    hand = Override(
        "hand", Action.BLOCK, Target("chat.example"), Audience(groups=frozenset({"staff"})), "exam", "x"
    )
    mended = Correction("c-1", "a.example", "games", "no game", ("library",))
    old, new = (
        Override(
            f"case-1-{n}", Action.ALLOW, Target("a.example"), Audience(grades=frozenset({"07"})), "r", "d"
        )
        for n in (1, 2)
    )

    assert with_ours(Overlay((old, hand), (mended,)), Overlay((new,))) == Overlay((hand, new), (mended,))
    assert with_ours(Overlay((old, hand), (mended,)), Overlay()) == Overlay((hand,), (mended,))
