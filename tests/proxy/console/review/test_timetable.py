"""The console's settings say by which hours and limits it counts."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from proxy.console.review.states import Kind
from proxy.console.review.timetable import timetable
from proxy.decision.schedule import Calendar
from proxy.settings.schema.console import DueOfSchool, DueSettings, SchoolHoursOfDay

MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
HOURS = SchoolHoursOfDay.model_validate({"from": "8:00", "to": "16:00"})


@pytest.fixture
def times(with_console):
    due = DueSettings(unblock=6, appeal=16, schools={"valley-high": DueOfSchool(unblock=2)})
    with_console(hours=HOURS, due=due, appeal_days=3, remind_before=2, requests_per_day=5)
    return timetable()


def test_each_kind_and_school_has_its_time(times):
    def hours(kind, school, appeal=False):
        return times.allowed(kind, school, appeal=appeal) / timedelta(hours=1)

    assert hours(Kind.UNBLOCK, "valley-high") == 2
    assert hours(Kind.UNBLOCK, "") == 6
    assert hours(Kind.RESOURCE, "valley-high") == 40
    assert hours(Kind.UNBLOCK, "valley-high", appeal=True) == 16


def test_what_is_set_is_taken(times):
    assert (times.hours_of_day, times.requests_per_day) == ((time(8), time(16)), 5)
    assert times.day(datetime(2026, 12, 1, 4, tzinfo=UTC)).isoformat() == "2026-11-30"


def test_the_calendar_is_the_schools(times):
    friday_before_winter_break = datetime(2026, 12, 18, 17, 0, tzinfo=UTC)  # a half day, to 12:00

    assert times.after(friday_before_winter_break, timedelta(hours=2)) == datetime(2027, 1, 4, 15, tzinfo=UTC)


def test_reminders_come_before_it_is_due(times):
    assert times.reminder(MONDAY, timedelta(hours=6)) == MONDAY + timedelta(hours=4)
    assert times.reminder(MONDAY, timedelta(hours=2)) is None
    assert replace(times, remind_before=timedelta(0)).reminder(MONDAY, timedelta(hours=6)) is None


def test_a_denial_can_be_appealed_for_so_many_school_days(times):
    assert times.appeal_until(MONDAY) == datetime(2026, 12, 4, 6, 0, tzinfo=UTC)


def test_what_is_left_is_counted_in_school_time(times):
    assert times.left(MONDAY, MONDAY + timedelta(days=1)) == timedelta(hours=8)


def test_a_calendar_without_school_keeps_nobody_from_asking(times):
    never = replace(times, calendar=Calendar(weekend=frozenset(range(7))))

    assert never.after(MONDAY, timedelta(hours=1)) == MONDAY + timedelta(weeks=1)
    assert never.appeal_until(MONDAY) == MONDAY + timedelta(weeks=3)
