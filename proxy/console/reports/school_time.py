"""How much school time lies between two moments, for thousands of pairs of them?

The school time of every day is added up once; then each question is two look-ups.
"""

from bisect import bisect_right
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from proxy.console.review.due import Hours, spans
from proxy.decision.schedule import Calendar


class SchoolTime:
    """School time from one moment to another, added up.

    begins, ends   aware, less than `due.FARTHEST` apart; moments before count as the first, moments after
                   as the second
    """

    def __init__(
        self, begins: datetime, ends: datetime, calendar: Calendar, hours_of_day: Hours, zone: ZoneInfo
    ) -> None:
        self._begins: list[datetime] = []
        self._lasts: list[timedelta] = []
        self._before: list[timedelta] = []
        passed = timedelta(0)
        for first, last in spans(begins, calendar, hours_of_day, zone):
            if first >= ends:
                break
            length = min(last, ends) - max(first, begins)
            self._begins.append(max(first, begins))
            self._lasts.append(length)
            self._before.append(passed)
            passed += length

    def between(self, start: datetime, end: datetime) -> timedelta:
        """School time from one aware moment to a later one."""
        return max(self._until(end) - self._until(start), timedelta(0))

    def _until(self, at: datetime) -> timedelta:
        place = bisect_right(self._begins, at) - 1
        if place < 0:
            return timedelta(0)
        return self._before[place] + min(at - self._begins[place], self._lasts[place])
