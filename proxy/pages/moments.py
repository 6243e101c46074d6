"""How is a day or a moment written for people on a page? As the console writes it, in their language."""

from datetime import date, datetime

from proxy.marking import marked
from proxy.pages.languages import Language

WEEKDAYS = (
    marked("Monday"),
    marked("Tuesday"),
    marked("Wednesday"),
    marked("Thursday"),
    marked("Friday"),
    marked("Saturday"),
    marked("Sunday"),
)
MONTHS = (
    marked("January"),
    marked("February"),
    marked("March"),
    marked("April"),
    marked("May"),
    marked("June"),
    marked("July"),
    marked("August"),
    marked("September"),
    marked("October"),
    marked("November"),
    marked("December"),
)


def day(when: date, language: Language) -> str:
    """`Wednesday 9 December 2026`."""
    return language.gettext(
        "%(weekday)s %(day)d %(month)s %(year)d",
        weekday=language.gettext(WEEKDAYS[when.weekday()]),
        day=when.day,
        month=language.gettext(MONTHS[when.month - 1]),
        year=when.year,
    )


def clock(when: datetime) -> str:
    """`8:00`, `15:05`: hours from 0 to 23, so that nobody takes morning for afternoon."""
    return f"{when.hour}:{when:%M}"


def soon(when: datetime, now: datetime, language: Language) -> str:
    """`today at 12:00`, `tomorrow at 8:15`, `on Wednesday 9 December 2026, 8:00`; in `when`'s zone."""
    days = (when.date() - now.astimezone(when.tzinfo).date()).days
    if days == 0:
        return language.gettext("today at %(clock)s", clock=clock(when))
    if days == 1:
        return language.gettext("tomorrow at %(clock)s", clock=clock(when))
    return language.gettext("on %(day)s, %(clock)s", day=day(when, language), clock=clock(when))
