"""Does each record follow from the one before it, unchanged?

A record's hash is SHA-256 over a JSON list, in ASCII and without blanks, of

    1 (this form), number, time in UTC with microseconds, actor, action, about, detail, previous

`previous` is the hash of the record before, so that whoever changes, drops, adds or moves one has to change
all that come after it, and with them every hash that somebody else has kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

FORM = 1
START = "0" * 64


class Chained(Protocol):
    """What a record has, in the database or in an export."""

    number: int
    at: datetime
    actor: str
    action: str
    about: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Link:
    """Where a chain ends: the number and hash of its last record."""

    number: int = 0
    hash: str = START


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong.

    number   of the bad record; None where no single record can be named
    what     what is wrong with it, for the operator
    """

    number: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.number is None else f"record {self.number}: {self.what}"


def canonical(detail: Mapping[str, Any]) -> str:
    """The one spelling of a detail. Raises ValueError and TypeError for what JSON does not know."""
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def hash_of(record: Chained) -> str:
    """What a record's hash must be, from all the rest of it."""
    written = [
        FORM,
        record.number,
        record.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        record.actor,
        record.action,
        record.about,
        record.detail,
        record.previous,
    ]
    return sha256(json.dumps(written, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


def fault_in(before: Link, record: Chained) -> Fault | None:
    """Say what is wrong with a record that should follow another; None when it does."""
    expected = before.number + 1
    if record.number > expected:
        gone = str(expected) if record.number == expected + 1 else f"{expected} to {record.number - 1}"
        return Fault(
            expected, f"is gone: the record after {before.number} is {record.number} ({gone} missing)"
        )
    if record.number < expected:
        return Fault(record.number, f"is out of order: it comes after {before.number}")
    if not _fits(record):
        return Fault(record.number, "was changed: its content does not fit its hash")
    if record.previous != before.hash:
        if before.number == 0:
            return Fault(1, "is not the first that was written: it follows another one")
        return Fault(before.number, f"was exchanged: record {record.number} follows another one than this")
    return None


def _fits(record: Chained) -> bool:
    """Whether a record has its hash. In a damaged file any column can hold anything."""
    try:
        return record.hash == hash_of(record)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return False
