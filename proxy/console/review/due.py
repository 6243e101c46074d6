"""When is an answer due, counted in school hours or school days?

School time runs between two wall-clock times of every school day, up to the end of a half day, and not at
all on days off. Wall-clock times are turned into instants day by day, so that a school day keeps its hours
when the clocks change. Everything returned is in UTC.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from proxy.decision.schedule import Calendar, DayKind

FARTHEST = timedelta(days=800)
Hours = tuple[time, time]


class NoSchool(Exception):
    """The calendar has not enough school in the next 800 days to count that far."""


def add_school_hours(
    start: datetime, hours: timedelta, calendar: Calendar, hours_of_day: Hours, zone: ZoneInfo
) -> datetime:
    """Return the moment at which so much school time has passed since an aware moment.

    hours         0 or less: the start itself, or the beginning of the next school time
    hours_of_day  when school time begins and ends on a full school day, in `zone`

    A due time that falls on the end of a school day is that end, not the next morning; with nothing to
    add it is the first moment of school time at or after the start. Raises NoSchool.
    """
    left = max(hours, timedelta(0))
    for begins, ends in spans(start, calendar, hours_of_day, zone):
        here = max(begins, start)
        if ends - here >= left:
            return here + left
        left -= ends - here
    raise NoSchool(f"the school calendar has no {hours} of school within {FARTHEST.days} days of {start}")


def school_time(
    start: datetime, end: datetime, calendar: Calendar, hours_of_day: Hours, zone: ZoneInfo
) -> timedelta:
    """Return how much school time lies between two aware moments; nothing when the end is not later."""
    passed = timedelta(0)
    for begins, ends in spans(start, calendar, hours_of_day, zone):
        if begins >= end:
            break
        passed += min(ends, end) - max(begins, start)
    return passed


def add_school_days(start: datetime, days: int, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """Return the end (midnight) of the last of so many school days; the day of the start is not counted.

    Half days count as days. Raises NoSchool.
    """
    day = start.astimezone(zone).date()
    left = days
    for shift in range(1, FARTHEST.days):
        here = day + timedelta(days=shift)
        left -= calendar.kind(here) is not DayKind.OFF
        if left <= 0:
            return _instant(here + timedelta(days=1), time(0), zone)
    raise NoSchool(f"the school calendar has no {days} school days within {FARTHEST.days} days of {start}")


def school_days(start: datetime, end: datetime, calendar: Calendar, zone: ZoneInfo) -> int:
    """Return how many whole school days lie between two aware moments; the day of the start is not counted.

    Half days count as days.
    """
    day, count = start.astimezone(zone).date() + timedelta(days=1), 0
    while _instant(day + timedelta(days=1), time(0), zone) <= end:
        count += calendar.kind(day) is not DayKind.OFF
        day += timedelta(days=1)
    return count


def spans(
    start: datetime, calendar: Calendar, hours: Hours, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Yield when school time begins and ends, for each day that has some of it after a moment."""
    first = start.astimezone(zone).date()
    for shift in range(FARTHEST.days):
        day = first + timedelta(days=shift)
        kind = calendar.kind(day)
        if kind is DayKind.OFF:
            continue
        last = min(hours[1], calendar.half_ends) if kind is DayKind.HALF else hours[1]
        begins, ends = _instant(day, hours[0], zone), _instant(day, last, zone)
        if ends > max(begins, start):
            yield begins, ends


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
