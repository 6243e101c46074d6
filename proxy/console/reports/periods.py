"""Which days do the figures cover, and into which parts are they cut for a chart?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SPANS: Mapping[str, int] = {"7": 7, "30": 30, "90": 90, "365": 365}
DEFAULT_DAYS = 30
MOST_DAYS = 366
_DAILY, _WEEKLY = 14, 120
_A_DAY = timedelta(days=1)


class NoPeriod(ValueError):
    """The days in the address make no period; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of school time.

    first, last   both included
    """

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        """The first moment that counts, in UTC."""
        return self.midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment that counts no longer, in UTC."""
        return self.midnight(self.last + _A_DAY)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def parts(self) -> Iterator[date]:
        """The first days of its parts: days, weeks from Monday, or months, so that a chart stays legible."""
        day = self.first
        while day <= self.last:
            yield day
            day = self._next(day)

    def _next(self, day: date) -> date:
        if self.days <= _DAILY:
            return day + _A_DAY
        if self.days <= _WEEKLY:
            return day + timedelta(days=7 - day.weekday())
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1)

    def midnight(self, day: date) -> datetime:
        """The moment at which a day begins, in UTC."""
        return datetime.combine(day, time(0), self.zone).astimezone(UTC)


def period(asked: Mapping[str, str], today: date, zone: ZoneInfo) -> Period:
    """The period that an address asks for: `days=90`, or `from=2026-09-01&to=2026-09-30`.

    today    the school's day; the last one of a number of days, and the latest one there is

    Raises NoPeriod.
    """
    first, last = asked.get("from", ""), asked.get("to", "")
    if not first and not last:
        days = SPANS.get(asked.get("days", ""), DEFAULT_DAYS)
        return Period(today - timedelta(days=days - 1), today, zone)
    begins = _day(first) if first else today - timedelta(days=DEFAULT_DAYS - 1)
    ends = min(_day(last), today) if last else today
    if begins > ends:
        raise NoPeriod("The first day must not be later than the last one, and not in the future.")
    if (ends - begins).days >= MOST_DAYS:
        raise NoPeriod("Choose a year at most.")
    return Period(begins, ends, zone)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NoPeriod("Write a day as year-month-day, such as 2026-11-23.") from error
