"""The small parts of who is known, and what the database itself refuses."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from console_people import from_outside, known, logged_in, on_duty, student, teacher
from proxy.console.audit.models import AuditRecord
from proxy.console.people import demo, guards
from proxy.console.people.accounts import AccountProblem, why_not, why_not_at
from proxy.console.people.administrators import checked_login, make_administrator
from proxy.console.people.charging import Wanted, charge
from proxy.console.people.clients import lies_in
from proxy.console.people.duties import DutyKind, Source, clash
from proxy.console.people.gates import Admits, Who, admits_of, for_duties, public, signed_in
from proxy.console.people.links import first_password_link, tokens
from proxy.console.people.middleware import Admission, person_of
from proxy.console.people.models import OUTSIDE, Duty, Person
from proxy.console.people.passwords import LongEnough, name_key, name_tried, nobody_in_particular
from proxy.console.people.roster import import_roster
from proxy.console.people.sessions import end_sessions, sessions_of
from proxy.console.people.today import today
from proxy.console.people.words import ROLES, school_choices, school_title
from proxy.console.site.config import config, use
from proxy.settings.schema.who import Role

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
ON = date(2026, 11, 23)


def acts():
    return list(AuditRecord.objects.order_by("number").values_list("action", "actor", "about"))


class TestDuties:
    @pytest.mark.parametrize(
        ("kinds", "together"),
        [
            pytest.param([], True, id="none"),
            pytest.param([DutyKind.AUDITOR], True, id="an auditor alone"),
            pytest.param([DutyKind.AUDITOR, DutyKind.AUDITOR], True, id="an auditor of two schools"),
            pytest.param([DutyKind.AUDITOR, DutyKind.REVIEWER], False, id="an auditor who reviews"),
            pytest.param([DutyKind.REVIEWER, DutyKind.APPEAL_OFFICER], True, id="reviews, and hears appeals"),
        ],
    )
    def test_which_go_together(self, kinds, together):
        assert (clash(kinds) is None) is together

    def test_a_source_ends_only_what_it_gave(self):
        person = teacher()
        charge(
            person,
            [Wanted(DutyKind.REVIEWER), Wanted(DutyKind.TECHNICIAN)],
            Source.FILE,
            actor="x",
            at=AT,
            on=ON,
        )
        charge(person, [Wanted(DutyKind.COUNSELOR)], Source.OIDC, actor="x", at=AT, on=ON)

        assert charge(person, [Wanted(DutyKind.TECHNICIAN)], Source.FILE, actor="x", at=AT, on=ON) is None

        in_force = person.duties.filter(ends=None).values_list("kind", "source")
        assert set(in_force) == {("technician", "file"), ("counselor", "oidc")}

    def test_a_duty_that_another_source_gave_stays_that_sources(self):
        person = on_duty(DutyKind.REVIEWER)

        charge(person, [Wanted(DutyKind.REVIEWER, rank=7)], Source.OIDC, actor="x", at=AT, on=ON)

        assert list(person.duties.values_list("source", "rank")) == [("file", 1)]

    def test_what_clashes_changes_nothing_at_all(self):
        person = on_duty(DutyKind.REVIEWER)

        problem = charge(person, [Wanted(DutyKind.AUDITOR)], Source.OIDC, actor="x", at=AT, on=ON)

        assert problem is not None
        assert list(person.duties.values_list("kind", flat=True)) == ["reviewer"]
        assert acts() == []

    def test_a_duty_that_ended_can_be_given_again(self):
        person = teacher()
        for wanted in ([Wanted(DutyKind.REVIEWER)], [], [Wanted(DutyKind.REVIEWER, ends=date(2027, 1, 1))]):
            charge(person, wanted, Source.FILE, actor="x", at=AT, on=ON)

        assert list(person.duties.values_list("ends", flat=True)) == [date(2027, 1, 1)]
        assert [act[0] for act in acts()] == ["duty.give", "duty.end", "duty.give"]


class TestDatabase:
    """What is refused even if the code did not."""

    def refused(self, act):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()

    def test_an_auditor_with_another_duty_at_the_same_time(self):
        auditor, reviewer = on_duty(DutyKind.AUDITOR), on_duty(DutyKind.REVIEWER)
        self.refused(lambda: Duty.objects.create(person=auditor, kind="reviewer"))
        self.refused(lambda: Duty.objects.create(person=reviewer, kind="auditor", school="valley-high"))
        self.refused(lambda: Duty.objects.filter(person=reviewer).update(person=auditor))
        self.refused(
            lambda: Duty.objects.bulk_create(
                [Duty(person=auditor, kind="technician", begins=date(2030, 1, 1))]
            )
        )

        Duty.objects.filter(person=auditor).update(ends=date(2026, 12, 31))
        Duty.objects.create(person=auditor, kind="reviewer", begins=date(2027, 1, 1))
        self.refused(
            lambda: Duty.objects.filter(person=auditor, kind="reviewer").update(begins=date(2026, 12, 31))
        )

    def test_whoever_was_known_is_not_deleted_and_neither_is_a_duty(self):
        person = on_duty(DutyKind.REVIEWER)
        self.refused(lambda: Person.objects.filter(pk=person.pk)._raw_delete("default"))
        self.refused(lambda: person.duties.all()._raw_delete("default"))
        self.refused(person.delete)

        assert Person.objects.get(pk=person.pk).duties.count() == 1

    def test_triggers_that_were_taken_away_are_missed_and_laid_again(self):
        assert guards.missing(connection) == []
        assert len(guards.rules(connection.vendor)) == 4
        table = " ON people_person" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER people_person_is_kept{table}")
        assert guards.missing(connection) == ["people_person_is_kept"]

        guards.lay(connection)

        assert guards.missing(connection) == []

    def test_other_databases_have_no_triggers_and_say_so(self):
        with pytest.raises(NotImplementedError, match="use SQLite or PostgreSQL"):
            guards.rules("oracle")

    def test_a_duty_that_somebody_gives_themselves(self):
        person = teacher()
        self.refused(lambda: Duty.objects.create(person=person, kind="reviewer", assigned_by=person))

    def test_the_same_duty_twice(self):
        person = on_duty(DutyKind.REVIEWER)
        self.refused(lambda: Duty.objects.create(person=person, kind="reviewer", school=""))

    @pytest.mark.parametrize("missing", [{"sponsor": None}, {"scope": ""}, {"ends_on": None}])
    def test_an_outside_account_without_what_it_needs(self, missing):
        outside = from_outside()
        self.refused(lambda: Person.objects.filter(pk=outside.pk).update(**missing))

    def test_somebody_who_answers_for_themselves(self):
        person = teacher()
        self.refused(lambda: Person.objects.filter(pk=person.pk).update(sponsor=person))

    def test_two_people_of_one_login_name(self):
        teacher("same")
        with pytest.raises(IntegrityError), transaction.atomic():
            teacher("same")


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


class TestPasswords:
    @pytest.mark.parametrize(
        ("who", "length", "good"),
        [
            (Role.STUDENT, 7, False),
            (Role.STUDENT, 8, True),
            (Role.TEACHER, 11, False),
            (Role.TEACHER, 12, True),
            (None, 11, False),
        ],
    )
    def test_how_long(self, who, length, good):
        person = Person(role=who.value) if who else None
        if good:
            assert LongEnough().validate("x" * length, person) is None
        else:
            with pytest.raises(ValidationError):
                LongEnough().validate("x" * length, person)
        assert "12" in LongEnough().get_help_text()

    def test_failures_are_counted_under_a_key_that_names_nobody(self):
        asked = RequestFactory().post("/account/login/", {"login": " Anna "})

        assert name_tried(asked) == name_tried(asked, {"username": "anna"}) == name_key("ANNA")
        assert "anna" not in name_key("anna")
        assert name_key("anna") != name_key("ben")
        assert nobody_in_particular("anna", "192.0.2.1", "x", "/", asked) == "a client"


class TestLinks:
    def test_a_link_ends_after_seven_days_and_with_a_log_in(self, at):
        at("2026-11-23T09:00-06:00")
        person = teacher()
        token = first_password_link(person).split("/")[-2]
        assert tokens.check_token(person, token)

        at("2026-11-30T08:59-06:00")
        assert tokens.check_token(person, token)
        at("2026-11-30T09:01-06:00")
        assert not tokens.check_token(person, token)

        at("2026-11-23T09:00-06:00")
        person.last_login = AT
        assert not tokens.check_token(person, token)

    def test_a_link_is_one_persons(self):
        first, second = teacher("first"), teacher("second")
        token = tokens.make_token(first)

        assert not tokens.check_token(second, token)
        assert not tokens.check_token(first, token[:-1] + ("a" if token[-1] != "a" else "b"))
        assert first_password_link(first).startswith("http://127.0.0.1:9380/account/first/")

    @pytest.mark.parametrize("uid", ["x", "OTk5OTk5", "LTE", "4pyT", "a" * 300])
    def test_a_guessed_link_is_not_good(self, uid):
        answer = Client().get(f"/account/first/{uid}/c0ffee-0123456789/", follow=True)

        assert "This link is not good any more" in answer.content.decode()


class TestAdministrators:
    def test_the_first_one_is_made_at_the_command_line(self):
        link = make_administrator("Root", "Ada", "Blake", "ada@x.example", actor="cli:root", at=AT)

        person = Person.objects.get(login="root")
        assert "/account/first/" in link
        assert list(person.duties.values_list("kind", "school")) == [("administrator", "")]
        assert acts() == [
            ("account.make", "cli:root", f"person:{person.pk}"),
            ("duty.give", "cli:root", f"person:{person.pk}"),
        ]

    @pytest.mark.parametrize(
        "login", ["", "  ", "two words", "line\nbreak", "zero\x00byte", "x" * 151, "taken", "TAKEN"]
    )
    def test_a_login_name_that_cannot_be_is_refused(self, login):
        teacher("taken")
        with pytest.raises(AccountProblem):
            checked_login(login)

    def test_an_address_that_is_none_is_refused_before_anybody_is_made(self):
        with pytest.raises(AccountProblem, match="is not an e-mail address"):
            make_administrator("root", "", "", "nonsense", actor="cli:root", at=AT)
        assert not Person.objects.exists()

    def test_whose_business_an_account_is(self):
        district = on_duty(DutyKind.ADMINISTRATOR, login="district")
        here = on_duty(DutyKind.ADMINISTRATOR, login="here", at_school="valley-high")
        person, elsewhere = teacher(), known("elsewhere", school="maple-elementary")

        assert why_not(district, person, ON) is None
        assert why_not(here, person, ON) is None
        assert why_not(here, elsewhere, ON) is not None
        assert why_not(here, district, ON) is not None
        assert why_not(district, district, ON) is not None
        assert why_not(teacher("other"), person, ON) is not None
        assert why_not_at(here, "valley-high", ON) is None
        assert why_not_at(here, "", ON) is not None


class TestAdmission:
    def test_a_view_that_does_not_say_whom_it_admits_is_refused(self):
        def forgotten(request):
            return HttpResponse("open")

        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        with pytest.raises(ImproperlyConfigured, match="forgotten does not say whom it admits"):
            Admission(forgotten).process_view(request, forgotten, (), {})

    def test_a_gate_keeps_the_view_and_says_whom_it_admits(self):
        def view(request, *, number):
            """A page."""
            return HttpResponse(str(number))

        gated = for_duties(DutyKind.REVIEWER)(view)

        assert admits_of(gated) == Admits(Who.ON_DUTY, frozenset({DutyKind.REVIEWER}))
        assert gated(RequestFactory().get("/"), number=3).content == b"3"
        assert gated.__doc__ == "A page."
        assert admits_of(view) is None
        assert (admits_of(public(view)), admits_of(signed_in(view))) == (
            Admits(Who.ANYBODY),
            Admits(Who.SIGNED_IN),
        )

    def test_somebody_whose_account_ended_is_nobody(self, at):
        at("2026-11-23T09:00-06:00")
        request = RequestFactory().get("/")
        request.user = teacher(ends_on=date(2026, 11, 22))

        assert person_of(request) is None

    def test_a_part_of_a_page_asked_for_by_script_leads_the_whole_page_to_the_log_in(self):
        answer = Client().get("/mine/", headers={"HX-Request": "true"})

        assert answer.headers["HX-Redirect"] == "/account/login/?next=/mine/"

    def test_what_a_stranger_sent_is_not_sent_again_after_the_log_in(self):
        assert Client().post("/mine/").headers["Location"] == "/account/login/"

    @pytest.mark.parametrize(
        ("address", "inside"),
        [
            ("10.1.2.3", True),
            ("::ffff:10.1.2.3", True),
            ("2001:db8::5", True),
            ("11.1.2.3", False),
            ("2001:db9::5", False),
            ("", False),
            ("nonsense", False),
        ],
    )
    def test_networks(self, address, inside):
        assert lies_in(address, ("10.0.0.0/8", "2001:db8::/32")) is inside


class TestWords:
    def test_schools_and_roles_have_names(self):
        assert school_title("valley-high") == "Valley Middle and High School"
        assert school_title("") == "Maple Valley School District"
        assert school_title("gone") == "gone"
        assert [value for value, _ in school_choices()] == ["", "maple-elementary", "valley-high"]
        assert set(ROLES) == {*(role.value for role in Role), OUTSIDE}

    def test_the_day_is_the_schools(self, at):
        at("2026-11-24T05:59+00:00")
        assert today() == date(2026, 11, 23)
        at("2026-11-24T06:00+00:00")
        assert today() == date(2026, 11, 24)


def test_sessions_are_listed_newest_first_and_ended_for_one_person_only():
    first, second = student("first"), student("second")
    browsers = {}
    for person in (first, second):
        person.set_password("a long enough password")
        person.save()
        browsers[person.login] = [Client(), Client()]
        for browser in browsers[person.login]:
            browser.post("/account/login/", {"login": person.login, "password": "a long enough password"})

    listed = sessions_of(first)
    assert len(listed) == 2
    assert listed[0].created_at >= listed[1].created_at
    assert end_sessions(first, only=sessions_of(second)[0].pk) == 0
    assert end_sessions(first) == 2
    assert [browser.get("/account/").status_code for browser in browsers["first"]] == [302, 302]
    assert [browser.get("/account/").status_code for browser in browsers["second"]] == [200, 200]
