"""What does an administrator do about accounts, their passwords and second factors?"""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator

from console_people import from_outside, logged_in, on_duty, second_factor_of, student, teacher
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import OUTSIDE, Person
from recorded_acts import acts

pytestmark = pytest.mark.django_db


def test_an_account_that_is_switched_off_is_out_at_its_next_click(admin):
    person = teacher()
    browser = logged_in(person)
    assert browser.get("/account/").status_code == 200

    logged_in(admin).post(f"/people/{person.pk}/switch/", {"enabled": "no"})

    assert browser.get("/account/").headers["Location"] == "/account/login/?next=/account/"
    logged_in(admin).post(f"/people/{person.pk}/switch/", {"enabled": "yes"})
    assert browser.get("/account/").status_code == 302, "a session that ended does not come back"


def test_a_new_password_link_voids_the_old_password_and_works_once(admin):
    person = teacher()
    person.set_password("the old password of old")
    person.save()
    page = logged_in(admin).post(f"/people/{person.pk}/password/").content.decode()
    link = page[page.index("http://127.0.0.1:9380") :].partition("<")[0].removeprefix("http://127.0.0.1:9380")

    person.refresh_from_db()
    assert not person.has_usable_password()
    browser = logged_in(student())
    browser.logout()
    form = browser.get(link, follow=True)
    assert form.status_code == 200
    where = form.redirect_chain[-1][0]
    assert link.split("/")[-2] not in where, "the token does not stay in the address"
    new = {"new_password1": "quite new and long", "new_password2": "quite new and long"}
    assert browser.post(where, new).headers["Location"] == "/account/login/"

    person.refresh_from_db()
    assert person.check_password("quite new and long")
    assert "not good any more" in browser.get(link, follow=True).content.decode()
    assert acts()[0][0] == "account.password_reset"
    assert acts()[-1] == ("account.password_set", f"person:{person.pk}", f"person:{person.pk}")


def test_a_first_password_that_is_too_short_or_too_common_is_refused(admin):
    person = teacher()
    page = logged_in(admin).post(f"/people/{person.pk}/password/").content.decode()
    link = page[page.index("/account/first/") :].partition("<")[0]
    browser = logged_in(student())
    browser.logout()
    where = browser.get(link).headers["Location"]

    for password, words in (("eleven char", "at least 12 characters"), ("qwertyuiop123", "too common")):
        answer = browser.post(where, {"new_password1": password, "new_password2": password})
        assert words in answer.content.decode()
    person.refresh_from_db()
    assert not person.has_usable_password()


def test_one_administrator_does_not_reset_password_and_second_factor_of_one_person(admin, at):
    at("2026-11-23T09:00-06:00")
    reviewer = on_duty(DutyKind.REVIEWER)
    second_factor_of(reviewer)
    browser = logged_in(admin)
    browser.post(f"/people/{reviewer.pk}/password/")

    refused = browser.post(f"/people/{reviewer.pk}/second-factor/", follow=True)

    assert "by two administrators, or a day apart" in refused.content.decode()
    assert Authenticator.objects.filter(user=reviewer).exists()
    other = on_duty(DutyKind.ADMINISTRATOR, login="other", school="")
    logged_in(other).post(f"/people/{reviewer.pk}/second-factor/")
    assert not Authenticator.objects.filter(user=reviewer).exists()


def test_a_day_later_one_administrator_can_reset_the_second_factor_too(admin, at):
    at("2026-11-23T09:00-06:00")
    reviewer = on_duty(DutyKind.REVIEWER)
    second_factor_of(reviewer)
    logged_in(admin).post(f"/people/{reviewer.pk}/password/")

    at("2026-11-24T09:01-06:00")
    logged_in(admin).post(f"/people/{reviewer.pk}/second-factor/")

    assert not Authenticator.objects.filter(user=reviewer).exists()


def test_an_outside_account_needs_a_sponsor_a_scope_and_an_end(admin):
    sponsor = teacher("sponsor")
    given = {"role": OUTSIDE, "login": "Dana", "given_name": "Dana", "family_name": "Weiss", "email": ""}
    whole = {**given, "school": "", "sponsor_login": "sponsor", "scope": "audit", "ends_on": "2027-06-30"}
    browser = logged_in(admin)

    for missing in ("sponsor_login", "scope", "ends_on"):
        answer = browser.post("/people/new/", {**whole, missing: ""})
        assert answer.status_code == 422
        assert "needs this" in answer.content.decode()
    student("student")
    teacher("gone", left=True)
    for nobody in ("nobody", "student", "gone"):
        answer = browser.post("/people/new/", {**whole, "sponsor_login": nobody})
        assert "Nobody who is of the staff now" in answer.content.decode()
    assert not Person.objects.filter(login="dana").exists()

    made = browser.post("/people/new/", whole)
    assert "/account/first/" in made.content.decode()
    person = Person.objects.get(login="dana")
    assert (person.sponsor, person.scope, person.ends_on) == (sponsor, "audit", date(2027, 6, 30))
    assert acts() == [("account.make", f"person:{admin.pk}", f"person:{person.pk}")]


def test_what_a_form_does_not_ask_cannot_be_set(admin):
    """Mass assignment: names of other columns in what is sent change nothing."""
    extra = {"demo": "on", "left": "on", "enabled": "", "password": "x", "sourced_id": "student-0042"}
    given = {"role": "teacher", "login": "lee", "given_name": "Lee", "family_name": "", "email": ""}
    logged_in(admin).post("/people/new/", {**given, "school": "valley-high", **extra, "id": "1"})

    person = Person.objects.get(login="lee")
    assert (person.demo, person.left, person.enabled, person.sourced_id) == (False, False, True, None)
    assert not person.has_usable_password()

    outside = from_outside()
    sent = {"ends_on": "2028-01-01", "scope": "more", "role": "teacher", "login": "root", "sponsor": admin.pk}
    logged_in(admin).post(f"/people/{outside.pk}/last-day/", sent)
    before = outside.sponsor
    outside.refresh_from_db()
    assert (outside.role, outside.login, outside.sponsor) == (OUTSIDE, "outside", before)
    assert (outside.ends_on, outside.scope) == (date(2028, 1, 1), "more")


def test_a_login_name_that_somebody_has_is_refused_whatever_its_case(admin):
    teacher("lee")
    given = {
        "role": "teacher",
        "login": "LEE",
        "given_name": "",
        "family_name": "",
        "email": "",
        "school": "",
    }

    answer = logged_in(admin).post("/people/new/", given)

    assert "already somebody with the log-in name" in answer.content.decode()


def test_the_end_of_an_outside_account_cannot_be_taken_away(admin):
    outside = from_outside()

    answer = logged_in(admin).post(f"/people/{outside.pk}/last-day/", {"ends_on": "", "scope": "audit"})

    assert answer.status_code == 422
    outside.refresh_from_db()
    assert outside.ends_on == date(2027, 6, 30)
