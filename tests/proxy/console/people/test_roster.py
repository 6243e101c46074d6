"""How do the people of the roster become people of the console?"""

from dataclasses import replace
from datetime import date

import pytest

from console_people import known, logged_in
from proxy.console.audit.models import AuditRecord
from proxy.console.people.models import Enrolment, Person, SchoolClass
from proxy.console.people.roster import import_roster
from proxy.console.site.config import config
from recorded_acts import acts
from school_roster import ANNA, AT, BEN, TIM, USERS, of

pytestmark = pytest.mark.django_db


def test_people_classes_and_enrolments_are_taken_over(school):
    done = school.bring_in()

    assert (done.problems, done.refused) == ((), False)
    assert str(done) == "roster: 3 known, 3 new, 0 changed, 0 left, 0 back, 2 classes, 2 enrolled, 0 duties"
    anna = of("s-1")
    assert (anna.login, anna.name, anna.email) == ("anna", "Anna Ash", "anna@x.example")
    assert (anna.role, anna.school, anna.grade) == ("student", "valley-high", "07")
    assert not anna.has_usable_password()
    assert list(anna.classes.values_list("title", "school", "grade")) == [("Optics", "valley-high", "07")]
    teaching = Enrolment.objects.values_list("person__login", "teaches").order_by("person__login")
    assert list(teaching) == [("anna", False), ("tim", True)]
    assert acts() == [("roster.import", "timers", "")]


def test_a_second_import_of_the_same_changes_and_records_nothing(school):
    school.bring_in()
    before = list(Person.objects.values().order_by("pk"))

    done = school.bring_in()

    assert str(done) == "roster: 3 known, 0 new, 0 changed, 0 left, 0 back, 2 classes, 0 enrolled, 0 duties"
    assert list(Person.objects.values().order_by("pk")) == before
    assert len(acts()) == 1


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((BEN, TIM), id="not in the file any more"),
        pytest.param((ANNA.replace("active", "tobedeleted"), BEN, TIM), id="tobedeleted"),
        pytest.param((ANNA.replace(",true,", ",false,"), BEN, TIM), id="enabledUser false"),
    ],
)
def test_a_leaver_loses_access_at_once_and_is_kept(school, lines, at):
    at("2026-11-23T09:00-06:00")
    school.bring_in()
    anna = of("s-1")
    browser = logged_in(anna)
    assert browser.get("/account/").status_code == 200
    school.users(*lines)

    done = school.bring_in()

    assert done.counts["left"] == 1
    anna.refresh_from_db()
    assert anna.left
    assert not anna.may_use(date(2026, 11, 23))
    assert anna.name == "Anna Ash"
    assert browser.get("/account/").status_code == 302
    assert not Enrolment.objects.filter(person=anna).exists()
    assert SchoolClass.objects.count() == 2
    assert ("person.left", "timers", f"person:{anna.pk}") in acts()


def test_whoever_is_back_has_access_again_but_not_whom_an_administrator_switched_off(school):
    school.bring_in()
    Person.objects.filter(sourced_id="s-2").update(enabled=False)
    school.users(TIM)
    school.bring_in()
    school.users(ANNA, BEN, TIM)

    done = school.bring_in()

    assert done.counts["back"] == 2
    assert of("s-1").may_use(date(2026, 11, 23))
    assert not of("s-2").may_use(date(2026, 11, 23))
    assert ("person.back", "timers", f"person:{of('s-1').pk}") in acts()


def test_people_whom_only_the_console_knows_stay(school):
    by_hand = known("by-hand")

    school.bring_in()

    by_hand.refresh_from_db()
    assert by_hand.may_use(date(2026, 11, 23))


def test_end_dates_are_taken_over_where_the_file_has_them(school):
    school.bring_in()
    Person.objects.filter(sourced_id="s-2").update(ends_on=date(2027, 1, 1))
    school.bring_in()
    assert of("s-2").ends_on == date(2027, 1, 1), "an end set by hand stays where the roster says nothing"

    school.users(f"{ANNA},2026-12-18", f"{BEN},", f"{TIM},18.12.2026", header=f"{USERS},endDate")
    done = school.bring_in()

    assert [of(each).ends_on for each in ("s-1", "s-2", "t-1")] == [date(2026, 12, 18), None, None]
    assert [line.partition("/users.csv")[2] for line in done.problems] == [
        ":4: has a endDate that is not written as 2026-11-23"
    ]


def test_a_change_in_the_roster_is_followed_and_names_can_be_exchanged(school):
    school.bring_in()
    school.users(
        ANNA.replace("Anna,Anna,Ash", "ben,Anna,Alder").replace("org-high", "org-elementary"),
        BEN.replace(",ben,", ",anna,"),
        TIM,
    )

    done = school.bring_in()

    assert done.counts["changed"] == 2
    assert (of("s-1").login, of("s-1").name, of("s-1").school) == ("ben", "Anna Alder", "maple-elementary")
    assert of("s-2").login == "anna"


def test_names_that_two_have_or_nobody_typed_let_nobody_in_by_them(school):
    known("tim-by-hand", sourced_id=None)
    Person.objects.filter(login="tim-by-hand").update(login="tim")
    school.users(ANNA, BEN.replace(",ben,", ",ANNA,"), TIM, "s-4,active,true,org-high,student,,Dee,Dell,,08")

    done = school.bring_in()

    logins = [of(each).login for each in ("s-1", "s-2", "s-4", "t-1")]
    assert all(login.startswith("roster-") for login in logins)
    assert len(set(logins)) == 4
    assert Person.objects.get(login="tim").sourced_id is None
    assert [line.partition(": ")[2] or line for line in done.problems] == [
        "has the username of line 2; neither can log in by it",
        "a log-in name of the roster belongs to an account made by hand; it stays there",
    ]


def test_parents_have_no_account_and_nothing_is_kept_of_them(school):
    school.users(ANNA, TIM, "p-1,active,true,org-high,parent,pat,Pat,Ash,pat@x.example,")

    school.bring_in()

    assert set(Person.objects.values_list("login", flat=True)) == {"anna", "tim"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "lacks the column", id="empty"),
        pytest.param(b"\xff\xfe\x00", "is not UTF-8", id="not UTF-8"),
        pytest.param((USERS + "\n" + ANNA + '\ns-2,"never closed').encode(), "is no CSV", id="torn"),
        pytest.param(None, "cannot be read", id="gone"),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_changes_nobody(school, content, words):
    school.bring_in()
    file = school.folder / "users.csv"
    file.unlink() if content is None else file.write_bytes(content)

    done = school.bring_in()

    assert done.refused
    assert str(done) == "roster: nothing was changed"
    assert any(words in line for line in done.problems)
    assert "whoever is missing keeps access" in done.problems[-1]
    assert Person.objects.filter(left=False).count() == 3
    assert len(acts()) == 1


def test_when_half_of_the_school_would_leave_nobody_does_until_somebody_says_so(school):
    many = [f"x-{n},active,true,org-high,student,user{n},U,{n},,09" for n in range(60)]
    school.users(*many)
    school.bring_in()
    school.users(*many[:20])

    done = school.bring_in()

    assert done.refused
    assert "40 of 60 people would lose access" in done.problems[-1]
    assert Person.objects.filter(left=True).count() == 0
    meant = school.bring_in(all_leavers=True, actor="cli:root")
    assert meant.counts["left"] == 40
    assert acts()[-1] == ("roster.import", "cli:root", "")


def test_without_a_roster_in_the_settings_nobody_leaves(school, with_console):
    school.bring_in()
    running = config()

    done = import_roster(replace(running, settings=running.settings.model_copy(update={"roster": None})), AT)

    assert done.counts["left"] == 0
    assert Person.objects.filter(left=True).count() == 0


def test_no_problem_and_no_record_names_a_child(school):
    school.users(ANNA.replace("anna@x.example", "no address"), BEN, BEN, TIM)

    done = school.bring_in()

    assert len(done.problems) == 2
    said = "\n".join(done.problems) + str(list(AuditRecord.objects.values()))
    assert not [name for name in ("Anna", "Ash", "Ben", "Birch", "ben") if name in said]


def test_a_big_roster_takes_few_queries(school, django_assert_max_num_queries):
    school.users(*(f"x-{n},active,true,org-high,student,user{n},U,{n},,09" for n in range(1500)))

    with django_assert_max_num_queries(40):
        assert school.bring_in().counts["new"] == 1500
