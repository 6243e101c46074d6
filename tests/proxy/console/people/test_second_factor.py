"""Whoever has a duty proves a second factor, each time and with each code once."""

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connection
from django.test import Client

from console_people import SEED, from_outside, logged_in, on_duty, second_factor_of
from log_ins import PASSWORD, code, is_in, told, try_log_in, with_password
from proxy.console.people.duties import DutyKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_counted")]


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
        assert ("login.code_failed", f"person:{person.pk}") in [(act[0], act[2]) for act in told()]

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
        assert [act[0] for act in told()].count("account.recovery_code_used") == 1

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
