"""An incident in a real browser: by keyboard alone, without scripts, and what it means shown at once."""

import pytest

from browsed_pages import assert_everybody_can_use, press, tab_to
from found_incidents import Act
from proxy.console.incidents.models import Pardon
from proxy.console.incidents.states import State

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def found(transactional_db, school):
    return school.taken(Act("uv.example"), about=school.student)


def test_an_end_by_keyboard_alone_says_what_it_means_before(browsed, school, found):
    page = browsed(f"/incidents/{found.pk}/", by=school.safeguarding)

    tab_to(page, "Confirmed:")
    press(page, "ArrowDown", "Space")
    tab_to(page, "Why")
    page.keyboard.type("A link in the lesson")
    assert page.get_by_label("Do not count this again").is_checked()
    page.locator("#means").get_by_text("It is stopped as before.").wait_for()
    assert_everybody_can_use(page)
    found.refresh_from_db()
    assert State(found.state) is State.UNDER_REVIEW

    tab_to(page, "End the incident")
    with page.expect_navigation():
        press(page, "Enter")
    assert "has ended" in page.inner_text("main")
    found.refresh_from_db()
    assert State(found.state) is State.INNOCENT
    assert Pardon.objects.get().site == "uv.example"


def test_without_scripts_a_button_shows_it_and_keeps_what_was_written(browsed, school, found):
    page = browsed(f"/incidents/{found.pk}/", by=school.safeguarding, width=320, script=False)
    page.get_by_label("Innocent:").check()
    page.get_by_label("Do not count this again").check()
    page.locator("[name=end-words]").fill("A lesson")
    with page.expect_navigation():
        page.get_by_role("button", name="Show what this means").click()

    assert "It is stopped as before." in page.inner_text("#means")
    assert page.locator("[name=end-words]").input_value() == "A lesson"
    assert page.get_by_label("Do not count this again").is_checked()
    found.refresh_from_db()
    assert State(found.state) is State.UNDER_REVIEW


def test_an_error_leads_to_its_field(browsed, school, found):
    page = browsed(f"/incidents/{found.pk}/", by=school.safeguarding, width=320)
    page.get_by_label("Confirmed:").check()
    with page.expect_navigation():
        page.get_by_role("button", name="End the incident").click()

    assert_everybody_can_use(page)
    said = page.inner_text("#errors")
    assert "Why" in said
    assert "Go through every one of them first." in said
