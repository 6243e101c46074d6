"""Who checks the record for somebody at its page, when, and where does the result stand?

A short record is checked while the page waits. A longer one is asked for: the timers take the wish up. One
check at a time: whoever checks holds a lock, which is free again however their process ends, and a wish stays
until it was fulfilled. What was found stands in a file until the next check; that it was checked, in the
record.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction

from proxy.console.audit.append import append
from proxy.console.audit.models import AuditHead, AuditRecord
from proxy.console.audit.verify import verify
from proxy.console.site.config import ConsoleConfig

log = logging.getLogger(__name__)

AT_ONCE = 5000
"""Records that are checked while the page waits: well below a second."""
LOCK, WISH, RESULT = "check.lock", "check.asked", "check.json"


class Outcome(Enum):
    """What became of somebody's wish."""

    DONE = "done"
    ASKED = "asked"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Asked:
    """That somebody wants the record checked; `by` as the record calls them."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last check found.

    at, by     when it began and who wanted it
    records    good ones, up to the first fault
    head       hash of the last good one
    first      when the first one was written; None: there is none, or it is bad
    recorded   that it was checked is in the record; False where the record takes nothing any more
    """

    at: datetime
    by: str
    records: int
    head: str
    first: datetime | None
    faults: tuple[str, ...]
    recorded: bool = True


def ask(running: ConsoleConfig, by: str, at: datetime) -> Outcome:
    """Check the record now, or ask the timers to. Raises what `verify` raises."""
    with _alone(running.folder) as alone:
        if not alone or asked(running) is not None:
            return Outcome.BUSY
        if AuditRecord.objects.all()[: AT_ONCE + 1].count() > AT_ONCE:
            _write(running.folder / WISH, {"at": at.isoformat(), "by": by})
            return Outcome.ASKED
        _check(running, Asked(at, by))
        return Outcome.DONE


def check_if_asked(running: ConsoleConfig, at: datetime) -> bool:
    """Do what was asked for, if anything was, as of a moment; say whether. Raises what `verify` raises."""
    if asked(running) is None:
        return False
    with _alone(running.folder) as alone:
        wish = asked(running)
        if not alone or wish is None:
            return False
        _check(running, replace(wish, at=at))
        (running.folder / WISH).unlink()
        return True


def asked(running: ConsoleConfig) -> Asked | None:
    """What is asked for and not done yet."""
    match _read(running.folder / WISH):
        case {"at": datetime() as at, "by": str(by)}:
            return Asked(at, by)
    return None


def last_checked(running: ConsoleConfig) -> Checked | None:
    """What the last check found; None when there was none."""
    found = _read(running.folder / RESULT)
    try:
        return Checked(**{**found, "faults": tuple(found["faults"])}) if found else None
    except (KeyError, TypeError):
        return None


def _check(running: ConsoleConfig, wish: Asked) -> None:
    found = verify(running.state)
    checked = Checked(
        wish.at, wish.by, found.head.number, found.head.hash, found.first, tuple(map(str, found.faults))
    )
    told = {
        "whole": found.is_whole,
        "records": found.head.number,
        "first_bad": next((fault.number for fault in found.faults if fault.number is not None), None),
    }
    try:
        with transaction.atomic():
            append("audit.verify", actor=wish.by, detail=told, at=wish.at)
    except (DatabaseError, AuditHead.DoesNotExist) as error:
        log.error("the record was checked, but takes no record of that: %s", type(error).__name__)
        checked = replace(checked, recorded=False)
    _write(running.folder / RESULT, asdict(checked))


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Hold the lock of whoever checks; say whether it was free."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(held)


def _write(path: Path, what: Mapping[str, Any]) -> None:
    """Put a file in its place in one step; only the holder of the lock writes."""
    beside = path.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
        json.dump(what, file, default=datetime.isoformat)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _read(path: Path) -> dict[str, Any]:
    """What a file says, its times as such; nothing where there is none, or not one of ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        times = {key: datetime.fromisoformat(found[key]) for key in ("at", "first") if found.get(key)}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return {**found, **times}
