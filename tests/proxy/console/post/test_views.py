"""Letters that did not arrive, as an administrator sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from console_people import logged_in, on_duty, teacher
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.post.calls import queue_call
from proxy.console.post.models import Call, Letter

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def letter(key: str, **what: Any) -> Letter:
    fields = {
        "key": key, "to": f"{key}@school.example", "language": "en", "subject": f"Request {key} was denied",
        "text": "secret words", "html": "secret words", "queued_at": NOON, "not_before": NOON,
    }  # fmt: skip
    return Letter.objects.create(**(fields | what))


@pytest.fixture
def administrator() -> Client:
    return logged_in(on_duty(DutyKind.ADMINISTRATOR))


def test_what_was_given_up_is_shown_with_its_reason_and_without_its_words(administrator: Client) -> None:
    letter("7", given_up_at=NOON, tries=10, problem="550: no <b>such</b> user")
    letter("8", tries=2, not_before=NOON + timedelta(hours=1), problem="450: later")
    letter("9")
    letter("10", sent_at=NOON)

    page = administrator.get("/letters/").content.decode()

    assert "Request 7 was denied" in page
    assert "no &lt;b&gt;such&lt;/b&gt; user" in page
    assert "450: later" in page
    assert "secret words" not in page
    assert "9@school.example" not in page
    assert "10@school.example" not in page
    assert page.count("Try again") == 1


def test_without_a_mail_server_the_page_says_so(administrator: Client) -> None:
    assert "No mail server is set" in administrator.get("/letters/").content.decode()


def test_trying_again_is_recorded_and_possible_once(administrator: Client) -> None:
    lost = letter("7", given_up_at=NOON, tries=10, problem="no such user")

    answer = administrator.post(f"/letters/{lost.pk}/try-again/", follow=True)

    assert "The letter is sent within a few seconds." in answer.content.decode()
    lost.refresh_from_db()
    assert (lost.given_up_at, lost.tries) == (None, 0)
    assert AuditRecord.objects.filter(action="letter.try_again", about=f"letter:{lost.pk}").count() == 1
    assert administrator.post(f"/letters/{lost.pk}/try-again/").status_code == 404


def test_what_is_no_longer_kept_cannot_be_tried(administrator: Client) -> None:
    lost = letter("7", given_up_at=NOON, to="", subject="", text="", html="")
    assert "Its text is no longer kept." in administrator.get("/letters/").content.decode()
    assert administrator.post(f"/letters/{lost.pk}/try-again/").status_code == 404


def test_looking_changes_nothing(administrator: Client) -> None:
    lost = letter("7", given_up_at=NOON)
    assert administrator.get(f"/letters/{lost.pk}/try-again/").status_code == 405
    assert administrator.post("/letters/").status_code == 405


def test_an_administrator_of_one_school_sees_letters_to_its_people_alone() -> None:
    here, there = teacher("here"), teacher("there", school="maple-elementary")
    mine, other = (letter(each.login, to=each.email, given_up_at=NOON) for each in (here, there))
    browser = logged_in(on_duty(DutyKind.ADMINISTRATOR, login="admin", at_school="valley-high"))

    page = browser.get("/letters/")

    assert [each.to for each in page.context["given_up"]] == [here.email]
    assert page.context["all_given_up"] == 1
    assert browser.post(f"/letters/{other.pk}/try-again/").status_code == 404
    assert browser.post(f"/letters/{mine.pk}/try-again/").status_code == 302


class TestMessagesToTheSchoolsOwnSystem:
    @pytest.fixture
    def lost(self) -> Call:
        told = {
            "event": "incident.opened",
            "id": 7,
            "school": "valley-high",
            "link": "https://secret.example/",
        }
        made = queue_call(told, key="incident.7.opened", at=NOON, school="valley-high")
        Call.objects.update(given_up_at=NOON, tries=10, problem="the webhook answered <503>")
        return made

    def test_without_a_system_and_messages_nothing_is_said_of_them(self, administrator: Client) -> None:
        assert "own system" not in administrator.get("/letters/").content.decode()

    def test_one_that_was_given_up_is_shown_with_its_reason_and_without_its_words(
        self, administrator: Client, lost: Call
    ) -> None:
        page = administrator.get("/letters/").content.decode()

        assert "Messages that were given up" in page
        assert "the webhook answered &lt;503&gt;" in page
        assert "secret.example" not in page
        assert "No system is set" in page

    def test_those_that_wait_after_a_try_are_shown_too(self, administrator: Client, lost: Call) -> None:
        Call.objects.update(given_up_at=None, tries=2, problem="the webhook did not answer in time")
        page = administrator.get("/letters/").content.decode()

        assert "Messages that were tried and wait" in page
        assert "the webhook did not answer in time" in page
        assert "Messages that were given up" not in page

    def test_trying_again_is_recorded_and_possible_once(self, administrator: Client, lost: Call) -> None:
        path = f"/letters/messages/{lost.pk}/try-again/"
        answer = administrator.post(path, follow=True)

        assert "The message is sent within a few seconds." in answer.content.decode()
        lost.refresh_from_db()
        assert (lost.given_up_at, lost.tries) == (None, 0)
        assert AuditRecord.objects.filter(action="call.try_again", about=f"call:{lost.pk}").count() == 1
        assert administrator.post(path).status_code == 404

    def test_what_is_no_longer_kept_cannot_be_tried(self, administrator: Client, lost: Call) -> None:
        Call.objects.update(body="")
        assert "Its text is no longer kept." in administrator.get("/letters/").content.decode()
        assert administrator.post(f"/letters/messages/{lost.pk}/try-again/").status_code == 404
        assert AuditRecord.objects.filter(action="call.try_again").count() == 0

    def test_another_schools_administrator_neither_sees_nor_sends_it(self, lost: Call) -> None:
        browser = logged_in(on_duty(DutyKind.ADMINISTRATOR, at_school="maple-elementary"))
        assert "own system" not in browser.get("/letters/").content.decode()
        assert browser.post(f"/letters/messages/{lost.pk}/try-again/").status_code == 404

        here = logged_in(on_duty(DutyKind.ADMINISTRATOR, login="here", at_school="valley-high"))
        assert here.get("/letters/").context["all_lost_calls"] == 1
        assert here.post(f"/letters/messages/{lost.pk}/try-again/").status_code == 302
