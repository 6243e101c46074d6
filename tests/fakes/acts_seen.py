"""Ways around the filter as the journal tells of them, and what the console makes of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from proxy.bypass.knowledge import Technique
from proxy.console.incidents import desk
from proxy.console.incidents.models import Finding, Incident
from proxy.console.incidents.naming import pseudonyms
from proxy.console.incidents.opening import weigh
from proxy.console.incidents.states import State
from proxy.console.people.models import Person
from proxy.decision.request import Stage
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.verdict import Action, Reason
from proxy.journal import Event, Spool
from proxy.journal.kept_signs import kept_signs
from review_office import MONDAY, SCHOOL

UV, WIREGUARD = "webproxy.ultraviolet", "vpn.wireguard"
WEIGHTS = {UV: 0.9, WIREGUARD: 0.7, "tls.no_sni": 0.0}


def known(id_: str, weight: float, nature: Nature = Nature.ANONYMIZER) -> Technique:
    """A technique as a file describes it."""
    consequence = Consequence.INCIDENT if weight else Consequence.BLOCK
    return Technique(id_, nature, consequence, weight, id_, "It leads around the filter.")


def pseudonym(person: Person) -> str:
    """Under which name events know a person."""
    told = pseudonyms()
    assert told is not None
    return told.of(person.sourced_id or "")


def seen(technique: str = UV, at: datetime = MONDAY, sure: float = 1.0, **changes: Any) -> Event:
    """An attempt that was stopped for a technique; by nobody who is known, unless one says so."""
    sign = Sign(technique, Nature.ANONYMIZER, Consequence.INCIDENT, sure, "", (("field", "x-bare-url"),))
    made = Event(
        time=at,
        stage=Stage.HTTP,
        client="10.20.1.7",
        group="high",
        host="games.example",
        action=Action.BLOCK,
        reason=Reason.WAY_AROUND,
        list_id="bypass",
        rule=technique,
        signs=kept_signs([sign], with_url=True),
    )
    return replace(made, **changes)


def spooled(state: Path, *events: Event, worker: str = "http-0") -> list[str]:
    """Write events as a worker of the gateway does; return their ids."""
    spool = Spool(state / "spool", worker=worker, gateway="gate", sync_ms=20)
    ids = [spool.append(event) for event in events]
    spool.close()
    return ids


def act(weight: float = 0.9, at: datetime = MONDAY, **changes: Any) -> Finding:
    """An act, by a row alone."""
    return Finding.objects.create(
        **{
            "who": "10.20.1.7", "client": "10.20.1.7", "policy_group": "high", "school": SCHOOL,
            "stage": "http",
            "technique": UV, "host": "games.example", "site": "games.example",
            "evidence": {"field": "x-bare-url"},
            "confidence": 1.0, "weight": weight, "event": "0" * 26, "first_at": at, "last_at": at, **changes,
        }
    )  # fmt: skip


def incident_of(person: Person | None = None, at: datetime = MONDAY, **changes: Any) -> Incident:
    """An incident that opened by one act: of a person, or of a device that nobody is known by."""
    who = pseudonym(person) if person is not None else "10.20.1.7"
    made = act(at=at, **{"who": who, "subject": who if person is not None else "", **changes})
    with transaction.atomic():
        (opened,) = weigh([made.who], at)
    return opened


def ended(incident: Incident, by: Person, outcome: State, at: datetime = MONDAY, **more: Any) -> Incident:
    """Take an incident up, and end it."""
    desk.take_up(incident.pk, by, at=at)
    return desk.end(incident.pk, by, at=at, outcome=outcome, words="we spoke about it", **more)


def refused(told: str, write: Callable[..., object], /, *args: Any, **fields: Any) -> None:
    """See that the database refuses a row, with these words."""
    with pytest.raises(IntegrityError, match=f"(incidents|review): .*({told})"), transaction.atomic():
        write(*args, **fields)
