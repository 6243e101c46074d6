from dataclasses import replace

import pytest

from proxy.console.people.duties import DutyKind
from proxy.console.review import desk
from proxy.console.review.choosing import asked_for, choices
from proxy.console.review.states import Kind
from proxy.console.site.config import config, use
from review_office import MONDAY


def offered(case, kind=Kind.UNBLOCK):
    return dict(choices(kind, case.school, desk.as_asked(case), list(case.askings.all())))


def test_what_was_asked_for_and_each_who_asked(office):
    office.school_class("period-3", ["student", "student-b"])
    case = office.asks(
        audience={"classes": ["period-3"], "grades": ["07"], "schools": ["valley-high"], "groups": ["middle"]}
    )

    assert offered(case) == {
        "classes:period-3": "period-3 (2 students)",
        "grades:07": "Everybody in grade 07",
        "groups:middle": "Everybody of Middle school",
        "schools:valley-high": "Everybody of Valley Middle and High School",
        "subjects:id-student": "Only Student, who asked",
    }
    assert set(asked_for(desk.as_asked(case))) == set(offered(case)) - {"subjects:id-student"}


def test_what_is_confined_to_a_school_says_so(office):
    case = office.asks(audience={"grades": ["07"], "groups": ["middle"]})
    confined = desk.confined(desk.as_asked(case), case.school)

    assert list(dict(choices(Kind.UNBLOCK, case.school, confined, [])).values()) == [
        "Everybody in grade 07 at Valley Middle and High School",
        "Everybody of Middle school at Valley Middle and High School",
    ]


def test_whoever_asked_for_themselves_stands_there_once(office):
    assert offered(office.asks()) == {"subjects:id-student": "Student"}


def test_whoever_withdrew_is_not_offered(office):
    office.school_class("period-3", ["student", "student-b"])
    for name in ("student", "student-b"):
        case = office.asks(by=name, audience={"classes": ["period-3"]})
    desk.withdraw(case.pk, office.person("student-b"), at=MONDAY)

    assert "subjects:id-student-b" not in offered(case)


def test_an_id_without_a_name_stands_for_itself(office):
    assert (
        offered(office.asks(audience={"classes": ["gone"], "subjects": ["unknown"]}))["classes:gone"]
        == "gone"
    )


def test_a_report_is_for_whom_the_reviewer_says(office):
    found = offered(office.asks(kind=Kind.SHOULD_BLOCK, audience={}), Kind.SHOULD_BLOCK)

    assert found["groups:middle"] == "Everybody of Middle school at Valley Middle and High School"
    assert "schools:valley-high" in found
    assert "schools:maple-elementary" not in found


def test_a_report_to_the_district_is_for_any_school(office):
    office.charge(office.person("reviewer-d"), DutyKind.REVIEWER, "")
    case = office.asks(kind=Kind.SHOULD_BLOCK, audience={}, school="")

    assert "schools:maple-elementary" in offered(case, Kind.SHOULD_BLOCK)


@pytest.fixture
def elementary_has_groups_of_its_own():
    """The elementary school has a group, and the middle school's group inherits from that."""
    before = config()
    parents = {"elementary": "maple-elementary", "middle": "elementary"}
    groups = tuple(
        group.model_copy(update={"parent": parents.get(group.id)}) for group in before.settings.groups
    )
    use(replace(before, settings=before.settings.model_copy(update={"groups": groups})))
    yield
    use(before)


def test_a_group_of_another_school_is_not_offered(office, elementary_has_groups_of_its_own):
    found = offered(office.asks(kind=Kind.SHOULD_BLOCK, audience={}), Kind.SHOULD_BLOCK)

    assert {"groups:elementary", "groups:middle"} & set(found) == set()
    assert "groups:high" in found
