"""What reviewers send from the pages: buttons pressed, decisions recorded, by Django's test client."""

from typing import Any

from django.test import Client

from proxy.console.review.models import Case
from proxy.console.review.states import State

CLEAN = {
    "decide-obscene": "no",
    "decide-child_pornography": "no",
    "decide-harmful_to_minors": "no",
    "decide-reason": "It is what the class works on",
}


def press(client: Client, case: Case, step: str, **fields: Any) -> Any:
    """Send one of the small forms of a case: `claim`, `ask` ..."""
    return client.post(f"/cases/{case.pk}/{step}/", fields)


def decide(client: Client, case: Case, answer: str | None, **fields: Any) -> Any:
    """Send the decision form, all three questions answered by no; a field given as None is left out."""
    values = CLEAN | {"decide-answer": answer} | {f"decide-{name}": value for name, value in fields.items()}
    return client.post(f"/cases/{case.pk}/decide/", {name: v for name, v in values.items() if v is not None})


def state_of(case: Case) -> State:
    """Where a case stands by now."""
    case.refresh_from_db()
    return State(case.state)
