"""How often can a password be tried, from where and at which name?"""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from console_people import teacher
from log_ins import is_in, try_log_in, with_password
from proxy.console.people.login_settings import FAILURES_OF_A_PAIR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_counted")]


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
