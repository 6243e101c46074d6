"""Whoever is killed while events become incidents leaves all of it or nothing, and nothing doubled."""

from datetime import timedelta
from pathlib import Path

import pytest

from acts_seen import UV, incident_of, seen, spooled
from forked import alone, dying_at
from proxy.console.audit.models import AuditRecord
from proxy.console.incidents import desk
from proxy.console.incidents.models import Cursor, Finding, Incident, Move, Pardon, Taken
from proxy.console.incidents.reading import Reader
from proxy.console.incidents.states import State
from proxy.console.review.models import Permitted
from review_office import MONDAY, Office

KEPT = (Cursor, Taken, Finding, Incident, Move, Pardon, Permitted, AuditRecord)
LATER = MONDAY + timedelta(seconds=5)


@pytest.fixture
def office(transactional_db: None) -> Office:
    """Committed, so that other processes see it."""
    return Office()


def everything() -> dict[str, list[dict[str, object]]]:
    return {table.__name__: list(table._default_manager.order_by("pk").values()) for table in KEPT}


@pytest.mark.usefixtures("known_weights")
def test_a_round_counts_each_event_once_wherever_it_is_killed(office: Office, state: Path) -> None:
    assert Reader().read(MONDAY) == 0
    spooled(state, seen(), seen(host="b.example"), seen(client="10.20.1.8"))
    before, killed = everything(), 0
    for point in range(100):
        ended = alone(dying_at(point, lambda: Reader().read(LATER)))
        assert ended.killed, (point, ended)
        if everything() != before:
            break
        killed += 1
    after = everything()

    # The process was killed right after the commit: all of it is there, and is not counted again.
    assert killed > 8
    assert Reader().read(LATER) == 0
    assert everything() == after
    assert (Taken.objects.count(), Finding.objects.count(), Incident.objects.count()) == (3, 3, 2)
    assert AuditRecord.objects.filter(action="incident.open").count() == 2


def test_an_incident_ends_with_what_follows_from_it_or_not_at_all(office: Office) -> None:
    incident = desk.take_up(incident_of(office.student).pk, office.safeguarding, at=MONDAY)
    until = MONDAY + timedelta(days=1)

    def end() -> None:
        desk.end(
            incident.pk, office.safeguarding, at=LATER, outcome=State.INNOCENT, words="computer science",
            pardons=[desk.PardonWanted((UV,), "games.example", "who")],
            permits=[desk.PermitWanted(UV, "games.example", "who", until, "for class")],
        )  # fmt: skip

    before, killed = everything(), 0
    for point in range(100):
        ended = alone(dying_at(point, end))
        assert ended.killed, (point, ended)
        if everything() != before:
            break
        killed += 1

    assert killed > 8
    incident.refresh_from_db()
    assert incident.state == "innocent"
    assert (Pardon.objects.count(), Permitted.objects.count()) == (1, 1)
    assert AuditRecord.objects.filter(action="incident.clear").count() == 1
