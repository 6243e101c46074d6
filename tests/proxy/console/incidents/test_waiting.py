"""The number beside the link to incidents."""

import pytest

from proxy.console.incidents import desk
from proxy.console.people.duties import DutyKind
from review_office import MONDAY

OTHERS = ("student", "teacher", "reviewer", "counselor", "technician", "administrator")
BESIDE = '<span class="count">%s<span class="unseen"> waiting</span></span>'


def shown(school, person, path="/"):
    return school.browser(person).get(path).content.decode()


def test_whoever_looks_at_incidents_sees_how_many_wait_on_every_page(school):
    found = school.incident()
    school.incident(client="192.0.2.8")
    for path in ("/", "/incidents/", "/account/"):
        assert BESIDE % 2 in shown(school, school.safeguarding, path)

    desk.take_up(found.pk, school.safeguarding, at=MONDAY)
    assert BESIDE % 1 in shown(school, school.safeguarding)


def test_where_nothing_waits_there_is_no_number(school):
    page = shown(school, school.safeguarding)
    assert 'href="/incidents/"' in page
    assert 'class="count"' not in page


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_sees_that_there_is_one(school, who):
    before = shown(school, school.person(who))
    school.incident(about=school.student)
    after = shown(school, school.person(who))
    assert 'class="count"' not in after
    assert "/incidents/" not in before + after


def test_incidents_of_other_schools_are_not_counted(school):
    school.incident(school="maple-elementary")
    assert 'class="count"' not in shown(school, school.safeguarding)
    school.charge(school.teacher, DutyKind.SAFEGUARDING, school="")
    assert BESIDE % 1 in shown(school, school.teacher)


def test_an_error_page_does_without(school):
    assert 'class="count"' not in school.browser(school.student).get("/nowhere/").content.decode()
