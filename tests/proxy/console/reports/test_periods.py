from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from proxy.console.reports.periods import NoPeriod, Period, period

CHICAGO = ZoneInfo("America/Chicago")
TODAY = date(2026, 11, 23)


def of(**asked):
    return period({name.removesuffix("_"): value for name, value in asked.items()}, TODAY, CHICAGO)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        pytest.param({}, date(2026, 10, 25), TODAY, id="30 days unless asked otherwise"),
        pytest.param({"days": "7"}, date(2026, 11, 17), TODAY, id="a number of days, today included"),
        pytest.param({"days": "8"}, date(2026, 10, 25), TODAY, id="no other numbers"),
        pytest.param(
            {"from_": "2026-09-01", "to": "2026-09-30"}, date(2026, 9, 1), date(2026, 9, 30), id="from and to"
        ),
        pytest.param({"from_": "2026-11-01"}, date(2026, 11, 1), TODAY, id="up to today"),
        pytest.param({"to": "2026-11-20"}, date(2026, 10, 25), date(2026, 11, 20), id="from 30 days ago"),
        pytest.param(
            {"from_": "2026-11-01", "to": "2030-01-01"}, date(2026, 11, 1), TODAY, id="no later than today"
        ),
    ],
)
def test_an_address_asks_for_days(asked, first, last):
    assert of(**asked) == Period(first, last, CHICAGO)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"from_": "yesterday"}, "Write a day as year-month-day"),
        ({"to": "2026-02-30"}, "Write a day as year-month-day"),
        ({"from_": "2026-11-20", "to": "2026-11-19"}, "must not be later"),
        ({"from_": "2026-11-24"}, "not in the future"),
        ({"from_": "2020-01-01"}, "a year at most"),
    ],
)
def test_what_makes_no_period_is_said(asked, message):
    with pytest.raises(NoPeriod, match=message):
        of(**asked)


def test_days_are_the_schools_across_a_change_of_clocks():
    days = of(from_="2026-10-31", to="2026-11-01")

    assert (days.begins, days.ends) == (
        datetime(2026, 10, 31, 5, tzinfo=UTC),
        datetime(2026, 11, 2, 6, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        pytest.param(
            {"days": "7"}, ["11-17", "11-18", "11-19", "11-20", "11-21", "11-22", "11-23"], id="from and to"
        ),
        pytest.param(
            {"days": "30"}, ["10-25", "10-26", "11-02", "11-09", "11-16", "11-23"], id="weeks from Monday"
        ),
        pytest.param(
            {"from_": "2026-06-15"}, ["06-15", "07-01", "08-01", "09-01", "10-01", "11-01"], id="months"
        ),
    ],
)
def test_a_period_has_legible_parts(asked, parts):
    days = of(**asked)

    assert [part.strftime("%m-%d") for part in days.parts()] == parts
