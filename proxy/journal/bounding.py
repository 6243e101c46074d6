"""Is there more recorded than the settings allow? Then the oldest files of the archive go before their time.

What went is written to `<state>/archive/evicted.json`, so that whoever reads that time later is told.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from proxy.journal.archived import archived
from proxy.journal.segments import FILE_MODE, segments, worker_dirs

NAME = "evicted.json"


@dataclass(frozen=True, slots=True)
class Evicted:
    """What was deleted for want of room.

    events    how many
    last_us   the latest time among them, in microseconds since 1970
    """

    events: int = 0
    last_us: int = 0


def make_room(state: Path, max_bytes: int) -> Evicted:
    """Delete the oldest files of the archive while spool and archive together exceed a size.

    Returns what was deleted now. The spool bounds itself. Raises OSError.
    """
    files = [(one, _size(one.path)) for one in archived(state / "archive")]
    excess = sum(size for _, size in files) + _spool_bytes(state / "spool") - max_bytes
    gone = Evicted()
    for one, size in sorted(files, key=lambda pair: pair[0].last_us):
        if excess <= 0:
            break
        told = evicted(state / "archive")
        # Told before it is done: a file that is missed and was not told of would be a silent loss.
        _tell(state / "archive", Evicted(told.events + one.events, max(told.last_us, one.last_us)))
        one.path.unlink(missing_ok=True)
        excess -= size
        gone = Evicted(gone.events + one.events, max(gone.last_us, one.last_us))
    return gone


def evicted(archive: Path) -> Evicted:
    """All that was ever deleted from an archive for want of room."""
    try:
        told = json.loads((archive / NAME).read_bytes())
        return Evicted(int(told["events"]), int(told["last_us"]))
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return Evicted()


def _tell(archive: Path, told: Evicted) -> None:
    fresh = archive / f"{NAME}.new"
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
    with open(fd, "w") as out:
        json.dump({"events": told.events, "last_us": told.last_us}, out)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(archive / NAME)


def _spool_bytes(spool: Path) -> int:
    return sum(_size(path) for directory in worker_dirs(spool) for path in segments(directory))


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0
