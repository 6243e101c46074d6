"""For how long: what people choose, and which moments that is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from proxy.console.portal.spans import WORDS, When, span

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(When.LESSON, ("lesson", None, local("2026-12-04")), id="lesson"),
        pytest.param(When.WEEK, ("dates", None, local("2026-12-08")), id="week"),
        pytest.param(When.MONTH, ("dates", None, local("2026-12-29")), id="four weeks"),
        pytest.param(When.STANDING, ("standing", None, None), id="standing"),
        pytest.param(When.DATES, ("dates", None, local("2026-12-08")), id="dates without an end: a week"),
    ],
)
def test_choices(when, expected):
    assert span(when, MONDAY, CHICAGO) == expected


def test_dates_hold_through_their_last_day():
    first, last = date(2026, 12, 7), date(2026, 12, 11)
    expected = ("dates", local("2026-12-07"), local("2026-12-12"))
    assert span(When.DATES, MONDAY, CHICAGO, first, last) == expected


@pytest.mark.parametrize("first", [None, date(2026, 11, 30), date(2026, 11, 2)])
def test_what_begins_today_or_earlier_begins_at_once(first):
    assert span(When.DATES, MONDAY, CHICAGO, first, date(2026, 12, 11))[1] is None


def test_the_day_is_the_schools():
    late = datetime(2026, 12, 1, 5, 59, tzinfo=UTC)  # Monday, 23:59 in Chicago
    assert span(When.LESSON, late, CHICAGO)[2] == local("2026-12-04")


def test_a_span_over_the_change_of_clocks_ends_at_midnight():
    before = datetime(2027, 3, 12, 18, 0, tzinfo=UTC)
    ends = span(When.WEEK, before, CHICAGO)[2]
    assert ends is not None
    assert ends.astimezone(UTC) == datetime(2027, 3, 20, 5, 0, tzinfo=UTC)


def test_every_choice_has_words():
    assert [value for value, _words in WORDS] == [when.value for when in When]
