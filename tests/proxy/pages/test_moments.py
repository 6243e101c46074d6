from datetime import date

import pytest

import policies
from proxy.pages.languages import LANGUAGES
from proxy.pages.moments import clock, day, soon


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Wednesday 9 December 2026"), ("es", "miércoles, 9 de diciembre de 2026")],
)
def test_a_day_is_written_as_its_language_does(language, words):
    assert day(date(2026, 12, 9), LANGUAGES[language]) == words


@pytest.mark.parametrize(("at", "words"), [("00:05", "0:05"), ("08:00", "8:00"), ("15:30", "15:30")])
def test_hours_are_counted_to_23(at, words):
    assert clock(policies.school_time(at)) == words


@pytest.mark.parametrize(
    ("at", "on", "english", "spanish"),
    [
        pytest.param("12:00", date(2026, 11, 23), "today at 12:00", "hoy a las 12:00", id="today"),
        pytest.param("00:30", date(2026, 11, 24), "tomorrow at 0:30", "mañana a las 0:30", id="tomorrow"),
        pytest.param(
            "08:15",
            date(2026, 11, 30),
            "on Monday 30 November 2026, 8:15",
            "el lunes, 30 de noviembre de 2026 a las 8:15",
            id="another day",
        ),
    ],
)
def test_a_moment_is_said_as_one_says_it_to_a_student(at, on, english, spanish):
    said = [
        soon(policies.school_time(at, on), policies.school_time("10:40"), LANGUAGES[one])
        for one in ("en", "es")
    ]

    assert said == [english, spanish]
