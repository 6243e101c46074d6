from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import CHICAGO, LUNCH, school_time
from proxy.decision.schedule import Calendar, DayKind, Schedule, Window


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        pytest.param("11:59", False, id="lesson"),
        pytest.param("12:00", True, id="lunch begins with its first minute"),
        pytest.param("12:29:59", True, id="last second"),
        pytest.param("12:30", False, id="the end is not part of lunch"),
    ],
)
def test_a_window_holds_its_first_moment_and_not_its_last(clock, expected):
    assert LUNCH.is_on(school_time(clock)) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 11, 24), True, id="an ordinary Tuesday"),
        pytest.param(date(2026, 11, 25), False, id="not in the window's kinds of day: half day"),
        pytest.param(date(2026, 11, 26), False, id="Thanksgiving"),
        pytest.param(date(2026, 11, 28), False, id="Saturday"),
    ],
)
def test_the_calendar_decides_which_days_count(day, expected):
    assert LUNCH.is_on(school_time("12:10", day)) is expected


def test_a_half_day_cuts_a_window_that_runs_past_it():
    lessons = Schedule(
        "lessons",
        CHICAGO,
        (Window(time(8), time(15), on=frozenset({DayKind.SCHOOL, DayKind.HALF})),),
        LUNCH.calendar,
    )
    assert lessons.is_on(school_time("11:59", date(2026, 11, 25)))
    assert not lessons.is_on(school_time("12:00", date(2026, 11, 25)))
    assert lessons.is_on(school_time("12:00", date(2026, 11, 24)))


def test_an_overnight_window_belongs_to_the_day_it_begins_on():
    night = Schedule("night", CHICAGO, (Window(time(22), time(6), days=frozenset({0})),))
    assert night.is_on(school_time("23:00"))
    assert night.is_on(school_time("05:59", date(2026, 11, 24)))
    assert not night.is_on(school_time("06:00", date(2026, 11, 24)))
    assert not night.is_on(school_time("05:00"))


def test_when_clocks_go_forward_a_window_in_the_gap_begins_at_the_jump():
    early = Schedule("early", CHICAGO, (Window(time(2, 30), time(4)),))
    jump = datetime(2026, 3, 8, 8, 0, tzinfo=UTC)
    assert not early.is_on(jump - timedelta(seconds=1))
    assert early.is_on(jump)
    assert early.next_change(jump) == datetime(2026, 3, 8, 9, 0, tzinfo=UTC)


def test_when_clocks_go_back_a_window_holds_both_passes_of_the_hour():
    twice = Schedule("twice", CHICAGO, (Window(time(1), time(1, 30)),))
    assert twice.is_on(datetime(2026, 11, 1, 6, 0, tzinfo=UTC))
    assert twice.is_on(datetime(2026, 11, 1, 7, 29, tzinfo=UTC))
    assert not twice.is_on(datetime(2026, 11, 1, 7, 30, tzinfo=UTC))


def test_a_wall_clock_window_keeps_its_clock_time_over_the_change():
    school = Schedule("school", CHICAGO, (Window(time(8), time(15)),))
    assert school.is_on(datetime(2026, 10, 30, 13, 0, tzinfo=UTC))
    assert not school.is_on(datetime(2026, 11, 2, 13, 59, tzinfo=UTC))
    assert school.is_on(datetime(2026, 11, 2, 14, 0, tzinfo=UTC))


def test_without_windows_nothing_is_ever_on_and_nothing_changes():
    never = Schedule("never", CHICAGO, ())
    assert not never.is_on(school_time("12:00"))
    assert never.next_change(school_time("12:00")) is None


def test_windows_that_touch_are_one():
    day = Schedule("day", CHICAGO, (Window(time(8), time(12)), Window(time(12), time(15))))
    assert day.next_change(school_time("09:00")) == school_time("15:00")


windows = st.builds(
    Window,
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.frozensets(st.integers(0, 6), max_size=7),
    st.frozensets(st.sampled_from(DayKind), max_size=3),
)
zones = st.sampled_from(
    ["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "UTC", "America/St_Johns"]
)


@given(
    st.lists(windows, max_size=4),
    zones,
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.floats(0, 1),
)
def test_nothing_changes_before_the_next_change_and_something_does_at_it(windows, zone, at, share):
    calendar = Calendar(special=((date(2026, 11, 26), DayKind.OFF), (date(2026, 12, 23), DayKind.HALF)))
    schedule = Schedule("any", ZoneInfo(zone), tuple(windows), calendar)
    change = schedule.next_change(at)
    if change is None:
        assert schedule.is_on(at) is replace(schedule).is_on(at + share * timedelta(days=300))
        return
    between = at + share * (change - at)
    assert change > at
    assert schedule.is_on(change) is not schedule.is_on(at)
    if between < change:
        assert replace(schedule).is_on(between) is schedule.is_on(at)


def spans_touched(schedule, moments):
    """How many days' windows are looked at to answer for some moments."""
    days = []

    class Counted(Calendar):
        def kind(self, day):
            days.append(day)
            return super().kind(day)

    counted = replace(schedule, calendar=Counted())
    for at in moments:
        counted.is_on(at)
        counted.next_change(at)
    return len(days)


def test_a_schedule_that_never_changes_is_searched_once_a_day_and_not_for_every_request():
    always = Schedule("always", CHICAGO, (Window(time(0), time(0)),))
    noon = school_time("12:00")
    assert always.is_on(noon)
    assert always.next_change(noon) is None
    lesson = [noon + timedelta(seconds=second) for second in range(50)]
    assert spans_touched(always, lesson) == spans_touched(always, lesson[:1])


def test_a_moment_before_the_last_one_is_answered_for_itself():
    assert LUNCH.is_on(school_time("12:10"))
    assert not LUNCH.is_on(school_time("11:00"))
    assert LUNCH.next_change(school_time("11:00")) == school_time("12:00")


def test_a_calendar_names_each_day():
    calendar = replace(LUNCH.calendar)
    assert calendar.kind(date(2026, 11, 26)) is DayKind.OFF
    assert calendar.kind(date(2026, 11, 25)) is DayKind.HALF
    assert calendar.kind(date(2026, 11, 28)) is DayKind.OFF
    assert calendar.kind(date(2026, 11, 23)) is DayKind.SCHOOL


def test_of_two_lines_for_one_day_the_first_counts():
    day = date(2026, 11, 23)
    calendar = Calendar(special=((day, DayKind.HALF), (day, DayKind.OFF)))
    assert [calendar.kind(day), calendar.kind(date(2026, 11, 24)), calendar.kind(date(2026, 11, 28))] == [
        DayKind.HALF,
        DayKind.SCHOOL,
        DayKind.OFF,
    ]
    assert (calendar, hash(calendar)) == (
        Calendar(special=calendar.special),
        hash(Calendar(special=calendar.special)),
    )
