"""When is school, and when is a rule on?"""

from collections.abc import Iterator
from datetime import date, time, timedelta
from enum import Enum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from proxy.decision.schedule import DayKind
from proxy.settings.fields import Clock, Day, Text, words, wrong
from proxy.settings.schema.part import Part


class Weekday(Enum):
    """A day of the week, in the order of `date.weekday()`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """Monday is 0."""
        return list(Weekday).index(self)


_ALL = tuple(day.value for day in Weekday)
_WEEKDAYS = words({"weekdays": _ALL[:5], "weekend": _ALL[5:], "all": _ALL})


class DaySpan(Part):
    """One day, or all days from one to another."""

    first: Annotated[Day, Field(alias="from")]
    """First day."""
    last: Annotated[Day | None, Field(alias="to")] = None
    """Last day, included; not written: the first day alone."""
    name: Text | None = None
    """What the occasion is called."""

    @model_validator(mode="before")
    @classmethod
    def _single(cls, data: Any) -> Any:
        return {"from": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise wrong(f"the last day, {self.last}, comes before the first, {self.first}")
        if self.last is not None and self.last - self.first > timedelta(days=400):
            raise wrong("a span of days covers at most 400 days")
        return self

    def days(self) -> Iterator[date]:
        """Every day of the span."""
        last = self.last or self.first
        return (self.first + timedelta(days=n) for n in range((last - self.first).days + 1))


class CalendarSettings(Part):
    """The school calendar, which schedules may depend on (`on: [school]`)."""

    weekend: Annotated[tuple[Weekday, ...], BeforeValidator(_WEEKDAYS)] = (Weekday.SAT, Weekday.SUN)
    """Days of the week without school."""
    days_off: tuple[DaySpan, ...] = ()
    """Days without school: a date, or `from`, `to` and `name`."""
    half_days: tuple[DaySpan, ...] = ()
    """Days on which school ends early."""
    half_day_ends: Clock = time(12, 0)
    """When school ends on a half day; windows bound to the calendar end then at the latest."""


class WindowSettings(Part):
    """A span of wall-clock time on some days; one that ends at or before its beginning runs overnight."""

    days: Annotated[tuple[Weekday, ...], BeforeValidator(_WEEKDAYS), Field(min_length=1)] = tuple(Weekday)
    """Days on which it begins: `mon` to `sun`, or the words `weekdays`, `weekend`, `all`."""
    begins: Annotated[Clock, Field(alias="from")]
    """When it begins, hours and minutes in the zone of these settings."""
    ends: Annotated[Clock, Field(alias="to")]
    """When it ends; this minute is no longer part of it."""
    on: tuple[DayKind, ...] = ()
    """Kinds of day on which it begins: `school`, `half`, `off`; not written: the calendar does not matter."""


class ScheduleSettings(Part):
    """A named set of windows; the schedule is on while one of them is."""

    title: Text | None = None
    """What people read on the block page, for example "lunch"."""
    windows: Annotated[tuple[WindowSettings, ...], Field(min_length=1)]
    """The windows."""
