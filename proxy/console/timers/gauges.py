"""How much waits now, in numbers that name nobody?

Requests to the counselor alone are left out: they are so few that a number would tell when there was one.
"""

from collections import Counter
from datetime import datetime

from django.db.models import Count

from proxy import metrics
from proxy.console.audit.log_faults import how_many_unseen
from proxy.console.incidents.standing import standing
from proxy.console.post import calls
from proxy.console.post.backlog import given_up, oldest_waiting, waiting
from proxy.console.review.entries import holding
from proxy.console.review.models import Case
from proxy.console.review.states import Kind, Lane


def gauge(at: datetime) -> None:
    """Set the gauges of requests, approvals, letters, webhook messages and the publish log."""
    waits = Case.objects.exclude(duty="").filter(lane=Lane.ORDINARY.value)
    by_kind = Counter(dict(waits.values_list("kind").annotate(Count("id"))))
    for kind in Kind:
        metrics.CASES_WAITING.set(by_kind[kind.value], kind.value)
    metrics.CASES_OVERDUE.set(waits.filter(due_at__lte=at).count())
    metrics.OPENINGS_HOLDING.set(holding(at).count())
    metrics.LETTERS_WAITING.set(waiting().count())
    metrics.LETTERS_OLDEST.set(oldest_waiting(at).total_seconds())
    metrics.LETTERS_GIVEN_UP.set(given_up().count())
    metrics.CALLS_WAITING.set(calls.waiting().count())
    metrics.CALLS_GIVEN_UP.set(calls.given_up().count())
    metrics.LOG_FAULTS.set(how_many_unseen())
    metrics.INCIDENTS_STANDING.set(standing().count())
