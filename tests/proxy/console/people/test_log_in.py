"""How does somebody log in, and what stops everybody else?"""

from datetime import date

import pytest
from axes.models import AccessAttempt
from django.test import Client

from console_people import logged_in, on_duty, teacher
from log_ins import LOG_IN, PASSWORD, is_in, told, try_log_in, with_password
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_counted")]


class TestPassword:
    def test_a_known_person_is_let_in_whatever_the_case_of_the_name(self):
        person, browser = with_password(teacher()), Client()

        answer = try_log_in(browser, "TeacheR")

        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert is_in(browser)
        assert told() == [
            (
                "login.done",
                f"person:{person.pk}",
                f"person:{person.pk}",
                '{"address":"192.0.2.7","by":"password"}',
            )
        ]

    @pytest.mark.parametrize(
        ("login", "password"),
        [
            pytest.param("teacher", "wrong", id="wrong password"),
            pytest.param("nobody", PASSWORD, id="no such name"),
            pytest.param("teacher@maplevalley.example", PASSWORD, id="the e-mail address is no log-in name"),
            pytest.param("teacher\x00", PASSWORD, id="a zero byte"),
            pytest.param("t" * 5000, PASSWORD, id="very long"),
        ],
    )
    def test_everybody_else_gets_the_same_answer(self, login, password):
        with_password(teacher())
        browser = Client()

        answer = try_log_in(browser, login, password)

        assert answer.status_code == 200
        assert not is_in(browser)
        assert PASSWORD not in str(told())

    def test_a_failed_log_in_is_recorded_without_what_was_typed(self):
        person = with_password(teacher())
        try_log_in(Client(), "teacher", "secret-one")
        try_log_in(Client(), "secret-two-in-the-wrong-field", "secret-three")

        assert told() == [
            ("login.failed", "stranger", f"person:{person.pk}", '{"address":"192.0.2.7"}'),
            ("login.failed", "stranger", "", '{"address":"192.0.2.7"}'),
        ]
        kept = str(list(AccessAttempt.objects.values()))
        assert not [word for word in ("secret", "teacher") if word in kept]

    def test_the_page_says_that_use_is_monitored(self):
        page = Client().get(LOG_IN).content.decode()

        assert "is monitored and recorded. Do not expect privacy." in page

    def test_passwords_are_kept_as_argon2(self):
        assert with_password(teacher()).password.startswith("argon2$argon2id$")

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"enabled": False}, id="switched off"),
            pytest.param({"left": True}, id="left"),
            pytest.param({"ends_on": date(2026, 11, 22)}, id="ended yesterday"),
            pytest.param({"demo": True}, id="a demo account outside of the demo"),
        ],
    )
    def test_a_leaver_is_told_no_more_than_a_stranger(self, change, at):
        at("2026-11-23T00:30-06:00")
        person = with_password(teacher())
        Person.objects.filter(pk=person.pk).update(**change)
        browser = Client()

        answer = try_log_in(browser, "teacher")

        assert "do not fit together" in answer.content.decode()
        assert not is_in(browser)

    def test_nobody_signs_up_and_no_password_is_reset_by_mail(self):
        browser = Client()
        for path in ("signup/", "password/reset/", "email/", "login/code/", "3rdparty/"):
            assert browser.get(f"/account/{path}").status_code == 404


class TestRedirects:
    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "http://127.0.0.1:9380@evil.example/",
            "\thttps://evil.example",
            "http://[::1",
        ],
    )
    def test_log_in_leads_to_no_other_site(self, target):
        with_password(teacher())

        answer = try_log_in(Client(), "teacher", next=target)

        assert answer.headers["Location"] == "/"

    def test_log_in_leads_to_the_page_that_was_asked_for(self):
        with_password(teacher())
        browser = Client()
        asked = browser.get("/account/?from=here")
        assert asked.headers["Location"] == "/account/login/?next=/account/%3Ffrom%3Dhere"

        answer = try_log_in(browser, "teacher", next="/account/?from=here")

        assert answer.headers["Location"] == "/account/?from=here"

    def test_log_out_leads_to_no_other_site(self):
        answer = logged_in(teacher()).post("/account/logout/", {"next": "https://evil.example/"})

        assert answer.headers["Location"] == LOG_IN


class TestForgery:
    """Forms that did not come from a page of ours."""

    def test_nobody_is_logged_in_out_or_changed_by_a_foreign_form(self):
        person = with_password(teacher())
        browser = Client(enforce_csrf_checks=True)
        assert try_log_in(browser, "teacher").status_code == 403
        logged_in(person, browser)

        for path in ("/account/logout/", "/account/sessions/end-others/", "/account/password/"):
            assert browser.post(path, {"oldpassword": PASSWORD}).status_code == 403
        assert is_in(browser)

    def test_no_duty_is_given_by_a_foreign_form(self):
        admin, person = on_duty(DutyKind.ADMINISTRATOR, login="admin", school=""), teacher()
        browser = logged_in(admin, Client(enforce_csrf_checks=True))
        given = {"kind": "reviewer", "school": "", "rank": "1"}

        assert browser.post(f"/people/{person.pk}/duties/", given).status_code == 403

        assert not person.duties.exists()
        token = browser.get(f"/people/{person.pk}/").context["csrf_token"]
        sent = browser.post(f"/people/{person.pk}/duties/", {**given, "csrfmiddlewaretoken": str(token)})
        assert sent.status_code == 302
        assert person.duties.exists()

    def test_tries_at_a_password_in_a_session_are_counted_too(self):
        browser = logged_in(with_password(teacher()))
        for _ in range(10):
            browser.post("/account/password/", {"oldpassword": "guess", "password1": "x", "password2": "x"})

        answer = browser.post("/account/password/", {"oldpassword": PASSWORD})

        assert answer.status_code == 429
        assert "Too many failed tries" in answer.content.decode()
