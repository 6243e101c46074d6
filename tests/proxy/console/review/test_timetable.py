"""The console's settings say by which hours and limits it counts."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.console.review.due import school_days
from proxy.console.review.states import Kind
from proxy.console.review.timetable import timetable
from proxy.decision.schedule import Calendar
from proxy.settings.schema.console import DueOfSchool, DueSettings, SchoolHoursOfDay

MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
HOURS = SchoolHoursOfDay.model_validate({"from": "8:00", "to": "16:00"})


@pytest.fixture
def times(with_console):
    due = DueSettings(unblock=6, appeal=16, schools={"valley-high": DueOfSchool(unblock=2)})
    limits = {"requests_per_day": 5, "requests_per_shared_device": 9}
    with_console(hours=HOURS, due=due, appeal_days=3, remind_before=2, **limits)
    return timetable()


def test_each_kind_and_school_has_its_time(times):
    def hours(kind, school, appeal=False):
        return times.allowed(kind, school, appeal=appeal) / timedelta(hours=1)

    assert hours(Kind.UNBLOCK, "valley-high") == 2
    assert hours(Kind.UNBLOCK, "") == 6
    assert hours(Kind.RESOURCE, "valley-high") == 40
    assert hours(Kind.UNBLOCK, "valley-high", appeal=True) == 16


def test_what_is_set_is_taken(times):
    assert times.hours_of_day == (time(8), time(16))
    assert (times.requests_per_day, times.requests_per_shared_device) == (5, 9)
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


def test_the_time_to_appeal_goes_on_after_an_appeal_that_is_taken_back(times):
    until = times.appeal_until(MONDAY)  # the end of Thursday, 3 December

    assert times.appeal_until_again(MONDAY, until, MONDAY + timedelta(hours=3)) == until
    assert times.appeal_until_again(MONDAY, until, MONDAY + timedelta(days=1)) == until + timedelta(days=1)
    assert times.appeal_until_again(MONDAY, until, MONDAY + timedelta(days=2)) == until + timedelta(days=4)


def test_holidays_take_none_of_the_school_days_that_were_left(times):
    before_winter_break = datetime(2026, 12, 17, 15, tzinfo=UTC)
    until = times.appeal_until(before_winter_break)  # Friday, and two days of January
    after_it = datetime(2027, 1, 3, 15, tzinfo=UTC)

    assert until == datetime(2027, 1, 6, 6, tzinfo=UTC)
    assert times.appeal_until_again(before_winter_break, until, after_it) == until + timedelta(days=1)


def test_whoever_could_appeal_on_the_last_day_has_one_whole_school_day(times):
    until = times.appeal_until(MONDAY)
    last = until - timedelta(hours=1)

    assert times.appeal_until_again(last, until, last) == until + timedelta(days=1)


WEEKS = st.timedeltas(timedelta(0), timedelta(days=40))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(denied=WEEKS, waited=WEEKS, heard=WEEKS)
def test_as_many_school_days_are_left_as_there_were(times, denied, waited, heard):
    denied = datetime(2026, 11, 1, tzinfo=UTC) + denied
    until = times.appeal_until(denied)
    put_in = min(denied + waited, until - timedelta(seconds=1))
    taken_back = put_in + heard
    left = school_days(put_in, until, times.calendar, times.zone)

    again = times.appeal_until_again(put_in, until, taken_back)

    assert school_days(taken_back, again, times.calendar, times.zone) == max(1, left)
    assert again >= until


def test_what_is_left_is_counted_in_school_time(times):
    assert times.left(MONDAY, MONDAY + timedelta(days=1)) == timedelta(hours=8)


def test_a_calendar_without_school_keeps_nobody_from_asking(times):
    never = replace(times, calendar=Calendar(weekend=frozenset(range(7))))

    assert never.after(MONDAY, timedelta(hours=1)) == MONDAY + timedelta(weeks=1)
    assert never.appeal_until(MONDAY) == MONDAY + timedelta(weeks=3)
    until = never.appeal_until(MONDAY)
    assert never.appeal_until_again(MONDAY, until, MONDAY) == MONDAY + timedelta(weeks=1)
