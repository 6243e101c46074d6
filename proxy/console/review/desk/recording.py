"""How does a step that was taken get into the record, and what it opens into force?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from proxy.console.audit.append import append
from proxy.console.review import openings


class Taken(Protocol):
    """A step that was taken, as the history of a case or an incident has it."""

    pk: int
    step: str
    before: str
    after: str
    at: datetime


def record(about: str, move: Taken, actor: str, told: Mapping[str, Any]) -> None:
    """Write a step's audit record, the last thing in its transaction.

    about   `case:17`, `incident:4`: what the step was taken of
    told    ids and figures, no texts and no names
    """
    append(
        f"{about.partition(':')[0]}.{move.step}",
        actor=actor,
        about=about,
        detail={"move": move.pk, "before": move.before, "after": move.after, **told},
        at=move.at,
    )


def publish(at: datetime) -> None:
    """Bring what is open and permitted into force when the transaction is kept."""
    transaction.on_commit(lambda: openings.publish_now(at))
