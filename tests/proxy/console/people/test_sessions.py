"""How does a session begin, and what ends it?"""

from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from console_people import logged_in, student, teacher
from log_ins import PASSWORD, is_in, told, try_log_in, with_password
from proxy.console.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_counted")]


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
        assert told()[-1][0] == "account.password_changed"

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
        assert told()[-1][:3] == ("account.sessions_ended", f"person:{person.pk}", f"person:{person.pk}")

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
        assert told()[-1][0] == "login.ended"

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
