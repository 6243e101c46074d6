from datetime import UTC, datetime, timedelta

import pytest

from proxy.bench.counted import count
from proxy.console.review.models import Case, Counted, CountedBlock

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)  # Sunday evening in Chicago
MORNING = AT + timedelta(hours=12)
HOUR_US = 3_600_000_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answered_at", "lengths", "flags"),
    [
        pytest.param(None, (None, None), (False, False), id="they wait"),
        pytest.param(
            lambda case: AT + timedelta(hours=12), (HOUR_US, 12 * HOUR_US), (True, True), id="approved"
        ),
    ],
)
def test_what_the_desk_would_have_written(answered_at, lengths, flags):
    cases = [Case.objects.create(kind=kind, opened_at=AT, school="s") for kind in ("unblock", "resource")]

    count(
        cases, answered_at=answered_at, approved=answered_at is not None, asked=lambda case: 2,
        block_of=lambda case: ("ut1", "games"),
    )  # fmt: skip

    for row, case in zip(Counted.objects.order_by("pk"), cases, strict=True):
        assert (row.pk, row.kind, row.school, row.asked, row.late) == (case.pk, case.kind, "s", 2, False)
        assert (row.day.isoformat(), row.in_school_us, row.by_clock_us) == ("2026-11-22", *lengths)
    block = CountedBlock.objects.get()
    assert (block.case_id, block.list_id, block.category) == (cases[0].pk, "ut1", "games")
    assert (block.answered, block.approved) == flags
