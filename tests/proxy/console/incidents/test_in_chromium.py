"""An incident in a real browser: by keyboard alone, without scripts, and what it means shown at once."""

from datetime import timedelta

import pytest

from acts_seen import act
from browsed_pages import assert_everybody_can_use, press, tab_to
from found_incidents import Act
from proxy.console.incidents import desk
from proxy.console.incidents.models import Pardon
from proxy.console.incidents.states import State
from proxy.console.site import clock
from review_office import MONDAY

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


def test_more_follows_by_keyboard_alone_after_its_end(browsed, school, found):
    desk.end(found.pk, school.safeguarding, at=MONDAY, outcome=State.INNOCENT, words="A lesson")
    clock.set_to(MONDAY + timedelta(hours=1))
    page = browsed(f"/incidents/{found.pk}/", by=school.safeguarding_b, width=320)

    tab_to(page, "Let more follow from it")
    press(page, "Enter")
    tab_to(page, "Do not count this again")
    press(page, "Space")
    page.locator("#means").get_by_text("uv.example and everything below it").wait_for()
    tab_to(page, "Why")
    page.keyboard.type("It came back by another page")
    assert_everybody_can_use(page)
    tab_to(page, "Put it in force")
    with page.expect_navigation():
        press(page, "Enter")

    assert "It came back by another page" in page.inner_text("main")
    assert_everybody_can_use(page)
    assert Pardon.objects.get().by == school.safeguarding_b


def test_what_came_meanwhile_is_shown_and_can_be_used(browsed, school, found):
    page = browsed(f"/incidents/{found.pk}/", by=school.safeguarding)
    page.get_by_label("Innocent:").check()
    page.locator("[name=end-words]").fill("A lesson")
    act(technique="vpn.app", who=found.who, incident=found, site="uv.example", host="uv.example")
    with page.expect_navigation():
        page.get_by_role("button", name="End the incident").click()

    assert "More was seen meanwhile" in page.get_by_role("alert").inner_text()
    assert "VPN, Web proxy" in page.inner_text("#means")
    assert_everybody_can_use(page)
    with page.expect_navigation():
        page.get_by_role("button", name="End the incident").click()
    assert Pardon.objects.get().techniques == ["vpn", "webproxy"]


def test_a_long_name_of_evidence_leaves_room_for_what_it_says(transactional_db, browsed, school):
    seen = {"x-" + "n" * 60: "v" * 180, "path": "/uv/"}
    found = school.taken(Act("uv.example", evidence=seen), about=school.student)
    for width in (320, 1280):
        page = browsed(f"/incidents/{found.pk}/", by=school.safeguarding, width=width)
        facts, value = (
            page.locator(f"section[aria-labelledby=acts] {what}").first.bounding_box()["width"]
            for what in ("dl", "dd")
        )
        assert value >= facts * 0.5
        assert_everybody_can_use(page)
