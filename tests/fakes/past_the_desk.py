"""Rows of requests as somebody would write them past the desk, and what the database says to that."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from proxy.console.people.models import Person
from proxy.console.review.models import Appeal, Case, Decision
from proxy.console.review.states import ON_APPEAL
from review_office import MONDAY, NOTHING_SEEN


def decision(
    case: Case, decider: Person, stage: str = "first", outcome: str = "denied", **fields: Any
) -> Decision:
    """A decision, by a row alone; on an appeal it is on the one that is heard."""
    if stage in ON_APPEAL:
        fields.setdefault("appeal", Appeal.objects.filter(case=case, withdrawn_at=None).first())
    return Decision.objects.create(
        **{
            "case": case, "decider": decider, "stage": stage, "outcome": outcome, "at": MONDAY,
            "reason": "because", "checklist": NOTHING_SEEN.as_plain(), **fields,
        }
    )  # fmt: skip


def refused(words: str, write: Callable[..., object], *args: Any, **fields: Any) -> None:
    """See that the database refuses a row, with these words."""
    with pytest.raises(IntegrityError, match=f"review: .*({words})"), transaction.atomic():
        write(*args, **fields)


def run(statement: str) -> None:
    """Run SQL as it is."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
