"""What do the figures count of cases that were made up? What the desk would have written with each step."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxy.console.review.models import Case

_MICROSECOND = timedelta(microseconds=1)


def count(
    cases: Sequence["Case"],
    *,
    answered_at: Callable[["Case"], datetime] | None,
    approved: bool,
    asked: Callable[["Case"], int],
    block_of: Callable[["Case"], tuple[str, str]],
) -> None:
    """Write what counts of new cases, all of them answered alike, once Django is set up.

    answered_at   None: they are not answered
    block_of      the list and category that had blocked a page, of cases that ask for one
    """
    from proxy.console.review.models import Counted, CountedBlock
    from proxy.console.review.timetable import timetable

    times, counted, blocks = timetable(), [], []
    for case in cases:
        row = Counted(
            case=case, day=times.day(case.opened_at), school=case.school, kind=case.kind, asked=asked(case),
            late=case.overdue_at is not None,
        )  # fmt: skip
        if answered_at is not None:
            at = answered_at(case)
            row.in_school_us = times.left(case.opened_at, at) // _MICROSECOND
            row.by_clock_us = (at - case.opened_at) // _MICROSECOND
        counted.append(row)
        if case.kind == "unblock":
            list_id, category = block_of(case)
            blocks.append(
                CountedBlock(
                    case=case, day=row.day, school=row.school, list_id=list_id, category=category,
                    answered=answered_at is not None, approved=approved,
                )
            )  # fmt: skip
    Counted.objects.bulk_create(counted)
    CountedBlock.objects.bulk_create(blocks)
