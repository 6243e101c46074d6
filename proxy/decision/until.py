"""When could the answer to this attempt next change, if nobody publishes anything?

The moment bounds the verdict cache and the DNS TTL, so that a device cannot remember "blocked" into
lunch. It may lie earlier than the true change, never later.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from proxy.decision.case import Case
from proxy.decision.signed import permits_about
from proxy.decision.view import schedules_of


def next_change(case: Case) -> datetime | None:
    """Return the next moment at which the verdict could differ, in UTC; None when there is none."""
    at = case.at
    speaks = case.overrides or case.school_rules or case.attempt.signs
    found = [moment for moment in _moments(case) if moment > at] if speaks else []
    for schedule in schedules_of(case.view, {listing.category for listing in case.listings}):
        edge = schedule.next_change(at)
        if edge is not None:
            found.append(edge)
    return min(found, default=None)


def _moments(case: Case) -> Iterator[datetime]:
    """Beginnings and ends of the exceptions and school rules on the host, and of permits for its signs."""
    spans = [(one.begins, one.ends) for one in case.overrides]
    spans += [(one.begins, one.ends) for one in permits_about(case)]
    for edge in chain.from_iterable(spans):
        if edge is not None:
            yield edge.astimezone(UTC)
    for scheduled in case.school_rules:
        yield _midnight(case, scheduled.rule.since)
        if scheduled.rule.ends is not None:
            yield _midnight(case, scheduled.rule.ends + timedelta(days=1))


def _midnight(case: Case, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=case.policy.zone).astimezone(UTC)
