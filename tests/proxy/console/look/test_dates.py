"""How days and moments are written, here and on the block page."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from proxy.console.look import dates
from proxy.console.site.config import config
from proxy.pages import moments
from proxy.pages.languages import LANGUAGES

AT = datetime(2026, 12, 9, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Wednesday 9 December 2026, 8:05"), ("es", "miércoles, 9 de diciembre de 2026, 8:05")],
)
def test_a_moment_is_written_as_its_language_does_in_the_schools_zone(language, words):
    with translation.override(language):
        assert dates.moment(AT) == words
        assert dates.day(AT) == dates.day(date(2026, 12, 9)) == words.rpartition(",")[0]
        assert dates.weekday(date(2026, 12, 9)) == words.split()[0].rstrip(",")


def test_a_day_is_that_of_the_school():
    assert dates.day(datetime(2026, 12, 10, 5, 59, tzinfo=UTC)) == "Wednesday 9 December 2026"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_block_page_writes_the_same(language):
    here = AT.astimezone(config().zone)
    with translation.override(language):
        for month in range(1, 13):
            when = date(2026, month, month)
            assert moments.day(when, LANGUAGES[language]) == dates.day(when)
        assert moments.clock(here) == dates.clock(here)


@pytest.mark.parametrize(("hour", "words"), [(0, "0:05"), (9, "9:05"), (15, "15:05")])
def test_hours_are_counted_to_23(hour, words):
    assert dates.clock(AT.replace(hour=hour)) == words
