"""Which recorded events are past their time, and gone, from the spool and from the archive?

Asked at start and every hour; a worker finishes a segment after six hours at the latest, so an event
is deleted at most seven hours after its time has passed.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proxy.journal.archived import archived
from proxy.journal.counts import NAME, forget_gone
from proxy.journal.counts import Error as CountsError
from proxy.journal.event import microseconds
from proxy.journal.segments import segments, summary, try_lock, worker_dirs

CLOCK_ERROR_US = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Expired:
    """What was deleted.

    segments, events, bytes   how many; of the archive, a file counts as a segment
    failed                    files that are past their time and could not be deleted, and why
    """

    segments: int = 0
    events: int = 0
    bytes: int = 0
    failed: tuple[str, ...] = ()


def expire(spool: Path, before: datetime) -> Expired:
    """Delete the segments all of whose events happened before an aware moment.

    A segment with one younger event stays whole, and so does one that a worker still writes. The
    file's own time counts for a segment without readable events, and for one whose events claim to
    be from long after it was written (a clock was wrong). Never raises for one file's sake.
    """
    before_us = microseconds(before)
    deleted = events = size = 0
    failed: list[str] = []
    for directory in worker_dirs(spool):
        for path in segments(directory):
            try:
                found = _delete_if_older(path, before_us)
            except FileNotFoundError:
                continue
            except OSError as error:
                failed.append(f"{path}: {error.strerror}")
                continue
            if found:
                deleted, events, size = deleted + 1, events + found[0], size + found[1]
        _remove_if_empty(directory, before_us)
    return Expired(deleted, events, size, tuple(failed))


def expire_archived(archive: Path, before: datetime) -> Expired:
    """Delete the files of the archive all of whose events happened before an aware moment.

    As in the spool, the file's own time counts where events claim to be from long after it was written. A
    damaged file goes like any other: its name tells its time. What was counted of a file goes with it. Never
    raises for one file's sake.
    """
    before_us = microseconds(before)
    deleted = events = size = 0
    failed: list[str] = []
    for one in archived(archive):
        try:
            status = one.path.stat()
            written_us = status.st_mtime_ns // 1000
            last_us = one.last_us if one.last_us < written_us + CLOCK_ERROR_US else written_us
            if last_us >= before_us:
                continue
            one.path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            failed.append(f"{one.path}: {error.strerror}")
            continue
        deleted, events, size = deleted + 1, events + one.events, size + status.st_size
    for directory in worker_dirs(archive):
        _remove_if_empty(directory, before_us)
    try:
        forget_gone(archive)
    except CountsError as error:
        failed.append(f"{archive / NAME}: {error}")
    return Expired(deleted, events, size, tuple(failed))


def _delete_if_older(path: Path, before_us: int) -> tuple[int, int] | None:
    """Delete one segment if it is old enough; its number of events and its size, or None."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        total, status = summary(fd).total, os.fstat(fd)
        written_us = status.st_mtime_ns // 1000
        last_us = total.last_us if total and total.last_us < written_us + CLOCK_ERROR_US else written_us
        if last_us >= before_us or not try_lock(fd):
            return None
        path.unlink()
        return (total.events if total else 0), status.st_size
    finally:
        os.close(fd)


def _remove_if_empty(directory: Path, before_us: int) -> None:
    """Take away the directory of a worker that has written nothing for the whole retention time."""
    try:
        if directory.stat().st_mtime_ns // 1000 < before_us:
            directory.rmdir()
    except OSError:
        return
