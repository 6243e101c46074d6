from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from proxy.console.reports.school_time import SchoolTime
from proxy.console.review.due import school_time
from proxy.decision.schedule import Calendar, DayKind

CHICAGO = ZoneInfo("America/Chicago")
HOURS = (time(8), time(15))
BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=60)  # with the end of daylight saving time in between
CALENDAR = Calendar(special=((date(2026, 10, 12), DayKind.OFF), (date(2026, 11, 6), DayKind.HALF)))
MOMENTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))


def test_the_calendar_has_days_off():
    assert CALENDAR.kind(date(2026, 10, 3)) is DayKind.OFF


@given(MOMENTS, MOMENTS)
def test_it_is_the_school_time_that_due_times_are_counted_in(one, other):
    start, end = min(one, other), max(one, other)

    added_up = SchoolTime(BEGIN, END, CALENDAR, HOURS, CHICAGO).between(start, end)

    assert added_up == school_time(start, end, CALENDAR, HOURS, CHICAGO)


def test_a_weekend_has_none():
    added_up = SchoolTime(BEGIN, END, CALENDAR, HOURS, CHICAGO)
    friday, monday = datetime(2026, 10, 2, 20, tzinfo=UTC), datetime(2026, 10, 5, 13, tzinfo=UTC)

    assert added_up.between(friday, monday) == timedelta(0)
    assert added_up.between(friday - timedelta(hours=1), monday + timedelta(hours=1)) == timedelta(hours=2)


def test_what_lies_outside_counts_as_the_edge():
    added_up = SchoolTime(BEGIN, END, CALENDAR, HOURS, CHICAGO)

    assert added_up.between(BEGIN - timedelta(days=9), END + timedelta(days=9)) == added_up.between(
        BEGIN, END
    )
    assert added_up.between(END, BEGIN) == timedelta(0)
