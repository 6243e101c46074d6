"""How many incidents opened in twelve months: at which school, when, of which kind, and how did they end?

Numbers alone. Months are whole and have ended, and nobody chooses the days: who could compare any two spans
would learn of a single incident. Each breakdown stands by itself, and numbers of 1 to 4 are hidden; of a
total of so few nothing else is told. What a reader may see is counted together: one school's tables, taken
from all schools', would tell what is hidden.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from django.db.models import Count

from proxy.console.incidents.models import Incident
from proxy.console.incidents.states import ENDED, State
from proxy.console.reports.figures import FEW, too_few

MONTHS = 12


class By(Enum):
    """What incidents are broken down by; the values stand in files."""

    MONTH = "month"
    SCHOOL = "school"
    FAMILY = "family"
    OUTCOME = "outcome"


class Outcome(Enum):
    """How an incident ended, or that it has not; the values stand in files."""

    CONFIRMED = "confirmed"
    INNOCENT = "innocent"
    UNCLEAR = "unclear"
    STANDS = "stands"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a breakdown.

    name     first day of a month as ISO 8601, id of a school ("": the whole district), family, or outcome
    number   None: of so few, or telling of such, that it is not shown
    """

    name: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What is shown of the incidents of some schools.

    first   first day of the first month
    total   None: of so few that it is not shown, and then they are not broken down either
    """

    first: date
    total: int | None
    rows: Mapping[By, tuple[Row, ...]]


def figures(at: datetime, zone: ZoneInfo, schools: frozenset[str] | None) -> Figures:
    """Count the incidents that opened in the last twelve months that have ended.

    schools   ids; "" for what belongs to the whole district; None: all
    """
    today = at.astimezone(zone).date()
    months = _months(today)
    counts: dict[By, Counter[str]] = {by: Counter() for by in By}
    counts[By.MONTH].update({month.isoformat(): 0 for month in months})
    counts[By.OUTCOME].update({outcome.value: 0 for outcome in Outcome})
    counts[By.SCHOOL].update(dict.fromkeys(schools or (), 0))
    for month, after in zip(months, (*months[1:], today.replace(day=1)), strict=True):
        for school, technique, state, number in _opened(month, after, zone, schools):
            counts[By.MONTH][month.isoformat()] += number
            counts[By.SCHOOL][school] += number
            counts[By.FAMILY][technique.partition(".")[0]] += number
            counts[By.OUTCOME][_outcome(State(state)).value] += number
    total = counts[By.OUTCOME].total()
    if 0 < total < FEW:
        return Figures(months[0], None, {})
    rows = {by: _rows(of, in_order=by in (By.MONTH, By.OUTCOME)) for by, of in counts.items()}
    return Figures(months[0], total, rows)


def _opened(
    month: date, after: date, zone: ZoneInfo, schools: frozenset[str] | None
) -> list[tuple[str, str, str, int]]:
    """School, technique, state and number of the incidents that opened in a month; from one index alone."""
    opened = Incident.objects.filter(
        opened_at__gte=_midnight(month, zone), opened_at__lt=_midnight(after, zone)
    )
    if schools is not None:
        opened = opened.filter(school__in=schools)
    counted = opened.order_by().values_list("school", "technique", "state").annotate(number=Count("*"))
    return list(counted)


def _rows(counts: Mapping[str, int], *, in_order: bool) -> tuple[Row, ...]:
    """The rows of a breakdown, as they come or by name: an order by number would tell what is hidden."""
    hidden = too_few(counts)
    named = list(counts) if in_order else sorted(counts)
    return tuple(Row(name, None if name in hidden else counts[name]) for name in named)


def _outcome(state: State) -> Outcome:
    return Outcome(state.value) if state in ENDED else Outcome.STANDS


def _months(today: date) -> list[date]:
    """The first days of the last twelve months that have ended, in order."""
    months: list[date] = []
    first = today.replace(day=1)
    while len(months) < MONTHS:
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(first)
    return months[::-1]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone)
