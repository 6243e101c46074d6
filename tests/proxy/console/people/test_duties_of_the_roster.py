"""Which duties come and go with the file of duties beside the roster?"""

from datetime import date

import pytest

from proxy.console.people.models import Duty
from recorded_acts import acts
from school_roster import of

pytestmark = pytest.mark.django_db


def test_duties_come_and_go_with_the_file(school):
    done = school.bring_in(duties=["t-1,reviewer,valley-high,2,2026-08-01,2027-06-10", "t-1,technician,,,,"])

    assert (done.problems, done.counts["duties"]) == ((), 2)
    reviewer = Duty.objects.get(kind="reviewer")
    assert (reviewer.school, reviewer.rank, reviewer.source) == ("valley-high", 2, "file")
    assert (reviewer.begins, reviewer.ends) == (date(2026, 8, 1), date(2027, 6, 10))
    assert (
        school.bring_in(
            duties=["t-1,reviewer,org-high,2,2026-08-01,2027-06-10", "t-1,technician,,,,"]
        ).counts["duties"]
        == 0
    ), "a school may be written as the roster has it"

    gone = school.bring_in(duties=["t-1,technician,,,,"])

    assert gone.counts["duties"] == 1
    reviewer.refresh_from_db()
    assert reviewer.ends == date(2026, 11, 22)
    assert acts("roster.import") == [
        ("duty.give", "timers", f"person:{of('t-1').pk}"),
        ("duty.give", "timers", f"person:{of('t-1').pk}"),
        ("duty.end", "timers", f"person:{of('t-1').pk}"),
    ]


def test_a_duty_given_in_the_console_stays_when_the_file_does_not_have_it(school):
    school.bring_in()
    Duty.objects.create(person=of("t-1"), kind="counselor", source="console")

    school.bring_in(duties=["t-1,technician,,,,"])

    assert Duty.objects.get(kind="counselor").ends is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param("t-1,king,,,,", "has an unknown duty; known are reviewer, ", id="duty"),
        pytest.param(
            "t-1,reviewer,hogwarts,,,", "has an unknown school; known are maple-elementary, ", id="school"
        ),
        pytest.param("t-1,reviewer,,first,,", "has a rank that is not a number from 1 to 999", id="rank"),
        pytest.param("t-1,reviewer,,0,,", "has a rank that is not a number from 1 to 999", id="rank 0"),
        pytest.param("t-1,reviewer,,,tomorrow,", "has a begins that is not written as", id="date"),
        pytest.param(",reviewer,,,,", "has no sourcedId", id="nobody"),
        pytest.param("t-1,reviewer,,", "has 4 cells, the header has 6", id="short"),
    ],
)
def test_one_bad_row_leaves_all_duties_as_they_were(school, row, words):
    school.bring_in(duties=["t-1,technician,,,,"])

    done = school.bring_in(duties=["s-1,reviewer,,,,", row])

    assert any(f"duties.csv:3: {words}" in line for line in done.problems)
    assert list(Duty.objects.values_list("person__sourced_id", "kind", "ends")) == [
        ("t-1", "technician", None)
    ]


def test_duties_of_strangers_and_duties_that_clash_are_said_and_the_others_count(school):
    done = school.bring_in(
        duties=["t-1,technician,,,,", "x-9,reviewer,,,,", "s-1,auditor,,,,", "s-1,reviewer,,,,"]
    )

    assert done.problems == (
        "duties.csv: 1 people in it are not in the roster",
        "duties.csv: sourcedId s-1: an auditor has no other duty at the same time; "
        "nothing was changed for this person",
    )
    assert list(Duty.objects.values_list("person__sourced_id", "kind")) == [("t-1", "technician")]


def test_an_auditor_can_become_a_reviewer_the_day_after(school):
    done = school.bring_in(duties=["t-1,auditor,,,,2026-12-31", "t-1,reviewer,,,2027-01-01,"])

    assert done.problems == ()
    assert Duty.objects.count() == 2
