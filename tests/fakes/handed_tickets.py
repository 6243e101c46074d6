"""Tickets as a gateway of the demo's school hands them out, for tests of the console."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from proxy.console.site.config import config
from proxy.journal.pseudonym import Pseudonyms
from proxy.tickets.claims import TicketClaims
from proxy.tickets.keyring import Keyring, keyring_path
from proxy.tickets.sealing import sign

BLOCKED_AT = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


def claims(subject: str = "", **changes: object) -> TicketClaims:
    """What a block of physics.example states; `subject` is a roster id or a device's, in the clear."""
    met = TicketClaims(
        event="0192f0c1aa550001",
        at=BLOCKED_AT,
        gateway="demo",
        subject=pseudonym(subject),
        group="high",
        url="http://physics.example/labs/optics",
        category="games",
        basis="local",
        reason="category",
        list_id="demo-games",
        line=3,
        base=1,
        overlay=0,
        expires=BLOCKED_AT + timedelta(days=30),
        code="7KQ29FXM",
    )
    return replace(met, **changes)  # type: ignore[arg-type]


def pseudonym(subject: str) -> str:
    """As the gateway writes somebody into tickets and events."""
    return Pseudonyms.open_or_create(config().state / "keys").of(subject) if subject else ""


def ticket(subject: str = "", **changes: object) -> str:
    """A sealed ticket of this school's gateway."""
    return sign(claims(subject, **changes), _keyring(config().state))


def ticket_of_another_school(directory: Path) -> str:
    """A sealed ticket whose key this school does not have."""
    return sign(claims(), _keyring(directory))


def _keyring(state: Path) -> Keyring:
    return Keyring.open_or_create(keyring_path(state), BLOCKED_AT)
