"""Events and spools for tests: what a school's afternoon might leave behind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from proxy.decision.request import Stage
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.verdict import Action, Handling, Reason
from proxy.journal.codec import ClientTag, Template
from proxy.journal.event import Event
from proxy.journal.kept_signs import kept_signs
from proxy.journal.spool import Spool

NOON = datetime(2024, 11, 25, 12, 0, tzinfo=UTC)

PLAIN = Event(
    time=NOON,
    stage=Stage.HTTP,
    client="192.0.2.7",
    group="middle",
    host="www.example.org",
    action=Action.ALLOW,
    reason=Reason.DEFAULT,
    subject="abcdefghij234567",
    url="https://www.example.org/labs?page=2",
    method="GET",
    base=3,
    overlay=5,
    bytes=1234,
    duration_us=56_789,
    handling=Handling.INSPECT,
)


SEEN = kept_signs(
    [
        Sign(
            "webproxy.bare", Nature.ANONYMIZER, Consequence.INCIDENT, 0.99, "", (("fields", "x-bare-url"),)
        ),
        Sign("tls.no_sni", Nature.ADDRESS, Consequence.LOG, 0.5, ""),
    ],
    with_url=True,
)  # fmt: skip
"""Signs, as an event keeps them."""


def happened(after_s: float = 0, **changes: Any) -> Event:
    """An event so many seconds after noon, otherwise PLAIN with changes."""
    return replace(PLAIN, time=NOON + timedelta(seconds=after_s), **changes)


def spool_in(directory: Path, worker: str = "http-1", **options: Any) -> Spool:
    """A spool with quick syncs."""
    return Spool(directory, worker=worker, gateway="test-gateway", **{"sync_ms": 20, **options})


def recorded(directory: Path, *events: Event, worker: str = "http-1", **options: Any) -> list[Event]:
    """Write events through a spool, close it, and return them as a journal should give them back."""
    spool = spool_in(directory, worker, **options)
    kept = [replace(e, id=spool.append(e), gateway="test-gateway", worker=worker) for e in events]
    spool.close()
    return kept


def append_batch(
    spool: Spool,
    time_us: int,
    templates: list[Template],
    tags: list[ClientTag],
    durations_us: list[int] | None = None,
) -> None:
    """Append events of one moment, none of whose templates is in the frame in the making yet."""
    _, listed = spool.frame()
    first = len(listed)
    listed.extend(templates)
    spool.append_batch(time_us, listed, range(first, len(listed)), tags, durations_us)
