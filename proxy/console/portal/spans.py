"""For how long is a page needed, and which moments does that mean?"""

from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class When(Enum):
    """What people choose. The values stand in forms only."""

    LESSON = "lesson"
    WEEK = "week"
    MONTH = "month"
    STANDING = "standing"
    DATES = "dates"


WORDS: tuple[tuple[str, Promise], ...] = (
    (When.LESSON.value, _("For a lesson, in the next three days")),
    (When.WEEK.value, _("For a week")),
    (When.MONTH.value, _("For four weeks")),
    (When.STANDING.value, _("From now on (looked at again every year)")),
    (When.DATES.value, _("For the dates given below")),
)
SHORT = {When.LESSON: 3, When.WEEK: 7, When.MONTH: 28}


def span(
    when: When, at: datetime, zone: ZoneInfo, first: date | None = None, last: date | None = None
) -> tuple[str, datetime | None, datetime | None]:
    """How a choice is kept: `lesson`, `dates` or `standing`, with its begin and end.

    at            the present moment
    first, last   days, both included; they count with `DATES`

    A span ends at the end of its last day in the school's zone. Without a first day it begins at once.
    """
    if when is When.STANDING:
        return "standing", None, None
    today = at.astimezone(zone).date()
    if when is When.DATES and last is not None:
        begins = _midnight(first, zone) if first is not None and first > today else None
        return "dates", begins, _midnight(last + timedelta(days=1), zone)
    days = SHORT.get(when, 7)
    kept = "lesson" if when is When.LESSON else "dates"
    return kept, None, _midnight(today + timedelta(days=days + 1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
