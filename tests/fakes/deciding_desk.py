"""Decisions at the desk, good in all but what a test changes."""

from typing import Any

from proxy.console.people.models import Person
from proxy.console.review import desk
from proxy.console.review.models import Case
from review_office import MONDAY, NOTHING_SEEN, Office


def approve(office: Office, case: Case, by: Person | None = None, **fields: Any) -> Case:
    """Approve a case as asked; the reviewer does, unless somebody else is named."""
    given = {"reason": "good for class", "checklist": NOTHING_SEEN, "opening": desk.as_asked(case), **fields}
    return desk.approve(case.pk, by or office.reviewer, at=MONDAY, **given)
