"""By which calendar, hours and limits does this console count?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from proxy.console.review.due import (
    NoSchool,
    add_school_days,
    add_school_hours,
    school_days,
    school_time,
)
from proxy.console.review.states import Kind
from proxy.console.site.config import ConsoleConfig, config
from proxy.decision.schedule import Calendar
from proxy.settings.to_policy import calendar_of

APPEAL = "appeal"
TELLING_DUE = timedelta(hours=2)
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Timetable:
    """What due times, appeals and limits go by.

    hours_for         (kind or `appeal`, school) -> school time until an answer is due
    appeal_days       school days in which a denial can be appealed
    remind_before     school time before the due time; 0: nobody is reminded
    requests_per_day  what one person can ask in 24 hours
    requests_per_shared_device  what can be asked without a log-in in 24 hours from a device that several use
    """

    zone: ZoneInfo
    calendar: Calendar
    hours_of_day: tuple[time, time]
    hours_for: Callable[[str, str], timedelta]
    appeal_days: int
    remind_before: timedelta
    requests_per_day: int
    requests_per_shared_device: int

    def day(self, at: datetime) -> date:
        """The day at the school."""
        return at.astimezone(self.zone).date()

    def allowed(self, kind: Kind, school: str, *, appeal: bool) -> timedelta:
        """School time until a request of a kind, or an appeal on it, must be answered."""
        return self.hours_for(APPEAL if appeal else kind.value, school)

    def after(self, at: datetime, hours: timedelta) -> datetime:
        """When so much school time has passed; in a week where the calendar has no school for years, so that
        a request can still be made."""
        try:
            return add_school_hours(at, hours, self.calendar, self.hours_of_day, self.zone)
        except NoSchool:
            return at + timedelta(weeks=1)

    def left(self, at: datetime, due: datetime) -> timedelta:
        """The school time until a moment."""
        return school_time(at, due, self.calendar, self.hours_of_day, self.zone)

    def appeal_until(self, at: datetime) -> datetime:
        """The moment from which a denial of now can no longer be appealed."""
        return self._after_days(at, self.appeal_days)

    def appeal_until_again(self, put_in: datetime, until: datetime, at: datetime) -> datetime:
        """The moment from which a denial can no longer be appealed whose appeal was taken back now.

        put_in   when that appeal was put in
        until    until when others could have put one in

        As many whole school days are left as there were then, and one at least.
        """
        return self._after_days(at, max(1, school_days(put_in, until, self.calendar, self.zone)))

    def _after_days(self, at: datetime, days: int) -> datetime:
        """The end of the last of so many school days, or of weeks where the calendar has no school."""
        try:
            return add_school_days(at, days, self.calendar, self.zone)
        except NoSchool:
            return at + days * timedelta(weeks=1)

    def reminder(self, at: datetime, hours: timedelta) -> datetime | None:
        """When to remind of something that is due after so much school time; None: not at all."""
        if not self.remind_before or hours <= self.remind_before:
            return None
        return self.after(at, hours - self.remind_before)


def timetable(of: ConsoleConfig | None = None) -> Timetable:
    """The timetable of the running console."""
    of = of or config()
    console, settings = of.console, of.settings
    return Timetable(
        zone=of.zone,
        calendar=calendar_of(settings.calendar),
        hours_of_day=(console.hours.begins, console.hours.ends),
        hours_for=lambda kind, school: timedelta(hours=console.due.hours(kind, school)),
        appeal_days=console.appeal_days,
        remind_before=timedelta(hours=console.remind_before),
        requests_per_day=console.requests_per_day,
        requests_per_shared_device=console.requests_per_shared_device,
    )
