"""Which requests, answers, appeals and refusals does the database hold of a period?

The desk writes down what counts of a request (`review/counted.py`), by the day on which it was made; it is
read here from indexes alone. Of answers every length is read: SQLite knows no median. Requests of the private
lane are in no figure: they are so few that a total which differs from what the queue shows would tell
everybody with a duty that somebody asked the counselor, and when.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, Count, Exists, OuterRef, Q, Sum, TextField
from django.db.models.sql.compiler import SQLCompiler

from proxy.console.reports.figures import Answers, Appeals, Made, Refused
from proxy.console.reports.periods import Period
from proxy.console.review.models import Appeal, Case, Counted, CountedBlock, Decision
from proxy.console.review.states import Outcome, Stage
from proxy.console.review.workflow import UNDER_APPEAL

GRANTED = [Outcome.APPROVED.value, Outcome.NARROWED.value, Outcome.OVERTURNED.value]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose requests: made in a period, at these schools, and not to the counselor alone.

    schools   ids; "" for what belongs to the whole district; None: all
    """

    period: Period
    schools: frozenset[str] | None = None

    def among(self, counted: str = "") -> Q:
        """The condition on what is counted; `counted` leads there, such as `case__counted__`."""
        days = {f"{counted}day__gte": self.period.first, f"{counted}day__lte": self.period.last}
        here = {} if self.schools is None else {f"{counted}school__in": self.schools}
        return Q(**days, **here)

    def part(self) -> Callable[[date], date]:
        """What tells of a day of the period the first day of its part."""
        parts = [*self.period.parts()]
        return lambda day: parts[bisect_right(parts, day) - 1]


def made(scope: Scope, at: datetime) -> list[Made]:
    """The requests of a scope, counted by kind, school and part of the period.

    at   the present, for what is overdue without an answer
    """
    part_of = scope.part()
    cases: Counter[tuple[str, str, date]] = Counter()
    asked, overdue = cases.copy(), cases.copy()
    rows = Counted.objects.filter(scope.among()).values_list("day", "school", "kind")
    for day, school, kind, number, times, late in rows.annotate(
        number=Count("*"), times=Sum("asked"), are_late=Count("day", filter=Q(late=True))
    ):
        name = (kind, school, part_of(day))
        cases[name] += number
        asked[name] += times
        overdue[name] += late
    for day, school, kind in _just_overdue(scope, at):
        overdue[kind, school, part_of(day)] += 1
    return [Made(*name, number, asked[name], overdue[name]) for name, number in cases.items()]


def _just_overdue(scope: Scope, at: datetime) -> list[tuple[date, str, str]]:
    """What waits for its first answer after its due time, and the timers have not seen it yet."""
    under_appeal = [state.value for state in UNDER_APPEAL]
    passed = Case.objects.filter(scope.among("counted__"), overdue_at__isnull=True, due_at__lt=at)
    return [
        *passed.exclude(state__in=under_appeal).values_list(
            "counted__day", "counted__school", "counted__kind"
        )
    ]


class _All(Aggregate):
    """All numbers of a group in one text, with commas between them: 1,000 rows are left of 20,000."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s::text, ',')")


def answers(scope: Scope) -> list[Answers]:
    """How long the first answers to the requests of a scope took, by kind, school and part."""
    part_of = scope.part()
    answered = Counted.objects.filter(scope.among(), in_school_us__isnull=False)
    rows = answered.values_list("day", "school", "kind").annotate(
        in_school=_All("in_school_us"), by_clock=_All("by_clock_us")
    )
    found: dict[tuple[str, str, date], tuple[list[int], list[int]]] = {}
    for day, school, kind, *texts in rows:
        lengths = found.setdefault((kind, school, part_of(day)), ([], []))
        for numbers, text in zip(lengths, texts, strict=True):
            numbers.extend(map(int, text.split(",")))
    return [Answers(*name, *lengths) for name, lengths in found.items()]


def appeals(scope: Scope) -> Appeals:
    """What became of the appeals on the scope's requests: several can be made on one, one is answered."""
    ruled = Decision.objects.filter(case=OuterRef("case"), stage=Stage.APPEAL.value)
    granted = ruled.filter(outcome__in=GRANTED)
    # By the few appeals, not by the many cases: only so does SQLite begin there.
    appealed = Counted.objects.filter(scope.among(), pk__in=Appeal.objects.values("case"))
    found = appealed.aggregate(
        decided=Count("day", filter=Exists(ruled.exclude(outcome=Outcome.ENDORSED.value))),
        granted=Count("day", filter=Exists(granted)),
    )
    made = Appeal.objects.filter(case__in=appealed.values("pk")).aggregate(
        made=Count("pk"), taken_back=Count("pk", filter=Q(withdrawn_at__isnull=False))
    )
    return Appeals(made["made"], made["taken_back"], found["decided"], found["granted"])


def refused(scope: Scope) -> list[Refused]:
    """Blocks that somebody asked to open, by the list and category of the decision that the gateway froze.

    A case to which people came by different lists counts for each of them.
    """
    rows = CountedBlock.objects.filter(scope.among()).values_list("day", "list_id", "category")
    counts: dict[tuple[str, str], list[int]] = {}
    for _day, list_id, category, *numbers in rows.annotate(
        asked=Count("*"),
        are_answered=Count("day", filter=Q(answered=True)),
        are_approved=Count("day", filter=Q(approved=True)),
    ):
        name = (list_id, category)
        counts[name] = [*map(sum, zip(counts.get(name, (0, 0, 0)), numbers, strict=True))]
    return [Refused(*name, *numbers) for name, numbers in counts.items()]
