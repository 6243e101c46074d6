"""Is a rule on at this moment, and when will that next change?

A schedule is a set of weekly windows in one time zone, bounded by a school calendar. Windows are
wall-clock times; their edges are turned into instants for each day, so that a window keeps its
wall-clock meaning when the clocks change: a time that does not exist on that day is read as the
instant the clocks jump over it, a time that exists twice begins with its first pass and ends with
its last (PEP 495).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

YEARS = range(1970, 2200)  # moments near the ends of Python's calendar cannot be reckoned with
A_DAY = timedelta(days=1)
HORIZON = timedelta(days=400)
ALL_WEEK = frozenset(range(7))


class DayKind(Enum):
    """What the school calendar says of a day."""

    SCHOOL = "school"
    HALF = "half"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that differ from the week's rhythm.

    weekend     weekdays (Monday is 0) without school
    special     dates with a kind of their own
    half_ends   wall-clock time at which a half day ends
    """

    weekend: frozenset[int] = frozenset({5, 6})
    special: tuple[tuple[date, DayKind], ...] = ()
    half_ends: time = time(12, 0)
    _kinds: dict[date, DayKind] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._kinds.update(reversed(self.special))  # of two lines for one day, the first counts

    def kind(self, day: date) -> DayKind:
        """Say whether a day is a school day, a half day or off."""
        special = self._kinds.get(day)
        if special is not None:
            return special
        return DayKind.OFF if day.weekday() in self.weekend else DayKind.SCHOOL


@dataclass(frozen=True, slots=True)
class Window:
    """A span of wall-clock time on some weekdays.

    begins, ends   an end at or before the beginning lies on the next day (overnight)
    days           weekdays (Monday is 0) on which the window begins
    on             kinds of day on which the window begins; empty: the calendar does not matter.
                   On a half day, a window bound to the calendar ends no later than the half day.
    """

    begins: time
    ends: time
    days: frozenset[int] = ALL_WEEK
    on: frozenset[DayKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time during which a schedule does not change.

    begins, ends   UTC; known to hold from `begins`, and no longer at `ends`
    changes        when it next turns on or off, in UTC; None: not within 400 days
    """

    begins: datetime
    ends: datetime
    is_on: bool
    changes: datetime | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a rule is on. Without windows it never is.

    The stretch that was asked for last is remembered: every request of a lesson asks for the same one.
    """

    id: str
    zone: ZoneInfo
    windows: tuple[Window, ...]
    calendar: Calendar = field(default_factory=Calendar)
    _last: list[Stretch] = field(default_factory=list, init=False, repr=False, compare=False)

    def is_on(self, at: datetime) -> bool:
        """Say whether the schedule is on at an aware moment; a window holds its first instant and
        not its last."""
        return self.stretch(at).is_on

    def next_change(self, at: datetime) -> datetime | None:
        """Return the next moment after `at` when the schedule turns on or off, in UTC.

        None when nothing changes within 400 days.
        """
        return self.stretch(at).changes

    def stretch(self, at: datetime) -> Stretch:
        """Return the unchanging time around an aware moment, as far as it matters after it.

        at   quickest in UTC, as a Case has it: moments of one zone are compared as they stand
        """
        for last in self._last:
            if last.begins <= at < last.ends:
                return last
        found = self._stretch_from(at.astimezone(UTC))
        self._last[:] = [found]
        return found

    def _stretch_from(self, at: datetime) -> Stretch:
        horizon = at + HORIZON
        for begin, end in self._merged(at):
            edge, is_on = (begin, False) if at < begin else (end, True)
            if edge > at:
                if edge > horizon:
                    return Stretch(at, at + A_DAY, is_on, None)
                return Stretch(at, edge, is_on, edge)
        return Stretch(at, at + A_DAY, False, None)

    def _merged(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans from the day before a moment to past the horizon, in order; those that touch are one."""
        day = at.astimezone(self.zone).date()
        held: tuple[datetime, datetime] | None = None
        for shift in range(-1, HORIZON.days + 3):
            for begin, end in sorted(self._spans(day + timedelta(days=shift))):
                if held is None:
                    held = begin, end
                elif begin <= held[1]:
                    held = held[0], max(held[1], end)
                else:
                    yield held
                    held = begin, end
        if held is not None:
            yield held

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The spans in UTC of the windows that begin on one day."""
        kind = self.calendar.kind(day)
        for window in self.windows:
            if day.weekday() not in window.days or (window.on and kind not in window.on):
                continue
            overnight = window.ends <= window.begins
            last_day, ends = (day + timedelta(days=1), window.ends) if overnight else (day, window.ends)
            if window.on and kind is DayKind.HALF and (overnight or ends > self.calendar.half_ends):
                last_day, ends = day, self.calendar.half_ends
            begin = _instant(day, window.begins, self.zone, fold=0)
            end = _instant(last_day, ends, self.zone, fold=1)
            if begin < end:
                yield begin, end


def _instant(day: date, clock: time, zone: ZoneInfo, *, fold: int) -> datetime:
    """The instant of a wall-clock time; one that the clocks jump over is the jump itself."""
    moment = datetime.combine(day, clock, zone).replace(fold=fold)
    instant = moment.astimezone(UTC)
    back = instant.astimezone(zone)
    if back.replace(tzinfo=None) == moment.replace(tzinfo=None):
        return instant
    return _jump_before(instant, zone)


def _jump_before(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the offset last changed around a wall-clock time that does not exist."""
    low, high = instant - timedelta(hours=4), instant + timedelta(hours=4)
    target = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == target:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)
