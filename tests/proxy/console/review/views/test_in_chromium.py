"""The reviewers' pages in a real browser: usable by everybody, by keyboard alone, and without scripts."""

from datetime import timedelta

import pytest

from browsed_pages import assert_everybody_can_use, everywhere, press, tab_to
from console_people import known
from proxy.console.people.duties import DutyKind
from proxy.console.review import desk, telling
from proxy.console.review.states import Kind, Reach, State
from review_office import MONDAY, NOTHING_SEEN

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

EVIDENCE = {
    "via": "ticket", "event": "e-1", "at": "2026-11-30T14:50:00+00:00", "gateway": "demo", "group": "high",
    "url": "http://games.demo.test/chess", "url_cut": False, "category": "games", "basis": "local",
    "reason": "category", "list_id": "demo-games", "line": 3, "base": 4, "overlay": 2, "code": "7KQ29FXM",
}  # fmt: skip


@pytest.fixture
def chess(office):
    """A request with all that a page can show, which two people make."""
    office.school_class("cls-chemistry-3", ["student", "student-b"])
    terms = {
        "path": "/chess", "reach": Reach.PATH, "url": "http://games.demo.test/chess", "evidence": EVIDENCE,
        "audience": {"classes": ["cls-chemistry-3"]},
    }  # fmt: skip
    office.asks("games.demo.test", by="student-b", **terms)
    return office.asks("games.demo.test", course="Maths", teacher=office.teacher, **terms)


def test_an_empty_queue(browsed, office):
    everywhere(browsed, "/queue/", by=office.reviewer)


def test_a_full_queue(browsed, office, chess):
    for number in range(6):
        office.asks(f"site-{number}.example", by=f"student-{number}", at=MONDAY - timedelta(days=number))

    everywhere(browsed, "/queue/", by=office.reviewer)


def test_a_filter_that_does_not_exist(browsed, office):
    assert_everybody_can_use(browsed("/queue/?kind=everything", by=office.reviewer, width=320))


def test_the_appeals(browsed, office):
    office.appealed()

    everywhere(browsed, "/appeals/", by=office.appeal_officer)


def test_a_case_that_waits(browsed, office, chess, published):
    everywhere(browsed, f"/cases/{chess.pk}/", by=office.reviewer)


def test_a_case_to_be_decided(browsed, office, chess, published):
    desk.claim(chess.pk, office.reviewer, at=MONDAY)

    everywhere(browsed, f"/cases/{chess.pk}/", by=office.reviewer)


def test_a_case_under_appeal(browsed, office, published):
    case = office.appealed(host="games.demo.test", evidence=EVIDENCE)
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)

    everywhere(browsed, f"/cases/{case.pk}/", by=office.appeal_officer)


def test_an_appeal_that_waits_for_the_second_signature(browsed, office, published):
    office.technician  # noqa: B018
    case = office.appealed(host="games.demo.test", evidence=EVIDENCE)
    desk.claim_appeal(case.pk, office.appeal_officer, at=MONDAY)
    given = {"at": MONDAY, "reason": "a clinic", "checklist": NOTHING_SEEN}
    desk.endorse_appeal(case.pk, office.appeal_officer, **given)
    desk.claim_appeal(case.pk, office.technician, at=MONDAY)

    everywhere(browsed, f"/cases/{case.pk}/", by=office.technician)


def test_a_case_in_every_other_state(browsed, office):
    office.technician  # noqa: B018
    asked = office.asks("asked.example")
    desk.claim(asked.pk, office.reviewer, at=MONDAY)
    desk.ask(asked.pk, office.reviewer, at=MONDAY, question="Which page?")
    revoked = office.approved(host="revoked.example", by="student-b")
    desk.revoke(revoked.pk, office.reviewer, at=MONDAY, reason="it has changed")
    closed = office.appealed(host="closed.example", by="student")
    desk.claim_appeal(closed.pk, office.appeal_officer, at=MONDAY)
    desk.uphold(closed.pk, office.appeal_officer, at=MONDAY, reason="the page is as it was said to be")
    fault = office.asks("", kind=Kind.NOT_WORKING, by="student-c", audience={})
    report = office.asks("bad.example", kind=Kind.SHOULD_BLOCK, by="student-d", audience={})
    desk.claim(report.pk, office.reviewer, at=MONDAY)
    approved = office.approved(host="open.example", by="student-e", lasts="standing", ends=None)
    denied = office.denied(host="shut.example", by="student-f")

    for case in (asked, revoked, closed, fault, report, approved, denied):
        page = browsed(f"/cases/{case.pk}/", by=office.reviewer, width=320)
        for box in page.locator("details").all():
            box.evaluate("box => box.open = true")
        assert_everybody_can_use(page)
        page.context.close()


def test_what_is_in_force(browsed, office):
    office.approved(host="open.example")
    office.approved(host="standing.example", by="student-b", lasts="standing", ends=None)

    everywhere(browsed, "/openings/", by=office.reviewer)


def test_who_told_an_adult(browsed, office):
    telling.tell(by=office.student, subject="", school="valley-high", text="somebody threatens me", at=MONDAY)
    office.counselor  # noqa: B018

    everywhere(browsed, "/tellings/", by=office.counselor)


def test_due_times(browsed, office):
    known("somebody")

    everywhere(browsed, "/due-times/", by=office.reviewer)


def test_a_decision_by_keyboard_alone(browsed, office, chess, published):
    page = browsed("/queue/", by=office.reviewer)

    tab_to(page, "games.demo.test")
    with page.expect_navigation():
        press(page, "c")
    assert "You have claimed" in page.inner_text("main")

    for question in ("obscene", "child_pornography", "harmful_to_minors"):
        tab_to(page, f"decide-{question} | no")
        press(page, "Space")
        assert page.locator(f"[name=decide-{question}][value=no]").is_checked()
    tab_to(page, "Open it as asked")
    press(page, "ArrowDown", "ArrowUp", "Space")
    tab_to(page, "Reason")
    page.keyboard.type("Maths club looked through it")
    tab_to(page, "Record the decision")
    with page.expect_navigation():
        press(page, "Enter")

    assert "Your decision is recorded." in page.inner_text("main")
    chess.refresh_from_db()
    assert State(chess.state) is State.APPROVED
    assert_everybody_can_use(page)


def test_j_and_k_move_in_the_list_and_nowhere_else(browsed, office):
    for number in range(3):
        office.asks(f"site-{number}.example", by=f"student-{number}", at=MONDAY + timedelta(minutes=number))
    page = browsed("/queue/", by=office.reviewer)

    press(page, "c", "j")
    assert page.locator("li.chosen").count() == 0
    page.locator("[name=text]").fill("")
    page.locator("[name=text]").type("jkc")
    assert page.locator("[name=text]").input_value() == "jkc"
    page.locator(".cases a").first.focus()
    press(page, "j", "j", "j", "k")
    assert "site-1.example" in page.inner_text("li.chosen")
    with page.expect_navigation():
        press(page, "Enter")
    assert "site-1.example" in page.inner_text("h1")


def test_an_error_leads_to_its_field(browsed, office, chess):
    desk.claim(chess.pk, office.reviewer, at=MONDAY)
    page = browsed(f"/cases/{chess.pk}/", by=office.reviewer, width=320)
    page.locator("[name=decide-reason]").fill("half written")
    with page.expect_navigation():
        page.get_by_role("button", name="Record the decision").click()

    assert_everybody_can_use(page)
    assert page.locator("[name=decide-reason]").input_value() == "half written"
    page.locator("#errors a").first.click()
    page.wait_for_function("() => location.hash === '#id_decide-obscene'")
    page.locator("#id_decide-obscene").wait_for(state="visible")


@pytest.mark.parametrize("script", [True, False])
def test_narrowing_shows_at_once_what_it_opens(browsed, office, chess, published, script):
    desk.claim(chess.pk, office.reviewer, at=MONDAY)
    page = browsed(f"/cases/{chess.pk}/", by=office.reviewer, script=script)
    assert "and what lies below it" in page.inner_text("#opens")

    page.locator("#narrower summary").click()
    page.get_by_label("Only this page").check()
    page.locator("[name=decide-path]").fill("/chess/openings")
    if script:
        page.locator("[name=decide-path]").press("Tab")
    else:
        with page.expect_navigation():
            page.get_by_role("button", name="Show what this would open").click()
    page.get_by_text("the one page games.demo.test/chess/openings").wait_for()

    assert page.get_by_label("Only this page").is_checked()
    assert_everybody_can_use(page) if script else None
    chess.refresh_from_db()
    assert State(chess.state) is State.IN_REVIEW


def test_the_whole_of_it_without_scripts(browsed, office, chess):
    page = browsed("/queue/", by=office.reviewer, script=False)
    with page.expect_navigation():
        page.get_by_role("button", name="Claim games.demo.test").click()
    for question in ("obscene", "child_pornography", "harmful_to_minors"):
        page.locator(f"[name=decide-{question}][value=no]").check()
    page.get_by_label("Keep it blocked").check()
    page.locator("[name=decide-reason]").fill("Games are for the break")
    with page.expect_navigation():
        page.get_by_role("button", name="Record the decision").click()

    chess.refresh_from_db()
    assert State(chess.state) is State.DENIED


def test_the_second_decider_reads_who_was_faster(browsed, office, chess):
    desk.claim(chess.pk, office.reviewer, at=MONDAY)
    page = browsed(f"/cases/{chess.pk}/", by=office.reviewer)
    for question in ("obscene", "child_pornography", "harmful_to_minors"):
        page.locator(f"[name=decide-{question}][value=no]").check()
    page.get_by_label("Open it as asked").check()
    page.locator("[name=decide-reason]").fill("A good page")
    other = office.person("reviewer-b")
    desk.release(chess.pk, office.reviewer, at=MONDAY)
    desk.claim(chess.pk, other, at=MONDAY)
    desk.deny(chess.pk, other, at=MONDAY, reason="no", checklist=NOTHING_SEEN)

    with page.expect_navigation():
        page.get_by_role("button", name="Record the decision").click()

    said = page.inner_text("[role=alert]")
    assert "Reviewer-b" in said
    assert "denied" in said
    assert "A good page" in said
    assert_everybody_can_use(page)


def test_the_first_reviewer_reads_why_the_appeal_is_not_theirs(browsed, office):
    case = office.appealed()
    office.charge(office.reviewer, DutyKind.APPEAL_OFFICER)

    page = browsed(f"/cases/{case.pk}/", by=office.reviewer)

    assert "You decided on this request first; an appeal goes to somebody else." in page.inner_text("main")
    assert page.get_by_role("button", name="Claim the appeal").count() == 0
