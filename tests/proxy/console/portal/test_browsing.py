"""The portal in a real browser: everybody can use every page, in every language, size and colour.

What `valley_high.pages` names is looked at in `tests/proxy/console/test_every_page.py`; here stands the rest.
"""

import pytest

from browsed_pages import assert_everybody_can_use, everywhere, tab_to
from handed_tickets import ticket
from proxy.console.people.models import Enrolment
from proxy.console.review import desk
from proxy.console.review.models import Appeal, Asking, Case, Telling
from review_office import MONDAY, NOTHING_SEEN, Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture
def school(transactional_db):
    """The office, in a database that the server sees too."""
    return Office()


class TestEverybodyCanUse:
    """axe finds nothing, nothing scrolls sideways: at 320 pixels, at 200 %, dark or light, both languages."""

    def test_the_approved_list_without_anything(self, browsed, school):
        everywhere(browsed, "/approved/")
        everywhere(browsed, "/approved/?words=nothing")

    def test_a_page_behind_a_ticket_of_what_the_law_blocks(self, browsed, school):
        everywhere(browsed, f"/ask?ticket={ticket(school.student.sourced_id, basis='cipa')}")

    def test_a_student_who_never_asked(self, browsed, school):
        for path in ("/mine/", "/ask/new/unblock", "/ask/new/not_working"):
            everywhere(browsed, path, by=school.student)

    def test_a_request_that_was_taken_back_or_approved(self, browsed, school):
        gone = school.asks("gone.example")
        desk.withdraw(gone.pk, school.student, at=MONDAY)
        for case in (gone, school.approved(host="open.example")):
            everywhere(browsed, f"/mine/{case.pk}/", by=school.student)

    def test_a_form_that_is_wrong(self, browsed, school):
        for language in ("en", "es"):
            page = browsed("/ask/new/unblock", by=school.teacher, language=language, width=320)
            with page.expect_navigation():
                page.locator("main button").last.click()
            assert page.locator("#errors").is_visible()
            assert_everybody_can_use(page)


class TestByKeyboardAlone:
    """Whoever cannot use a mouse gets everything done."""

    def test_the_first_stop_leads_past_the_navigation(self, browsed, school):
        page = browsed("/", by=school.student)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Skip to the content"
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.id === 'main'")

    def test_a_student_asks_and_appeals(self, browsed, school):
        school.reviewer, school.appeal_officer  # noqa: B018
        page = browsed("/", by=school.student)
        tab_to(page, "A page is blocked")
        page.keyboard.press("Enter")
        page.wait_for_url("**/ask/new/unblock")
        tab_to(page, "Address of the page")
        page.keyboard.type("physics.example/labs")
        tab_to(page, "What do you need it for?")
        page.keyboard.type("A lab report")
        tab_to(page, "Send")
        page.keyboard.press("Enter")
        page.wait_for_url("**/mine/*/")
        case = Case.objects.get()
        desk.claim(case.pk, school.reviewer, at=MONDAY)
        desk.deny(case.pk, school.reviewer, at=MONDAY, reason="not for class", checklist=NOTHING_SEEN)
        page.reload()
        tab_to(page, "Why should the answer be another one?")
        page.keyboard.type("It is for class")
        tab_to(page, "Appeal")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Your appeal was received")
        assert Appeal.objects.get().grounds == "It is for class"

    def test_somebody_tells_an_adult(self, browsed, school):
        school.counselor  # noqa: B018
        page = browsed("/mine/", by=school.student)
        tab_to(page, "Tell an adult")
        page.keyboard.press("Enter")
        page.wait_for_url("**/tell/")
        tab_to(page, "What happened?")
        page.keyboard.type("Somebody writes to me")
        tab_to(page, "Send")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Thank you for telling us")
        assert Telling.objects.get().text == "Somebody writes to me"

    def test_the_language_is_chosen(self, browsed, school):
        page = browsed("/approved/")
        tab_to(page, "Español")
        page.keyboard.press("Enter")
        page.wait_for_selector("html[lang=es]")


class TestWithoutScripts:
    """Every page works where scripts are off."""

    def test_a_teacher_asks_in_a_minute(self, browsed, school):
        school.reviewer  # noqa: B018
        period = school.school_class("Period 3", ["student"])
        Enrolment.objects.create(person=school.teacher, school_class=period, teaches=True)
        page = browsed("/ask/new/unblock", by=school.teacher, script=False)
        page.get_by_label("Address of the page").fill("physics.example/labs/a.html")
        page.get_by_label("What will it be used for?").fill("A lesson on lenses")
        with page.expect_navigation():
            page.get_by_role("button", name="Send").click()
        asking = Asking.objects.select_related("case").get()
        assert asking.audience == {"classes": ["Period 3"]}
        assert (asking.case.reach, asking.case.path) == ("path", "/labs")
        assert "Your request was received" in page.locator("main").inner_text()

    def test_what_is_folded_away_can_be_opened(self, browsed, school):
        page = browsed("/ask/new/unblock", by=school.student, script=False)
        assert not page.get_by_label("Only the counselor").is_visible()
        page.locator("summary").click()
        page.get_by_label("Only the counselor").wait_for(state="visible")


def test_errors_keep_what_was_typed(browsed, school):
    page = browsed("/ask/new/unblock", by=school.teacher)
    page.get_by_label("Address of the page").fill("physics example")
    page.get_by_label("What will it be used for?").fill("A lesson on lenses")
    with page.expect_navigation():
        page.get_by_role("button", name="Send").click()
    assert page.get_by_label("What will it be used for?").input_value() == "A lesson on lenses"
    page.locator("#errors a").first.click()
    page.wait_for_function("document.activeElement.id === 'id_address'")


def test_motion_stands_still_for_whoever_wants_that(browsed, school):
    moves = "() => getComputedStyle(document.querySelector('main a')).transitionDuration"
    assert browsed("/", still=True).evaluate(moves) in ("0s", "")
    assert browsed("/", still=False).evaluate(moves) != "0s"
