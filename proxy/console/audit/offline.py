"""How is the record checked, exported and gone on with after a restore, while the console does not run?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from proxy.console.audit import laid, triggers
from proxy.console.audit.append import append
from proxy.console.audit.exports import exported, json_lines, note_export
from proxy.console.audit.restoring import Restored, say_restored
from proxy.console.audit.verify import Verified, verify


class NoRecord(Exception):
    """The database cannot be read, or has no record; the message says why, without its password."""


def checked(state: Path) -> Verified:
    """Check the record. Raises NoRecord; OSError when a file beside it cannot be read."""
    with _readable():
        return verify(state)


def exported_lines(actor: str, at: datetime) -> Iterator[str]:
    """All records as JSON lines. That they were exported is the last of them. Raises NoRecord."""
    with _readable():
        own = note_export("record", "jsonl", actor=actor, at=at)
        yield from json_lines(exported().filter(number__lte=own.number))


def restored(state: Path, because: str, actor: str, at: datetime) -> Restored:
    """Say that an older database was put back. Raises NoRecord, NothingRestored and OSError."""
    with _readable():
        return say_restored(state, because, actor, at)


def guarded(actor: str, at: datetime) -> list[str]:
    """Lay the triggers of all apps again, if any is off, gone or changed; return those. Raises NoRecord."""
    with _readable(), transaction.atomic():
        missing = triggers.missing(connection, triggers.of_all_apps)
        if missing:
            triggers.lay(connection, triggers.of_all_apps)
            append(laid.BY_HAND, actor=actor, detail=laid.told(laid=missing), at=at)
        return missing


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise NoRecord(f"the database cannot be used: {' '.join(str(error).split())[:300]}") from error
