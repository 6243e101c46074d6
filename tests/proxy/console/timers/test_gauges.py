"""How much waits."""

from datetime import timedelta

import pytest

from audited import acts
from proxy import metrics
from proxy.console.post.models import Call, Letter
from proxy.console.review.states import Kind
from proxy.console.timers.gauges import gauge
from review_office import MONDAY, Office


@pytest.mark.django_db
def test_what_waits_is_counted() -> None:
    office = Office()
    office.asks("a.example")
    office.asks("b.example", by="teacher", kind=Kind.SHOULD_BLOCK)
    office.approved(host="c.example")
    office.denied(host="d.example")
    office.asks_alone(host="e.example", by="student_b")
    Letter.objects.all().delete()
    for number, what in enumerate(({}, {"sent_at": MONDAY}, {"given_up_at": MONDAY})):
        Letter.objects.create(
            key=str(number), to="x@school.example", language="en", subject="s", text="t", html="h",
            queued_at=MONDAY, not_before=MONDAY, **what,
        )  # fmt: skip
        Call.objects.create(key=str(number), body="{}", queued_at=MONDAY, not_before=MONDAY, **what)

    gauge(MONDAY + timedelta(minutes=1))
    assert [metrics.CASES_WAITING.bind(kind.value).value for kind in Kind] == [1, 1, 0, 0]
    assert metrics.CASES_OVERDUE.bind().value == 0
    assert metrics.OPENINGS_HOLDING.bind().value == 1
    assert metrics.LETTERS_WAITING.bind().value == 1
    assert metrics.LETTERS_OLDEST.bind().value == 60
    assert metrics.LETTERS_GIVEN_UP.bind().value == 1
    assert metrics.CALLS_WAITING.bind().value == 1
    assert metrics.CALLS_GIVEN_UP.bind().value == 1
    assert metrics.LOG_FAULTS.bind().value == 0
    acts(2, action="bundle.log_broken")

    gauge(MONDAY + timedelta(days=30))
    assert metrics.CASES_OVERDUE.bind().value == 2
    assert metrics.OPENINGS_HOLDING.bind().value == 0
    assert metrics.LOG_FAULTS.bind().value == 2
