"""The small parts of who is known, and what the database itself refuses."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client, RequestFactory

from console_people import from_outside, known, on_duty, student, teacher
from proxy.console.people.accounts import AccountProblem, why_not, why_not_at
from proxy.console.people.administrators import checked_login, make_administrator
from proxy.console.people.charging import Wanted, charge
from proxy.console.people.duties import DutyKind, Source, clash
from proxy.console.people.links import first_password_link, tokens
from proxy.console.people.models import OUTSIDE, Duty, Person
from proxy.console.people.passwords import LongEnough, name_key, name_tried, nobody_in_particular
from proxy.console.people.sessions import end_sessions, sessions_of
from proxy.console.people.today import today
from proxy.console.people.words import ROLES, school_choices, school_title
from proxy.settings.schema.who import Role
from recorded_acts import acts

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
ON = date(2026, 11, 23)


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
