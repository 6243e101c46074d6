"""Which duties has a person on a day?"""

from datetime import date

import pytest

from console_people import from_outside, on_duty, student, teacher
from proxy.console.people.access import (
    DutyAt,
    duties_of,
    ever_had_duty,
    has_duty,
    holds,
    needs_second_factor,
    officials,
)
from proxy.console.people.duties import DutyKind
from proxy.console.people.models import Duty, Person

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def charged(person: Person, kind: DutyKind, school: str = "", rank: int = 1, **days: date) -> None:
    Duty.objects.create(person=person, kind=kind.value, school=school, rank=rank, source="file", **days)


@pytest.mark.parametrize(
    ("days", "held"),
    [
        pytest.param({}, True, id="without days"),
        pytest.param({"begins": MONDAY, "ends": MONDAY}, True, id="both ends count"),
        pytest.param({"begins": date(2026, 11, 24)}, False, id="begins tomorrow"),
        pytest.param({"ends": date(2026, 11, 22)}, False, id="ended yesterday"),
    ],
)
def test_a_duty_counts_on_its_days(days, held):
    person = teacher()
    charged(person, DutyKind.REVIEWER, **days)

    assert (duties_of(person, MONDAY) == {DutyAt(DutyKind.REVIEWER, "")}) is held


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"enabled": False}, id="switched off"),
        pytest.param({"left": True}, id="gone from the roster"),
        pytest.param({"ends_on": date(2026, 11, 22)}, id="past the end date"),
    ],
)
def test_a_leaver_has_no_duties_and_is_nobodys_official(change):
    person = on_duty(DutyKind.REVIEWER)
    assert has_duty(person, DutyKind.REVIEWER, MONDAY)
    Person.objects.filter(pk=person.pk).update(**change)
    person.refresh_from_db()

    assert duties_of(person, MONDAY) == frozenset()
    assert officials(DutyKind.REVIEWER, "", MONDAY) == []


def test_a_duty_for_every_school_counts_at_each_and_one_for_a_school_not_for_the_district():
    everywhere, here = on_duty(DutyKind.TECHNICIAN), on_duty(DutyKind.REVIEWER, at_school="valley-high")

    assert has_duty(everywhere, DutyKind.TECHNICIAN, MONDAY, "maple-elementary")
    assert has_duty(here, DutyKind.REVIEWER, MONDAY)
    assert has_duty(here, DutyKind.REVIEWER, MONDAY, "valley-high")
    assert not has_duty(here, DutyKind.REVIEWER, MONDAY, "maple-elementary")
    assert not has_duty(here, DutyKind.REVIEWER, MONDAY, "")
    assert not holds(duties_of(here, MONDAY), DutyKind.APPEAL_OFFICER)


def test_officials_are_the_schools_by_rank_then_the_districts_each_once():
    first, second, district = teacher("first"), teacher("second"), teacher("district")
    charged(district, DutyKind.REVIEWER, "", 1)
    charged(second, DutyKind.REVIEWER, "valley-high", 2)
    charged(first, DutyKind.REVIEWER, "valley-high", 1)
    charged(first, DutyKind.REVIEWER, "", 9)
    charged(teacher("elsewhere"), DutyKind.REVIEWER, "maple-elementary")

    assert officials(DutyKind.REVIEWER, "valley-high", MONDAY) == [first, second, district]
    assert officials(DutyKind.REVIEWER, "", MONDAY) == [district, first]
    assert officials(DutyKind.COUNSELOR, "valley-high", MONDAY) == []


def test_after_an_official_come_the_next_ones_also_when_that_one_has_left():
    first, second, district = teacher("first"), teacher("second"), teacher("district")
    charged(second, DutyKind.REVIEWER, "valley-high", 2)
    charged(district, DutyKind.REVIEWER, "", 1)
    charged(first, DutyKind.REVIEWER, "valley-high", 1)

    def after(person):
        return officials(DutyKind.REVIEWER, "valley-high", MONDAY, after=person)

    assert [after(person) for person in (first, second, district)] == [[second, district], [district], []]
    Duty.objects.filter(person=first).update(ends=date(2026, 11, 22))
    Person.objects.filter(pk=second.pk).update(left=True)
    assert [after(person) for person in (first, second)] == [[district], [district]]
    assert after(teacher("nobody")) == [district]
    assert ever_had_duty(first, DutyKind.REVIEWER, "valley-high")
    assert not ever_had_duty(first, DutyKind.REVIEWER, "")


@pytest.mark.parametrize("kind", DutyKind)
def test_every_duty_needs_a_second_factor(kind):
    assert needs_second_factor(on_duty(kind), MONDAY)


def test_students_and_teachers_need_none_and_people_from_outside_do():
    assert not needs_second_factor(student(), MONDAY)
    assert not needs_second_factor(teacher(), MONDAY)
    assert needs_second_factor(from_outside(), MONDAY)
