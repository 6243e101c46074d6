"""Can somebody log in, set up a second factor and administer people by keyboard alone? In a real browser.

What each step shows, errors too, is looked at with axe; the pages themselves are in `test_every_page.py`.
"""

from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache

from browsed_pages import assert_everybody_can_use, everywhere, press, tab_to
from console_people import from_outside, on_duty, student, teacher
from proxy.console.people.duties import DutyKind
from proxy.console.people.links import first_password_link
from proxy.console.people.models import Duty, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PASSWORD = "four words that belong together"


@pytest.fixture(autouse=True)
def nothing_counted(transactional_db):
    cache.clear()


def enter(page):
    """Press the key that sends the form or follows the link, and wait for the next page."""
    with page.expect_navigation():
        press(page, "Enter")


def path_of(link):
    return link.removeprefix("http://127.0.0.1:9380")


class TestEverywhere:
    """What a link or a session of its own leads to: both languages, narrow and wide, dark, at 200 %."""

    def test_a_link_for_a_first_password(self, browsed):
        everywhere(browsed, path_of(first_password_link(teacher())))

    @pytest.mark.parametrize("path", ["/account/factor/", "/account/again/"])
    def test_somebody_without_a_second_factor(self, browsed, path):
        person = student(given_name="Ana-María", family_name="Wolfeschlegelsteinhausenbergerdorff")
        person.set_password(PASSWORD)
        person.save()

        everywhere(browsed, path, by=person)

    @pytest.mark.parametrize("path", ["/account/code/again/", "/account/factor/remove/"])
    def test_somebody_with_one(self, browsed, path):
        everywhere(browsed, path, by=on_duty(DutyKind.REVIEWER))

    def test_the_last_day_of_an_account(self, browsed):
        admin, outside = on_duty(DutyKind.ADMINISTRATOR, login="admin", school=""), from_outside()

        everywhere(browsed, f"/people/{outside.pk}/last-day/", by=admin)


class TestKeyboard:
    """The journeys, and the states that they pass."""

    def test_a_first_password_and_a_log_in(self, browsed):
        person = teacher()
        page = browsed(path_of(first_password_link(person)))
        assert_everybody_can_use(page)
        page.locator("input[name=new_password1]").focus()
        page.keyboard.type("short")
        press(page, "Tab")
        page.keyboard.type("short")
        enter(page)
        assert_everybody_can_use(page)
        assert "too short" in page.content()
        page.locator("input[name=new_password1]").focus()
        page.keyboard.type(PASSWORD)
        press(page, "Tab")
        page.keyboard.type(PASSWORD)
        enter(page)
        page.wait_for_url("**/account/login/")
        assert "The password is set." in page.content()

        page.locator("input[name=login]").focus()
        page.keyboard.type("TEACHER")
        press(page, "Tab")
        page.keyboard.type("not this one")
        enter(page)
        assert_everybody_can_use(page)
        assert "do not fit together" in page.content()
        page.locator("input[name=password]").focus()
        page.keyboard.type(PASSWORD)
        enter(page)

        assert "Teacher Example" in page.locator("header").inner_text()

    @pytest.mark.parametrize(
        "seen", [{}, {"language": "es", "width": 320, "dark": True}], ids=["wide", "narrow"]
    )
    def test_a_second_factor_is_set_up(self, browsed, seen):
        person = on_duty(DutyKind.REVIEWER)
        person.set_password(PASSWORD)
        person.save()
        page = browsed("/account/login/?next=/queue/", **seen)
        page.locator("input[name=login]").focus()
        page.keyboard.type("reviewer")
        press(page, "Tab")
        page.keyboard.type(PASSWORD)
        enter(page)
        page.wait_for_url("**/account/factor/")
        assert_everybody_can_use(page)
        secret = page.locator("main code").inner_text()
        page.locator("input[name=code]").focus()
        now = int(datetime.now(UTC).timestamp()) // 30
        page.keyboard.type(format_hotp_value(hotp_value(secret, now)))
        enter(page)
        page.wait_for_url("**/account/recovery-codes/")
        assert_everybody_can_use(page)
        codes = page.locator("main ol li").all_inner_texts()
        assert len(codes) == 10

        page.context.clear_cookies(name="session")
        page.goto(page.url.replace("recovery-codes", "login"))
        page.locator("input[name=login]").fill("reviewer")
        page.locator("input[name=password]").fill(PASSWORD)
        enter(page)
        page.wait_for_url("**/account/code/")
        assert_everybody_can_use(page)
        page.locator("input[name=code]").focus()
        page.keyboard.type("000000")
        enter(page)
        assert_everybody_can_use(page)
        assert page.locator("main .errorlist").count() == 1
        page.locator("input[name=code]").focus()
        page.keyboard.type(codes[0])
        enter(page)

        assert "Reviewer Example" in page.locator("header").inner_text()

    def test_an_administrator_gives_and_ends_a_duty_and_makes_a_link(self, browsed):
        admin, person = on_duty(DutyKind.ADMINISTRATOR, login="admin", school=""), teacher("lee")
        page = browsed("/people/?q=lee", by=admin)
        tab_to(page, "Lee Example")
        enter(page)
        page.wait_for_url(f"**/people/{person.pk}/")
        tab_to(page, "Give a duty")
        press(page, "Enter", "Tab")
        page.keyboard.type("Counselor")
        page.locator("input[name=ends]").fill("2020-01-01")
        page.locator("input[name=begins]").fill("2021-01-01")
        tab_to(page, "Give the duty")
        enter(page)
        assert_everybody_can_use(page)
        assert "The last day lies before the first one." in page.content()
        page.locator("input[name=ends]").fill("")
        tab_to(page, "Give the duty")
        enter(page)
        page.wait_for_url(f"**/people/{person.pk}/")
        assert Duty.objects.get(person=person).kind == "counselor"
        assert_everybody_can_use(page)
        tab_to(page, "New password link")
        enter(page)
        page.wait_for_url("**/password/")
        assert_everybody_can_use(page)
        assert "/account/first/" in page.locator("main").inner_text()
        assert not Person.objects.get(pk=person.pk).has_usable_password()

    def test_too_many_tries_are_explained(self, browsed):
        page = browsed("/account/login/")
        for _ in range(6):
            page.goto(page.url)
            page.locator("input[name=login]").fill("somebody")
            page.locator("input[name=password]").fill("wrong")
            enter(page)

        assert "Too many failed tries" in page.content()
        assert_everybody_can_use(page)
