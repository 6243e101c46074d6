from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from proxy.bundle.load import load_current
from proxy.console.review.opened import Opened
from proxy.console.review.spoken import audience_of, sorts_of, spoken
from proxy.console.review.states import Reach
from proxy.decision.names import NameProblem
from written_school import MORNING, write_school


@pytest.fixture
def loaded(tmp_path):
    school = write_school(tmp_path)
    school.publish()
    return load_current(school.state)


def opening(**fields):
    opened = Opened("games.example", **{"audience": {"grades": ("11",)}, **fields})
    return opened.as_override("asked", "asked for", "")


def who(loaded, **audience):
    return sorts_of(loaded, audience_of(audience))


def test_people_who_get_equal_answers_are_one_sort(loaded):
    pupils, teachers = spoken(loaded, who(loaded, schools=["oak"]), "games.example", MORNING)

    assert (pupils.people, pupils.minor, pupils.school) == (2, True, "oak")
    assert (teachers.people, teachers.minor) == (1, False)


@pytest.mark.parametrize(("audience", "people"), [
    ({"classes": ["class-lab"]}, {"student-11", "teacher-1"}),
    ({"grades": ["06"]}, {"student-6"}),
    ({"subjects": ["student-6"]}, {"student-6"}),
    ({"subjects": ["nobody"]}, set()),
    ({}, set()),
])  # fmt: skip
def test_the_sorts_are_those_of_the_audience(loaded, audience, people):
    assert {sort.subject.id for sort in who(loaded, **audience)} == people


def test_a_group_has_a_stand_in_beside_its_people(loaded):
    *people, stand_in = who(loaded, groups=["pupils"])

    assert [sort.people for sort in people] == [1, 1]
    assert (stand_in.people, stand_in.subject.id) == (0, "")


def test_what_is_blocked_now_and_open_then_is_said(loaded):
    [one] = spoken(loaded, who(loaded, grades=["11"]), "games.example", MORNING, opening())

    assert one.is_blocked
    assert not one.stays_blocked
    assert one.now.verdict.evidence.list_id == "our-games"
    assert "approved decision" in one.then.verdict.explanation


def test_what_one_pupil_may_alone_is_not_told_of_the_others(loaded):
    """A counselor opened it for one of them: its number would tell that there was a private request."""
    alone = opening(audience={"subjects": ("student-11",)})
    there = replace(loaded, policy=replace(loaded.policy, overrides=(*loaded.policy.overrides, alone)))

    pupils, _ = spoken(there, who(there, schools=["oak"]), "games.example", MORNING)
    [own] = spoken(there, who(there, subjects=["student-11"]), "games.example", MORNING, alone)

    assert (pupils.people, pupils.is_blocked) == (2, True)
    assert not own.is_blocked


def test_a_later_beginning_and_end_do_not_hide_what_it_opens(loaded):
    later = opening(begins=MORNING + timedelta(days=3), ends=MORNING + timedelta(days=4))

    [one] = spoken(loaded, who(loaded, grades=["11"]), "games.example", MORNING, later)

    assert not one.stays_blocked


def test_people_outside_of_the_audience_stay_blocked(loaded):
    [one] = spoken(loaded, who(loaded, grades=["06"]), "games.example", MORNING, opening())

    assert one.stays_blocked


def test_a_page_does_not_open_its_neighbour(loaded):
    page = opening(reach=Reach.PAGE, path="/chess")
    tablet = who(loaded, subjects=["student-11"])

    [chess] = spoken(loaded, tablet, "https://games.example/chess", MORNING, page)
    [other] = spoken(loaded, tablet, "https://games.example/poker", MORNING, page)

    assert (chess.stays_blocked, other.stays_blocked) == (False, True)


def test_no_exception_opens_what_the_law_blocks(loaded):
    floor = Opened("floor.example", audience={"grades": ("11",)}).as_override("asked", "asked for", "")

    [one] = spoken(loaded, who(loaded, grades=["11"]), "floor.example", MORNING, floor)

    assert one.on_the_floor
    assert one.stays_blocked


@pytest.mark.parametrize("address", ["", "http://", "a b.example", "x" * 300])
def test_what_is_no_address_is_a_name_problem(loaded, address):
    with pytest.raises(NameProblem):
        spoken(loaded, who(loaded, grades=["11"]), address, MORNING)


def test_without_an_opening_nothing_is_said_of_then(loaded):
    [one] = spoken(
        loaded, who(loaded, grades=["11"]), "games.example", datetime.fromisoformat("2026-11-23T10:00-06:00")
    )

    assert one.then is None
    assert not one.stays_blocked


def test_of_a_grade_or_group_confined_to_a_school_nobody_else_is_told(loaded):
    assert who(loaded, grades=["11"], within=["elm"]) == []
    assert {sort.subject.id for sort in who(loaded, grades=["11"], within=["oak"])} == {"student-11"}

    [stand_in] = who(loaded, groups=["pupils"], within=["elm"])
    assert (stand_in.people, stand_in.subject.school) == (0, "elm")
