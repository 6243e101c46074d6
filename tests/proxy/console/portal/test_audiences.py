"""For whom somebody can ask: their classes, themselves, grades, groups, schools."""

import pytest

from proxy.console.people.models import Enrolment
from proxy.console.portal.audiences import audience, choices, classes_of, school_of, usual
from proxy.console.site.config import config
from proxy.settings.schema.who import Placement


@pytest.fixture
def taught(office):
    period = office.school_class("Period 3", ["student", "student2"])
    Enrolment.objects.create(person=office.teacher, school_class=period, teaches=True)
    office.school_class("Somebody else's", ["student"])
    return classes_of(office.teacher, teaching=True)


def test_a_teacher_has_the_classes_they_teach(office, taught):
    assert [(each.value, each.size, each.teachers) for each in taught] == [
        ("class:Period 3", 2, (office.teacher,))
    ]


def test_a_student_has_the_classes_they_learn_in(office, taught):
    own = classes_of(office.student, teaching=False)
    assert [each.value for each in own] == ["class:Period 3", "class:Somebody else's"]
    assert classes_of(office.student, teaching=True) == []


def test_what_a_teacher_can_choose(office, taught):
    offered = dict(choices(office.teacher, taught, config().settings))
    assert offered["My classes"] == [("class:Period 3", "Period 3 (2 students)")]
    assert offered["Myself"] == [("me", "Only me")]
    assert offered["Everybody at a school"] == [("school:valley-high", "Valley Middle and High School")]
    assert ("grade:07", "Grade 07") in offered["A grade, in all schools"]
    assert ("group:middle", "Middle school") in offered["A group"]


def test_staff_of_the_whole_district_can_choose_every_school(office, taught):
    office.teacher.school = ""
    offered = dict(choices(office.teacher, [], config().settings))
    assert len(offered["Everybody at a school"]) == 2


def test_whom_the_roster_does_not_have_cannot_ask_for_themselves(office):
    office.teacher.sourced_id = None
    assert "Myself" not in dict(choices(office.teacher, [], config().settings))


def test_what_is_chosen_first(office, taught):
    assert usual(office.teacher, taught) == "class:Period 3"
    assert usual(office.teacher, []) == "me"
    assert usual(office.teacher, [taught[0], taught[0]]) == ""


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("me", {"subjects": ["id-teacher"]}),
        ("class:Period 3", {"classes": ["Period 3"]}),
        ("class:Somebody else's", {}),
        ("grade:07", {"grades": ["07"]}),
        ("group:middle", {"groups": ["middle"]}),
        ("school:valley-high", {"schools": ["valley-high"]}),
    ],
)
def test_what_a_choice_means(taught, chosen, expected):
    assert audience(chosen, "id-teacher", taught) == expected


def test_nobody_is_meant_by_me_where_there_is_no_id():
    assert audience("me", "", []) == {}


def test_whose_reviewers_answer(office, taught):
    taught[0].school_class.school = "maple-elementary"
    expected = {
        "class:Period 3": "maple-elementary",
        "school:maple-elementary": "maple-elementary",
        "me": "valley-high",
        # Of several schools: the whole district's.
        "grade:07": "",
        "group:middle": "",
    }
    found = {value: school_of(value, office.teacher, taught, config().settings) for value in expected}
    assert found == expected


def test_a_grade_or_group_of_one_school_is_that_schools(office):
    settings = config().settings
    groups = tuple(
        group.model_copy(update={"parent": "maple-elementary"}) if group.id == "elementary" else group
        for group in settings.groups
    )
    placements = (
        Placement(group="elementary", grades=("03",), school="maple-elementary"),
        Placement(group="middle", grades=("07",), school="valley-high"),
        Placement(group="middle", grades=("07",), school="maple-elementary"),
    )
    one = settings.model_copy(
        update={"groups": groups, "roster": settings.roster.model_copy(update={"placements": placements})}
    )
    assert school_of("group:elementary", office.teacher, [], one) == "maple-elementary"
    assert school_of("grade:03", office.teacher, [], one) == "maple-elementary"
    assert school_of("grade:07", office.teacher, [], one) == ""
