"""Who lies within an audience, and whether anybody under 17 is in it."""

from types import SimpleNamespace

import pytest

from proxy.console.people.models import Person
from proxy.console.review.audiences import beyond, reaches_minors
from proxy.decision.policy import Scope
from review_office import SCHOOL

OTHER = "maple-elementary"
BOTH = {"grades": ("07",), "schools": (SCHOOL,)}
POLICY = SimpleNamespace(
    scopes={
        "staff": Scope("staff", "group", "Staff", minor=False),
        "office": Scope("office", "group", "Office", parent="staff"),
        "high": Scope("high", "group", "High school", minor=True),
        "unsaid": Scope("unsaid", "group", "Unsaid"),
    }
)


@pytest.fixture
def pupils(office):
    """One pupil of class 7b, one of no class, and one of another school."""
    office.school_class("7b", ["student"])
    office.school_class("5a", school=OTHER)
    office.student2  # noqa: B018
    Person.objects.create(login="far", sourced_id="id-far", role="student", school=OTHER, grade="05")


@pytest.mark.parametrize(
    ("less", "more", "extra"),
    [
        pytest.param({"classes": ("7b",)}, {"classes": ("7b", "7c")}, [], id="some of the classes"),
        pytest.param({"classes": ("7b", "7c")}, {"classes": ("7b",)}, ["7c"], id="one class more"),
        pytest.param({"classes": ("7b",)}, {"schools": (SCHOOL,)}, [], id="a class of the school"),
        pytest.param({"classes": ("5a",)}, {"schools": (SCHOOL,)}, ["5a"], id="a class of another school"),
        pytest.param({"classes": ("gone",)}, {"schools": (SCHOOL,)}, ["gone"], id="a class nobody knows"),
        pytest.param({"subjects": ("id-student",)}, {"classes": ("7b",)}, [], id="a pupil of the class"),
        pytest.param({"subjects": ("id-student2",)}, {"classes": ("7b",)}, ["id-student2"], id="not of it"),
        pytest.param({"subjects": ("id-student2",)}, {"grades": ("07",)}, [], id="a pupil of the grade"),
        pytest.param({"subjects": ("id-far",)}, BOTH, ["id-far"], id="of neither"),
        pytest.param({"grades": ("07",)}, {"schools": (SCHOOL,)}, ["07"], id="grades reach across schools"),
        pytest.param({"groups": ("high",)}, {"schools": (SCHOOL,)}, ["high"], id="so does a group"),
        pytest.param({"schools": (SCHOOL,)}, {"classes": ("7b",)}, [SCHOOL], id="a school is more"),
        pytest.param({"subjects": ("id-student",)}, {"schools": ("",)}, ["id-student"], id="no school"),
        pytest.param({}, {"classes": ("7b",)}, [], id="nobody"),
    ],
)
def test_who_lies_beyond(pupils, less, more, extra):
    assert beyond(less, more) == extra


@pytest.mark.parametrize(
    ("audience", "minors"),
    [
        pytest.param({"subjects": ("id-teacher",)}, False, id="a teacher"),
        pytest.param({"subjects": ("id-student",)}, True, id="a student"),
        pytest.param({"subjects": ("id-teacher", "cart-7")}, True, id="a device, whoever sits there"),
        pytest.param({"groups": ("staff",)}, False, id="a group of grown-ups"),
        pytest.param({"groups": ("office",)}, False, id="a group below one of grown-ups"),
        pytest.param({"groups": ("staff", "high")}, True, id="one group of minors"),
        pytest.param({"groups": ("unsaid",)}, True, id="a group of which nothing is said"),
        pytest.param({"groups": ("gone",)}, True, id="a group nobody knows"),
        pytest.param({"classes": ("7b",)}, True, id="a class"),
        pytest.param({"grades": ("12",)}, True, id="a grade"),
        pytest.param({"schools": (SCHOOL,)}, True, id="a school"),
    ],
)
def test_whether_minors_are_in_it(office, pupils, audience, minors):
    office.teacher  # noqa: B018

    assert reaches_minors(audience, POLICY) is minors


def test_without_a_policy_every_group_may_hold_minors(db):
    assert reaches_minors({"groups": ("staff",)}, None)
