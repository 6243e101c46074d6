"""What a filled-in form asks for, field by field."""

from datetime import UTC, date, datetime

import pytest

from proxy.console.people.models import Enrolment
from proxy.console.portal.askers import logged_in
from proxy.console.portal.audiences import classes_of
from proxy.console.portal.evidence import NOTHING_MET
from proxy.console.portal.forms.asking import About, form_for, kinds_for
from proxy.console.portal.submitting import asking_from
from proxy.console.review.desk import NewAsking
from proxy.console.review.states import Kind, Lane, Reach, Resource
from proxy.console.site.config import config
from review_office import MONDAY


def filled(person, kind, **fields):
    asker = logged_in(person)
    form = form_for(kind, asker)(About(asker, NOTHING_MET, [], config().settings, MONDAY), fields)
    assert form.is_valid(), form.errors
    return asking_from(form)


def test_a_teachers_request(office):
    asking = filled(
        office.teacher,
        Kind.UNBLOCK,
        address="physics.example/labs/a.html",
        purpose="Optics",
        audience="grade:07",
        when="dates",
        begins="2026-12-07",
        ends="2026-12-11",
        reach="page",
        looked_through_on="2026-11-29",
        course="Physics",
        grade="7",
        more_at="physics.example/about",
        terms="CC BY",
        privacy_policy="physics.example/privacy",
        guardians_told_on="2026-11-30",
    )
    assert asking == NewAsking(
        kind=Kind.UNBLOCK,
        asker=office.teacher,
        subject="id-teacher",
        school="",
        evidence={"via": "portal", "known_by": "login"},
        url="https://physics.example/labs/a.html",
        host="physics.example",
        path="/labs/a.html",
        reach=Reach.PAGE,
        purpose="Optics",
        course="Physics",
        grade="7",
        more_at="https://physics.example/about",
        audience={"grades": ["07"]},
        begins=datetime(2026, 12, 7, 6, 0, tzinfo=UTC),
        ends=datetime(2026, 12, 12, 6, 0, tzinfo=UTC),
        looked_through_on=date(2026, 11, 29),
        terms="CC BY",
        privacy_policy="https://physics.example/privacy",
        guardians_told_on=date(2026, 11, 30),
    )


def test_a_students_private_request_names_no_teacher(office):
    asking = filled(
        office.student,
        Kind.UNBLOCK,
        address="help.example",
        purpose="Mine",
        course="",
        when="lesson",
        private="on",
    )
    assert (asking.lane, asking.teacher, asking.audience) == (
        Lane.PRIVATE,
        None,
        {"subjects": ["id-student"]},
    )
    assert (asking.grade, asking.lasts) == ("07", "lesson")


def test_a_report_asks_for_nobody(office):
    asking = filled(office.student, Kind.SHOULD_BLOCK, address="bad.example/x", purpose="Fights")
    assert (asking.audience, asking.school, asking.host) == ({}, "valley-high", "bad.example")


def test_a_resource_is_its_whole_site(office):
    asking = filled(
        office.teacher, Kind.RESOURCE, title="Lab", address="lab.example/app", purpose="Labs",
        audience="me", when="standing", resource="download", guardians_told_on="2026-11-27",
    )  # fmt: skip
    assert (asking.reach, asking.path, asking.title, asking.ends) == (Reach.SITE, "/", "Lab", None)
    assert (asking.resource, asking.guardians_told_on) == (Resource.DOWNLOAD, date(2026, 11, 27))


@pytest.mark.parametrize(
    ("kind", "course"),
    [
        pytest.param(Kind.UNBLOCK, "Ms. Castillo, period 3", id="for reviewers"),
        pytest.param(Kind.RESOURCE, "", id="on the public list, where no person is named"),
    ],
)
def test_the_title_of_a_class_stands_for_the_course_where_nobody_else_reads_it(office, kind, course):
    period = office.school_class("Ms. Castillo, period 3", ["student"])
    Enrolment.objects.create(person=office.teacher, school_class=period, teaches=True)
    asker, classes = logged_in(office.teacher), classes_of(office.teacher, teaching=True)
    data = {
        "title": "Lab", "address": "lab.example", "purpose": "Labs", "audience": classes[0].value,
        "when": "week", "reach": "site", "resource": "site",
    }  # fmt: skip
    form = form_for(kind, asker)(About(asker, NOTHING_MET, classes, config().settings, MONDAY), data)
    assert form.is_valid(), form.errors
    assert asking_from(form).course == course


@pytest.mark.parametrize(("who", "count"), [("student", 3), ("teacher", 4)])
def test_who_can_ask_for_what(office, who, count):
    assert len(list(kinds_for(logged_in(office.person(who))))) == count
