"""The people of the demo: known to everybody, and let in nowhere else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from console_people import logged_in
from proxy.console.people import demo
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import OUTSIDE, Duty, Person
from proxy.console.people.roster import import_roster
from proxy.console.site.config import config, use
from recorded_acts import acts

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 15, tzinfo=UTC)


class TestDemo:
    @pytest.fixture
    def in_demo(self):
        before = config()
        use(replace(before, demo=True))
        yield
        use(before)

    def test_everybody_is_made_once_and_marked(self, in_demo):
        import_roster(config(), AT)
        demo.make(AT)
        made = Person.objects.count()
        demo.make(AT)

        assert Person.objects.count() == made
        marked = Person.objects.filter(demo=True)
        assert set(marked.values_list("login", flat=True)) == {each.login for each in demo.PEOPLE}
        kinds = set(Duty.objects.filter(person__demo=True).values_list("kind", flat=True))
        assert kinds == {kind.value for kind in DutyKind}
        assert Person.objects.get(login="auditor").role == OUTSIDE
        assert [act[0] for act in acts()].count("demo.people") == 1

    @pytest.mark.parametrize("each", demo.PEOPLE, ids=lambda each: each.login)
    def test_everybody_logs_in_as_the_banner_says(self, in_demo, each):
        import_roster(config(), AT)
        demo.make(AT)
        browser = Client()

        browser.post("/account/login/", {"login": each.login, "password": demo.PASSWORD})
        if each.needs_code:
            shown = demo.demo_code(each.login, datetime.now(UTC))
            browser.post("/account/code/", {"code": shown})

        assert browser.get("/account/").status_code == 200

    def test_nobody_is_made_outside_of_the_demo(self):
        with pytest.raises(demo.NotOfTheDemo, match="`schoolgate demo` alone"):
            demo.make(AT)

    def test_a_demo_account_is_nobody_outside_of_the_demo(self, in_demo):
        import_roster(config(), AT)
        demo.make(AT)
        browser = logged_in(Person.objects.get(login="admin"))
        assert browser.get("/people/").status_code == 200

        use(replace(config(), demo=False))

        assert browser.get("/people/").status_code == 302
        browser.post("/account/login/", {"login": "mokafor", "password": demo.PASSWORD})
        assert browser.get("/account/").status_code == 302

    @pytest.mark.parametrize(
        ("login", "words"),
        [("nobody", "there is no 'nobody'"), ("mokafor", "with the password alone"), ("", "there is no ''")],
    )
    def test_a_code_is_for_those_of_whom_one_is_asked(self, login, words):
        with pytest.raises(demo.NotOfTheDemo, match=words):
            demo.demo_code(login, AT)

    def test_codes_are_those_of_rfc_6238(self):
        """Checked against the cryptography package's own TOTP."""
        import base64

        from cryptography.hazmat.primitives.hashes import SHA1
        from cryptography.hazmat.primitives.twofactor.totp import TOTP

        other = TOTP(base64.b32decode(demo.seed("admin")), 6, SHA1(), 30, enforce_key_length=False)

        assert demo.demo_code("admin", AT) == other.generate(int(AT.timestamp())).decode()
