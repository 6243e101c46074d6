"""What do the figures learn of a step, in the transaction that takes it?"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import F

from proxy.console.review.models import Asking, Case, Counted, CountedBlock, Decision
from proxy.console.review.states import ON_APPEAL, Kind, Lane, Outcome, State
from proxy.console.review.timetable import Timetable
from proxy.console.review.workflow import OPEN

GRANTED = frozenset({Outcome.APPROVED.value, Outcome.NARROWED.value, Outcome.OVERTURNED.value})
_LONGEST = 255
_MICROSECOND = timedelta(microseconds=1)


def asked(case: Case, asking: Asking, times: Timetable) -> None:
    """Count that somebody asks; the first asking of a case makes it one that counts."""
    if case.lane != Lane.ORDINARY.value:
        return
    where = {"day": times.day(case.opened_at), "school": case.school}
    made, is_new = Counted.objects.get_or_create(pk=case.pk, defaults={"kind": case.kind, **where})
    if not is_new:
        Counted.objects.filter(pk=made.pk).update(asked=F("asked") + 1)
    list_id, category = blocked_by(asking.evidence)
    if case.kind == Kind.UNBLOCK.value and (list_id or category):
        CountedBlock.objects.get_or_create(case=case, list_id=list_id, category=category, defaults=where)


def overdue(case: Case, before: State) -> None:
    """Count that the due time passed before the first answer; an appeal has a due time of its own.

    before   the state that the step left
    """
    if before in OPEN and case.overdue_at is not None:
        Counted.objects.filter(pk=case.pk, late=False).update(late=True)


def decided(case: Case, decision: Decision, times: Timetable) -> None:
    """Count an answer: how long the first one took, and whether anything was approved."""
    if decision.outcome == Outcome.ENDORSED.value:
        return
    if decision.stage not in ON_APPEAL:
        passed = max(decision.at - case.opened_at, timedelta(0))
        Counted.objects.filter(pk=case.pk).update(
            in_school_us=times.left(case.opened_at, decision.at) // _MICROSECOND,
            by_clock_us=passed // _MICROSECOND,
        )
    granted = {"approved": True} if decision.outcome in GRANTED else {}
    CountedBlock.objects.filter(case=case).update(answered=True, **granted)


def blocked_by(evidence: Mapping[str, Any]) -> tuple[str, str]:
    """The list and the category by which the gateway blocked, as far as its frozen decision names them."""
    return _text(evidence.get("list_id")), _text(evidence.get("category"))


def _text(value: object) -> str:
    """Text as it is, and whatever else a ticket may hold in its place as JSON."""
    if value is None:
        return ""
    return (value if isinstance(value, str) else json.dumps(value))[:_LONGEST]
