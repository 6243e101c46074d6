"""Which requests, answers, appeals and refusals does the database hold of a period?

The database counts. Of answers alone every one is read: SQLite knows no median.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case as Either
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields.json import KT

from proxy.console.reports.figures import Answer, Appeals, Made, Refused
from proxy.console.reports.periods import Period
from proxy.console.reports.school_time import SchoolTime
from proxy.console.review.models import Appeal, Asking, Case, Decision, Move
from proxy.console.review.states import Kind, Lane, Outcome, Stage, State, Step
from proxy.console.review.timetable import Timetable

BEFORE_ANSWER = [State.SUBMITTED.value, State.IN_REVIEW.value, State.NEEDS_ANSWER.value]
GRANTED = [Outcome.APPROVED.value, Outcome.NARROWED.value, Outcome.OVERTURNED.value]
FINAL = [outcome.value for outcome in Outcome if outcome is not Outcome.ENDORSED]
ON_APPEAL = [Stage.APPEAL.value, Stage.APPEAL_ENDORSEMENT.value]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose requests: made in a period, at these schools.

    schools   ids; "" for what belongs to the whole district; None: all
    """

    period: Period
    schools: frozenset[str] | None = None

    def among(self, case: str = "") -> Q:
        """The condition on cases; `case` leads to them, such as `case__`."""
        made = {f"{case}opened_at__gte": self.period.begins, f"{case}opened_at__lt": self.period.ends}
        here = {} if self.schools is None else {f"{case}school__in": self.schools}
        return Q(**made, **here)

    def part(self, case: str = "") -> Either:
        """SQL for the number of the part in which a case was made."""
        ends = [self.period.midnight(day) for day in self.period.parts()][1:]
        whens = [
            When(Q(**{f"{case}opened_at__lt": end}), then=Value(place)) for place, end in enumerate(ends)
        ]
        return Either(*whens, default=Value(len(ends)), output_field=IntegerField())


def made(scope: Scope, at: datetime) -> list[Made]:
    """The requests of a scope, counted by kind, school and part of the period.

    at   the present, for what is overdue without an answer
    """
    cases = Case.objects.filter(scope.among())
    handed_up = Move.objects.filter(case=OuterRef("pk"), step=Step.ESCALATE.value, before__in=BEFORE_ANSWER)
    late = (
        Q(state__in=BEFORE_ANSWER, due_at__lt=at)
        | Q(overdue_at__isnull=False, appeal__isnull=True)
        | Q(Exists(handed_up), appeal__isnull=False)  # an appeal has a due time of its own
    )
    rows = cases.order_by().annotate(part=scope.part()).values_list("kind", "school", "part")
    counted = rows.annotate(number=Count("pk"), late=Count("pk", filter=late))
    askings = Asking.objects.filter(scope.among("case__")).order_by().annotate(part=scope.part("case__"))
    groups = askings.values_list("case__kind", "case__school", "part").annotate(number=Count("pk"))
    asked = {(kind, school, part): number for kind, school, part, number in groups}
    parts = [*scope.period.parts()]
    return [
        Made(kind, school, parts[part], number, asked.get((kind, school, part), 0), overdue)
        for kind, school, part, number, overdue in counted
    ]


def answers(scope: Scope, at: datetime, times: Timetable) -> list[Answer]:
    """The first answers to the requests of a scope. The first of two signatures is no answer yet."""
    school = SchoolTime(
        scope.period.begins, max(at, scope.period.ends), times.calendar, times.hours_of_day, times.zone
    )
    parts = [*scope.period.parts()]
    final = Decision.objects.filter(scope.among("case__")).exclude(stage__in=ON_APPEAL)
    rows = final.exclude(outcome=Outcome.ENDORSED.value).order_by().annotate(part=scope.part("case__"))
    found = rows.values_list("case__kind", "case__school", "part", "case__opened_at", "at")
    return [
        Answer(kind, where, parts[part], school.between(begun, done), max(done - begun, timedelta(0)))
        for kind, where, part, begun, done in found
    ]


def appeals(scope: Scope) -> Appeals:
    """What became of the appeals on the scope's requests."""
    ruled = Decision.objects.filter(scope.among("case__"), stage=Stage.APPEAL.value)
    granted = ruled.filter(outcome__in=GRANTED)
    return Appeals(
        Appeal.objects.filter(scope.among("case__")).count(),
        ruled.exclude(outcome=Outcome.ENDORSED.value).count(),
        granted.count(),
    )


def refused(scope: Scope) -> list[Refused]:
    """Blocks that somebody asked to open, by the list and category of the decision that the gateway froze.

    A case to which people came by different lists counts for each of them. Cases of the private lane are
    left out: what somebody asks a counselor about is nobody's figure.
    """
    frozen = Asking.objects.filter(
        scope.among("case__"), case__kind=Kind.UNBLOCK.value, case__lane=Lane.ORDINARY.value
    )
    asked = _by_list(frozen)
    answered = _by_list(frozen.filter(case__decisions__outcome__in=FINAL))
    approved = _by_list(frozen.filter(case__decisions__outcome__in=GRANTED))
    return [
        Refused(*name, number, answered.get(name, 0), approved.get(name, 0))
        for name, number in asked.items()
        if any(name)
    ]


def _by_list(found: QuerySet[Asking]) -> Mapping[tuple[str, str], int]:
    named = found.order_by().annotate(list_id=KT("evidence__list_id"), under=KT("evidence__category"))
    rows = named.values_list("list_id", "under").annotate(number=Count("case", distinct=True))
    counts: dict[tuple[str, str], int] = {}
    for list_id, category, number in rows:
        name = (list_id or "", category or "")
        counts[name] = counts.get(name, 0) + number
    return counts
