"""Settings of calendar and schedules."""

from datetime import date, time

import pytest

from proxy.decision.schedule import DayKind
from proxy.settings.schema.when import CalendarSettings, DaySpan, Weekday, WindowSettings


def test_a_day_may_stand_for_a_span() -> None:
    calendar = CalendarSettings.model_validate(
        {"days_off": ["2026-11-11", {"from": "2026-12-30", "to": "2027-01-01"}]}
    )
    assert [day for span in calendar.days_off for day in span.days()] == [
        date(2026, 11, 11),
        date(2026, 12, 30),
        date(2026, 12, 31),
        date(2027, 1, 1),
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("weekdays", "mon tue wed thu fri"),
        ("weekend", "sat sun"),
        ("all", "mon tue wed thu fri sat sun"),
        (["weekend", "mon"], "sat sun mon"),
        ("wed", "wed"),
    ],
)
def test_words_stand_for_several_days(written: object, expected: str) -> None:
    window = WindowSettings.model_validate({"days": written, "from": "8:00", "to": "24:00", "on": "school"})

    assert [day.value for day in window.days] == expected.split()
    assert (window.begins, window.ends, window.on) == (time(8), time(0), (DayKind.SCHOOL,))
    assert WindowSettings.model_validate_json(window.model_dump_json()) == window


def test_weekdays_count_from_monday() -> None:
    assert [day.number for day in Weekday] == [date(2026, 11, 23 + n).weekday() for n in range(7)]


def test_a_span_survives_the_bundle() -> None:
    span = DaySpan.model_validate({"from": "2026-11-26", "to": "2026-11-27", "name": "Thanksgiving"})
    assert DaySpan.model_validate_json(span.model_dump_json()) == span
