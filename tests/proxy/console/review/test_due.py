"""Due times run in school hours of the calendar, over weekends, holidays, half days and clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.console.review.due import (
    NoSchool,
    add_school_days,
    add_school_hours,
    school_days,
    school_time,
)
from proxy.decision.schedule import Calendar, DayKind

ZONE = ZoneInfo("America/Chicago")
HOURS = (time(8), time(16))
CALENDAR = Calendar(
    special=(
        (date(2026, 11, 24), DayKind.HALF),
        (date(2026, 11, 25), DayKind.OFF),
        (date(2026, 11, 26), DayKind.OFF),
        (date(2026, 11, 27), DayKind.OFF),
    )
)


def chicago(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def due(start, hours):
    return add_school_hours(chicago(start), timedelta(hours=hours), CALENDAR, HOURS, ZONE)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        pytest.param("2026-11-16T09:00", 4, "2026-11-16T13:00", id="within a day"),
        pytest.param("2026-11-16T09:00", 8, "2026-11-17T09:00", id="into the next day"),
        pytest.param(
            "2026-11-16T08:00", 8, "2026-11-16T16:00", id="a day's end is that end, not the next morning"
        ),
        pytest.param("2026-11-16T05:00", 1, "2026-11-16T09:00", id="asked before school"),
        pytest.param("2026-11-16T20:00", 1, "2026-11-17T09:00", id="asked after school"),
        pytest.param("2026-11-16T16:00", 1, "2026-11-17T09:00", id="asked as school ends"),
        pytest.param("2026-11-20T15:00", 2, "2026-11-23T09:00", id="over a weekend"),
        pytest.param("2026-11-21T12:00", 2, "2026-11-23T10:00", id="asked on a Saturday"),
        pytest.param(
            "2026-11-24T10:00", 4, "2026-11-30T10:00", id="a half day, three days off and a weekend"
        ),
        pytest.param("2026-11-24T12:00", 1, "2026-11-30T09:00", id="asked as a half day ends"),
        pytest.param("2026-10-30T15:00", 2, "2026-11-02T09:00", id="the clocks go back on that weekend"),
        pytest.param("2027-03-12T15:00", 2, "2027-03-15T09:00", id="the clocks go forward on that weekend"),
        pytest.param("2026-11-16T09:30", 40, "2026-11-23T09:30", id="forty hours are a school week"),
        pytest.param("2026-11-21T12:00", 0, "2026-11-23T08:00", id="nothing to add: the next school time"),
    ],
)
def test_an_answer_is_due_after_so_much_school(start, hours, expected):
    assert due(start, hours) == chicago(expected)


def test_a_clock_change_within_school_time_keeps_the_wall_clock():
    sundays = Calendar(weekend=frozenset())
    night = (time(0), time(6))

    end = add_school_hours(chicago("2026-11-01T00:00"), timedelta(hours=7), sundays, night, ZONE)

    assert end == chicago("2026-11-01T06:00")  # seven hours lie between midnight and six on that night


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        pytest.param("2026-11-16T09:00", 1, "2026-11-18T00:00", id="the day itself is not counted"),
        pytest.param("2026-11-20T09:00", 2, "2026-11-25T00:00", id="a half day is a day"),
        pytest.param("2026-11-24T09:00", 1, "2026-12-01T00:00", id="days off are none"),
        pytest.param("2026-11-21T23:59", 1, "2026-11-24T00:00", id="from a Saturday"),
    ],
)
def test_days_to_appeal_end_with_a_day(start, days, expected):
    assert add_school_days(chicago(start), days, CALENDAR, ZONE) == chicago(expected)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("2026-11-16T09:00", "2026-11-18T00:00", 1, id="the day itself is not counted"),
        pytest.param("2026-11-16T09:00", "2026-11-17T23:59", 0, id="a part of a day is none"),
        pytest.param("2026-11-20T09:00", "2026-11-25T00:00", 2, id="a half day is a day"),
        pytest.param("2026-11-24T09:00", "2026-12-01T00:00", 1, id="days off are none"),
        pytest.param("2026-11-17T09:00", "2026-11-16T09:00", 0, id="an end before the start"),
    ],
)
def test_the_school_days_between(start, end, expected):
    assert school_days(chicago(start), chicago(end), CALENDAR, ZONE) == expected


def test_a_calendar_without_school_is_said_to_have_none():
    never = Calendar(weekend=frozenset(range(7)))

    with pytest.raises(NoSchool, match="has no 1:00:00 of school"):
        add_school_hours(chicago("2026-11-16T09:00"), timedelta(hours=1), never, HOURS, ZONE)
    with pytest.raises(NoSchool, match="has no 3 school days"):
        add_school_days(chicago("2026-11-16T09:00"), 3, never, ZONE)


MOMENTS = st.timedeltas(timedelta(0), timedelta(days=330)).map(lambda t: datetime(2026, 8, 1, tzinfo=UTC) + t)
SPANS = st.timedeltas(timedelta(0), timedelta(hours=60))


@given(start=MOMENTS, days=st.integers(1, 20))
def test_so_many_school_days_on_so_many_lie_between(start, days):
    end = add_school_days(start, days, CALENDAR, ZONE)

    assert school_days(start, end, CALENDAR, ZONE) == days
    assert school_days(start, end - timedelta(seconds=1), CALENDAR, ZONE) == days - 1


@given(start=MOMENTS, hours=SPANS)
def test_what_is_added_is_what_lies_between(start, hours):
    end = add_school_hours(start, hours, CALENDAR, HOURS, ZONE)

    assert end >= start
    assert school_time(start, end, CALENDAR, HOURS, ZONE) == hours


@given(start=MOMENTS, first=SPANS, second=SPANS)
def test_stopping_the_clock_and_letting_it_go_on_gives_the_same_school_time(start, first, second):
    at_once = add_school_hours(start, first + second, CALENDAR, HOURS, ZONE)
    stopped = add_school_hours(start, first, CALENDAR, HOURS, ZONE)

    assert school_time(stopped, at_once, CALENDAR, HOURS, ZONE) == second


def test_nothing_lies_between_a_moment_and_an_earlier_one():
    later, earlier = chicago("2026-11-17T09:00"), chicago("2026-11-16T09:00")

    assert school_time(later, earlier, CALENDAR, HOURS, ZONE) == timedelta(0)
