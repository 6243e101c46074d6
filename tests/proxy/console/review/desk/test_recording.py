"""A step that was taken stands in the record."""

import json

import pytest

from acts_seen import incident_of
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.incidents.models import Move
from proxy.console.review.desk.recording import record
from review_office import MONDAY, Office

pytestmark = pytest.mark.django_db


def test_it_says_what_was_done_to_what_by_whom_and_where_that_led() -> None:
    incident = desk.take_up(incident_of().pk, Office().safeguarding, at=MONDAY)
    move = Move.objects.get()
    record("case:17", move, "timers", {"acts": 2})
    written = AuditRecord.objects.latest("number")
    assert (written.action, written.about, written.actor, written.at) == (
        "case.take_up", "case:17", "timers", MONDAY,
    )  # fmt: skip
    assert json.loads(written.detail) == {
        "move": move.pk, "before": "open", "after": incident.state, "acts": 2,
    }  # fmt: skip
