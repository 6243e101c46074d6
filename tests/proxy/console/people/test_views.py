"""What does an administrator do about people?"""

from datetime import date

import pytest

from console_people import from_outside, logged_in, on_duty, student, teacher
from proxy.console.audit.models import AuditRecord
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty, Person
from recorded_acts import acts

pytestmark = pytest.mark.django_db
GOOD = {"kind": "reviewer", "school": "valley-high", "rank": "2", "begins": "", "ends": ""}


def test_a_duty_is_given_and_recorded(admin):
    person = teacher()

    answer = logged_in(admin).post(f"/people/{person.pk}/duties/", {**GOOD, "ends": "2027-06-10"})

    assert answer.status_code == 302
    duty = Duty.objects.get(person=person)
    assert (duty.kind, duty.school, duty.rank, duty.ends) == ("reviewer", "valley-high", 2, date(2027, 6, 10))
    assert (duty.assigned_by, duty.source) == (admin, "console")
    assert duty.assigned_at == AuditRecord.objects.get(action="duty.give").at
    assert acts() == [("duty.give", f"person:{admin.pk}", f"person:{person.pk}")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"kind": "king"}, "Select a valid choice", id="no such duty"),
        pytest.param({"school": "elsewhere"}, "Select a valid choice", id="no such school"),
        pytest.param({"rank": "0"}, "greater than or equal to 1", id="rank"),
        pytest.param({"begins": "2027-01-02", "ends": "2027-01-01"}, "before the first", id="days"),
    ],
)
def test_a_duty_that_cannot_be_is_explained_and_not_given(admin, change, words):
    person = teacher()

    answer = logged_in(admin).post(f"/people/{person.pk}/duties/", {**GOOD, **change})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Duty.objects.filter(person=person).exists()


def test_an_auditor_gets_no_other_duty(admin):
    auditor = on_duty(DutyKind.AUDITOR)

    answer = logged_in(admin).post(f"/people/{auditor.pk}/duties/", GOOD)

    assert answer.status_code == 422
    assert "An auditor has no other duty at the same time" in answer.content.decode()
    assert [duty.kind for duty in auditor.duties.all()] == ["auditor"]


def test_a_duty_is_ended_at_once_and_stays_in_the_record(admin, at):
    at("2026-11-23T09:00-06:00")
    reviewer = on_duty(DutyKind.REVIEWER)
    duty, browser = reviewer.duties.get(), logged_in(admin)

    assert browser.post(f"/people/{reviewer.pk}/duties/{duty.pk}/end/").status_code == 302

    duty.refresh_from_db()
    assert duty.ends == date(2026, 11, 22)
    assert acts() == [("duty.end", f"person:{admin.pk}", f"person:{reviewer.pk}")]


def test_a_duty_that_has_ended_keeps_its_last_day(admin, at):
    at("2026-11-23T09:00-06:00")
    reviewer = on_duty(DutyKind.REVIEWER)
    reviewer.duties.update(ends=date(2026, 6, 30))

    answer = logged_in(admin).post(f"/people/{reviewer.pk}/duties/{reviewer.duties.get().pk}/end/")

    assert (answer.status_code, reviewer.duties.get().ends) == (404, date(2026, 6, 30))


def test_a_duty_of_somebody_else_is_not_ended_by_its_number(admin):
    reviewer, other = on_duty(DutyKind.REVIEWER), teacher()
    duty = reviewer.duties.get()

    assert logged_in(admin).post(f"/people/{other.pk}/duties/{duty.pk}/end/").status_code == 404

    duty.refresh_from_db()
    assert duty.ends is None


@pytest.mark.parametrize(
    ("path", "data"),
    [
        pytest.param("duties/", GOOD, id="a duty"),
        pytest.param("switch/", {"enabled": "no"}, id="switched off"),
        pytest.param("second-factor/", {}, id="second factor"),
        pytest.param("password/", {}, id="password"),
        pytest.param("last-day/", {"ends_on": "2030-01-01"}, id="last day"),
    ],
)
def test_nobody_administers_themselves(admin, path, data):
    browser = logged_in(admin)
    before = Person.objects.values().get(pk=admin.pk)

    answer = browser.post(f"/people/{admin.pk}/{path}", data, follow=True)

    assert "nobody changes their own account or duties here" in answer.content.decode()
    assert Person.objects.values().get(pk=admin.pk) == before
    assert [duty.kind for duty in admin.duties.all()] == ["administrator"]
    assert acts() == []


def test_an_administrator_of_one_school_sees_and_administers_its_people_only():
    admin = on_duty(DutyKind.ADMINISTRATOR, login="admin", at_school="valley-high")
    here, there = teacher("here"), teacher("there", school="maple-elementary")
    browser = logged_in(admin)

    listed = browser.get("/people/").content.decode()
    assert "Here Example" in listed
    assert "There Example" not in listed
    assert browser.get(f"/people/{there.pk}/").status_code == 404
    assert browser.post(f"/people/{there.pk}/switch/", {"enabled": "no"}).status_code == 404
    assert browser.post(f"/people/{here.pk}/duties/", {**GOOD, "school": ""}).status_code == 403
    assert browser.post(f"/people/{here.pk}/duties/", GOOD).status_code == 302


def test_an_administrator_of_one_school_does_not_get_into_an_account_with_a_duty_elsewhere():
    admin = on_duty(DutyKind.ADMINISTRATOR, login="admin", at_school="valley-high")
    officer = on_duty(DutyKind.APPEAL_OFFICER)

    answer = logged_in(admin).post(f"/people/{officer.pk}/password/", follow=True)

    assert "belongs to another school, or to the whole district" in answer.content.decode()
    assert "/account/first/" not in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "days"),
    [
        pytest.param({"enabled": False}, {}, id="the account is switched off, and can be switched on"),
        pytest.param({"left": True}, {}, id="whoever left may come back"),
        pytest.param({}, {"begins": date(2026, 12, 1)}, id="the duty begins tomorrow"),
    ],
)
def test_a_duty_elsewhere_counts_also_when_it_is_not_held_today(change, days, at):
    at("2026-11-30T09:00-06:00")
    admin = on_duty(DutyKind.ADMINISTRATOR, login="admin", at_school="valley-high")
    officer = teacher("officer", **change)
    Duty.objects.create(person=officer, kind="appeal_officer", school="", source="file", **days)
    browser = logged_in(admin)

    answer = browser.post(f"/people/{officer.pk}/password/", follow=True)
    browser.post(f"/people/{officer.pk}/switch/", {"enabled": "yes"})

    assert "belongs to another school, or to the whole district" in answer.content.decode()
    officer.refresh_from_db()
    assert officer.enabled is change.get("enabled", True)


def test_a_sponsor_who_left_is_shown_and_another_one_is_named(admin):
    outside, browser = from_outside(), logged_in(admin)
    page, end = f"/people/{outside.pk}/", f"/people/{outside.pk}/last-day/"
    sent = {"ends_on": "2028-01-01", "scope": "audit"}
    gone = "The sponsor is not of the staff any more"
    assert gone not in browser.get(page).content.decode()

    Person.objects.filter(pk=outside.sponsor_id).update(left=True)

    assert gone in browser.get(page).content.decode()
    assert browser.post(end, sent).status_code == 422
    other = teacher("other")
    browser.post(end, {**sent, "sponsor_login": "other"})
    outside.refresh_from_db()
    assert outside.sponsor == other
    assert gone not in browser.get(page).content.decode()


def test_an_auditor_reads_people_and_changes_nothing(admin):
    auditor, person = on_duty(DutyKind.AUDITOR), teacher()
    browser = logged_in(auditor)

    assert browser.get("/people/").status_code == 200
    page = browser.get(f"/people/{person.pk}/").content.decode()
    assert "You read here, and change nothing." in page
    assert page.count("<form") == 2, "log out and the languages: no form of an act"
    assert browser.post(f"/people/{person.pk}/switch/", {"enabled": "no"}).status_code == 403


def test_administration_is_refused_from_other_networks(admin, with_console):
    with_console(admin_networks=("10.9.0.0/16",))
    browser = logged_in(admin)

    assert browser.get("/people/").status_code == 403
    assert browser.get("/people/", REMOTE_ADDR="10.9.3.4").status_code == 200
    assert browser.get("/people/", REMOTE_ADDR="10.9.3.4", HTTP_X_FORWARDED_FOR="1.1.1.1").status_code == 200
    assert browser.get("/people/", HTTP_X_FORWARDED_FOR="10.9.3.4").status_code == 403


def test_hostile_names_are_shown_as_text(admin):
    person = teacher("x", given_name='<script>alert("1")</script>', family_name="{{ 7|add:7 }}")
    browser = logged_in(admin)

    for page in ("/people/", f"/people/{person.pk}/", f"/people/{person.pk}/last-day/"):
        text = browser.get(page).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text
        assert "{{ 7|add:7 }}" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("q=alp", {"alpha"}, id="part of a name"),
        pytest.param("q=alpha example", {"alpha"}, id="two words"),
        pytest.param("role=student", {"beta"}, id="role"),
        pytest.param("duty=reviewer", {"gamma"}, id="duty"),
        pytest.param("state=ended", {"delta"}, id="ended"),
        pytest.param("school=maple-elementary", {"beta"}, id="school"),
        pytest.param("role=nonsense", {"admin", "alpha", "beta", "gamma", "delta"}, id="not a role: all"),
        pytest.param("q=' OR 1=1 --", set(), id="nobody"),
    ],
)
def test_people_are_found_by_filters_in_the_address(admin, query, found):
    teacher("alpha")
    student("beta", school="maple-elementary")
    on_duty(DutyKind.REVIEWER, login="gamma")
    teacher("delta", left=True)

    text = logged_in(admin).get(f"/people/?{query}").content.decode()

    listed = {name for name in ("admin", "alpha", "beta", "gamma", "delta") if f'"mono">{name}</td>' in text}
    assert listed == found
