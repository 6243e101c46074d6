"""How does somebody log in, and what stops everybody else?"""

from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from console_people import SEED, from_outside, logged_in, on_duty, second_factor_of, student, teacher
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.people.login_settings import FAILURES_OF_A_PAIR
from proxy.console.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_counted")]
PASSWORD = "four words that belong together"
LOG_IN = "/account/login/"


def with_password(person):
    person.set_password(PASSWORD)
    person.save()
    return person


def try_log_in(browser, login, password=PASSWORD, address="192.0.2.7", **more):
    return browser.post(LOG_IN, {"login": login, "password": password, **more}, REMOTE_ADDR=address)


def code(secret=SEED, steps=0):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    now = int(datetime.now(UTC).timestamp()) // 30
    return format_hotp_value(hotp_value(secret, now + steps))


def is_in(browser):
    return browser.get("/account/").status_code == 200


def acts():
    return list(AuditRecord.objects.order_by("number").values_list("action", "actor", "about", "detail"))


class TestPassword:
    def test_a_known_person_is_let_in_whatever_the_case_of_the_name(self):
        person, browser = with_password(teacher()), Client()

        answer = try_log_in(browser, "TeacheR")

        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert is_in(browser)
        assert acts() == [
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
        assert PASSWORD not in str(acts())

    def test_a_failed_log_in_is_recorded_without_what_was_typed(self):
        person = with_password(teacher())
        try_log_in(Client(), "teacher", "secret-one")
        try_log_in(Client(), "secret-two-in-the-wrong-field", "secret-three")

        assert acts() == [
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


class TestSessions:
    def test_a_session_gets_a_new_key_at_log_in(self):
        """Fixation: a key that somebody planted before does not become a logged-in one."""
        with_password(teacher())
        browser = Client()
        browser.get("/account/oidc/cancelled/")
        browser.session.save()
        session = browser.session
        session["planted"] = True
        session.save()
        browser.cookies["session"] = session.session_key
        before = browser.cookies["session"].value

        try_log_in(browser, "teacher")

        assert browser.cookies["session"].value != before
        thief = Client()
        thief.cookies["session"] = before
        assert not is_in(thief)

    def test_a_change_of_the_password_ends_all_other_sessions(self):
        with_password(teacher())
        here, there = Client(), Client()
        try_log_in(here, "teacher")
        try_log_in(there, "teacher")

        new = {
            "oldpassword": PASSWORD,
            "password1": "a very new password",
            "password2": "a very new password",
        }
        assert here.post("/account/password/", new).status_code == 302

        assert is_in(here)
        assert not is_in(there)
        assert acts()[-1][0] == "account.password_changed"

    def test_ones_own_sessions_are_listed_and_ended(self):
        person = with_password(teacher())
        here, there = Client(), Client(HTTP_USER_AGENT="The other browser")
        try_log_in(here, "teacher")
        try_log_in(there, "teacher", address="198.51.100.3")

        page = here.get("/account/").content.decode()
        assert "198.51.100.3" in page
        assert "The other browser" in page
        here.post("/account/sessions/end-others/")

        assert is_in(here)
        assert not is_in(there)
        assert acts()[-1][:3] == ("account.sessions_ended", f"person:{person.pk}", f"person:{person.pk}")

    def test_another_persons_session_is_not_ended_by_its_number(self):
        with_password(teacher())
        victim = Client()
        try_log_in(victim, "teacher")
        number = Person.objects.get(login="teacher").usersession_set.get().pk

        attacker = logged_in(student())
        assert attacker.post(f"/account/sessions/{number}/end/").status_code == 404

        assert is_in(victim)

    def test_log_out_ends_the_session_for_good(self):
        with_password(teacher())
        browser = Client()
        try_log_in(browser, "teacher")
        key = browser.cookies["session"].value

        browser.post("/account/logout/")

        assert not Session.objects.filter(session_key=key).exists()
        assert acts()[-1][0] == "login.ended"

    def test_a_leaver_is_out_at_the_next_click(self):
        person = teacher()
        browser = logged_in(person)
        assert is_in(browser)
        key = browser.cookies["session"].value

        Person.objects.filter(pk=person.pk).update(left=True)

        assert not is_in(browser)
        assert not Session.objects.filter(session_key=key).exists()

    def test_an_account_ends_with_its_last_day_in_the_schools_zone(self, at):
        at("2026-11-23T23:59-06:00")
        browser = logged_in(teacher(ends_on=date(2026, 11, 23)))
        assert is_in(browser)

        at("2026-11-24T00:00-06:00")

        assert not is_in(browser)


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


class TestTries:
    def test_one_address_has_five_tries_at_a_name_and_others_go_on(self):
        with_password(teacher())
        for _ in range(FAILURES_OF_A_PAIR):
            try_log_in(Client(), "teacher", "wrong", address="192.0.2.66")

        refused = try_log_in(Client(), "teacher", address="192.0.2.66")
        assert refused.status_code == 429
        assert "Too many failed tries" in refused.content.decode()

        teacher_elsewhere = Client()
        try_log_in(teacher_elsewhere, "teacher", address="192.0.2.7")
        assert is_in(teacher_elsewhere), "a pupil does not lock a teacher out"

    def test_the_lock_of_an_address_ends_after_fifteen_minutes(self):
        with_password(teacher())
        for _ in range(FAILURES_OF_A_PAIR):
            try_log_in(Client(), "teacher", "wrong")
        assert try_log_in(Client(), "teacher").status_code == 429

        AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))

        assert try_log_in(Client(), "teacher").status_code == 302

    def test_a_locked_address_does_not_use_up_the_tries_at_the_name(self):
        with_password(teacher())
        for _ in range(60):
            try_log_in(Client(), "teacher", "wrong", address="192.0.2.66")

        browser = Client()
        try_log_in(browser, "teacher", address="192.0.2.7")
        assert is_in(browser)

    def test_many_addresses_together_have_thirty_tries_at_a_name(self):
        with_password(teacher())
        for n in range(30):
            try_log_in(Client(), "teacher", "wrong", address=f"198.51.100.{n}")

        refused = try_log_in(Client(), "teacher", address="192.0.2.7")

        assert "too many failed tries" in refused.content.decode()

    def test_tries_at_many_other_names_forget_none_of_those_at_this_one(self):
        with_password(teacher())
        for n in range(30):
            try_log_in(Client(), "teacher", "wrong", address=f"198.51.100.{n}")
        for n in range(400):  # what a morning's log-ins leave behind
            cache.set(f"allauth:rl:z{n}", [1.0], 900)

        refused = try_log_in(Client(), "teacher", address="192.0.2.7")

        assert "too many failed tries" in refused.content.decode()

    def test_success_forgets_failures(self):
        with_password(teacher())
        for _ in range(3):
            for _ in range(FAILURES_OF_A_PAIR - 1):
                try_log_in(Client(), "teacher", "wrong")
            assert try_log_in(Client(), "teacher").status_code == 302

    def test_the_name_in_another_case_is_the_same_name(self):
        with_password(teacher())
        for name in ("teacher", "Teacher", "TEACHER", " teacher", "teacheR"):
            try_log_in(Client(), name, "wrong")

        assert try_log_in(Client(), "tEacher").status_code == 429


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


class TestSecondFactor:
    @pytest.mark.django_db(transaction=True)
    def test_whoever_has_a_duty_is_sent_to_set_one_up_and_gets_nowhere_else(self):
        with_password(on_duty(DutyKind.REVIEWER))
        browser = Client()
        try_log_in(browser, "reviewer")

        assert browser.get("/").headers["Location"] == "/account/factor/"
        assert browser.post("/language/", {"language": "es"}).headers["Location"] == "/"
        page = browser.get("/account/factor/")
        secret = page.context["form"].secret
        assert secret in page.content.decode()
        done = browser.post("/account/factor/", {"code": code(secret)})

        assert done.headers["Location"] == "/account/recovery-codes/"
        codes = browser.get("/account/recovery-codes/")
        assert len(codes.context["unused_codes"]) == 10
        assert browser.get("/").status_code == 200
        again = browser.get("/account/recovery-codes/").content.decode()
        assert not [each for each in codes.context["unused_codes"] if each in again], "shown once"

    def test_password_and_code_let_in_and_each_code_once(self):
        person = with_password(on_duty(DutyKind.REVIEWER))
        second_factor_of(person)
        browser, shown = Client(), code()

        asked = try_log_in(browser, "reviewer")
        assert asked.headers["Location"] == "/account/code/"
        assert browser.get("/account/").status_code == 302, "not in yet"
        browser.post("/account/code/", {"code": shown})
        assert is_in(browser)

        replay = Client()
        try_log_in(replay, "reviewer")
        answer = replay.post("/account/code/", {"code": shown})
        assert "does not fit" in answer.content.decode()
        assert not is_in(replay)

    def test_a_used_code_stays_used_for_as_long_as_it_is_good(self):
        """One of the next period is good for 90 seconds; 61 have passed here."""
        person = with_password(on_duty(DutyKind.REVIEWER))
        second_factor_of(person)
        shown = code(steps=1)
        try_log_in(browser := Client(), "reviewer")
        browser.post("/account/code/", {"code": shown})
        assert is_in(browser)
        with connection.cursor() as cursor:
            cursor.execute("SELECT cache_key, expires FROM console_cache")
            for key, ends in cursor.fetchall():
                ends = datetime.fromisoformat(ends) if isinstance(ends, str) else ends
                cursor.execute(
                    "UPDATE console_cache SET expires = %s WHERE cache_key = %s",
                    [ends - timedelta(seconds=61), key],
                )

        replay = Client()
        try_log_in(replay, "reviewer")
        for spelling in (shown, f"{shown[:3]} {shown[3:]}"):
            replay.post("/account/code/", {"code": spelling})
            assert not is_in(replay)

    def test_a_wrong_code_is_recorded_and_tries_end(self):
        person = with_password(on_duty(DutyKind.REVIEWER))
        second_factor_of(person)
        browser = Client()
        try_log_in(browser, "reviewer")
        for _ in range(30):
            browser.post("/account/code/", {"code": "000000"})

        answer = browser.post("/account/code/", {"code": code()})

        assert "too many failed tries" in answer.content.decode()
        assert ("login.code_failed", f"person:{person.pk}") in [(act[0], act[2]) for act in acts()]

    def test_a_recovery_code_lets_in_once(self):
        person = with_password(on_duty(DutyKind.REVIEWER))
        second_factor_of(person)
        one = RecoveryCodes.activate(person).generate_codes()[0]
        first, second = Client(), Client()
        for browser in (first, second):
            try_log_in(browser, "reviewer")
            browser.post("/account/code/", {"code": one})

        assert is_in(first)
        assert not is_in(second)
        assert [act[0] for act in acts()].count("account.recovery_code_used") == 1

    def test_a_session_from_before_the_duty_proves_the_factor_first(self):
        """A second factor of one's own, and a session that never proved it."""
        person = on_duty(DutyKind.REVIEWER)
        second_factor_of(person)
        browser = Client()
        browser.force_login(person, backend="proxy.console.people.backend.KnownPeople")

        sent = browser.get("/mine/")
        assert sent.headers["Location"] == "/account/code/again/?next=/mine/"
        back = browser.post("/account/code/again/?next=/mine/", {"code": code()})

        assert back.headers["Location"] == "/mine/"
        assert browser.get("/").status_code == 200

    def test_the_proof_of_one_person_is_nothing_to_another(self):
        proved = logged_in(on_duty(DutyKind.REVIEWER)).session["second_factor_proved"]
        other = on_duty(DutyKind.APPEAL_OFFICER)
        second_factor_of(other)
        browser = Client()
        browser.force_login(other, backend="proxy.console.people.backend.KnownPeople")
        session = browser.session
        session["second_factor_proved"] = proved
        session.save()

        assert browser.get("/").status_code == 302

    def test_a_reset_factor_proves_nothing_any_more(self):
        person = on_duty(DutyKind.REVIEWER)
        browser = logged_in(person)
        assert browser.get("/").status_code == 200

        Authenticator.objects.filter(user=person).delete()

        assert browser.get("/").headers["Location"] == "/account/factor/"

    def test_whoever_needs_a_factor_cannot_remove_it(self):
        person = with_password(on_duty(DutyKind.REVIEWER))
        second_factor_of(person)
        browser = Client()
        try_log_in(browser, "reviewer")
        browser.post("/account/code/", {"code": code()})
        browser.post("/account/again/?next=/account/", {"password": PASSWORD})

        answer = browser.post("/account/factor/remove/")

        assert "Your duties need a second factor." in answer.content.decode()
        assert Authenticator.objects.filter(user=person, type="totp").exists()

    def test_an_outside_account_without_any_duty_needs_one_too(self):
        assert logged_in(from_outside()).get("/").status_code == 200
        bare = Client()
        bare.force_login(from_outside("other"), backend="proxy.console.people.backend.KnownPeople")

        assert bare.get("/").headers["Location"] == "/account/factor/"

    def test_secrets_are_sealed_in_the_database(self):
        kept = second_factor_of(on_duty(DutyKind.REVIEWER)).data["secret"]

        assert SEED not in kept
        assert kept.startswith("gAAAA")

    def test_a_secret_sealed_with_another_key_lets_nobody_in(self, settings):
        person = with_password(on_duty(DutyKind.REVIEWER))
        second_factor_of(person)
        settings.SECRET_KEY = "another key, as after a restore without the secret file"
        browser = Client()
        try_log_in(browser, "reviewer")

        answer = browser.post("/account/code/", {"code": code()})

        assert answer.status_code == 403
        assert "An administrator can reset it" in answer.content.decode()
