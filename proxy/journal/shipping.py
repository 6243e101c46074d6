"""How do finished segments of the spool get into the archive, each exactly once, whatever is killed when?

    1. A finished segment is written as one Parquet file beside its place, synced, and renamed into it. From
       then on readers take the file and leave the segment alone.
    2. The segment is deleted ten minutes after it was finished, when its file has been read back and
       verifies, nobody is reading, and the worker has a newer one (so that numbers go on).
    3. What was blocked in a file is counted beside it (`counts.py`). Whoever asks before that reads its rows.

Killed before the rename, nothing has happened: the beginning of a file is thrown away the next time. Killed
after it, the segment is in both places, and counts once by its key. A file that does not verify counts as
none: its segment is written anew while it is there.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from proxy.journal.archived import (
    LOCK,
    READING,
    SUFFIX,
    Archived,
    archived,
    checksum,
    key_of,
    name_of,
    read_name,
)
from proxy.journal.counting import count
from proxy.journal.duck import Connection, DatabaseError, literal, opened
from proxy.journal.event import microseconds
from proxy.journal.frames import Header
from proxy.journal.segments import (
    DIR_MODE,
    FILE_MODE,
    finish_leftover,
    segments,
    summary,
    worker_dirs,
)
from proxy.journal.tables import Unshippable, load, ordered_rows

KEPT_IN_SPOOL = timedelta(minutes=10)  # for who follows the spool
ABANDONED = timedelta(hours=12)  # a living worker finishes a segment after six
_TEMPORARY = ".writing"


@dataclass(frozen=True, slots=True)
class Shipped:
    """What was done.

    segments, events   how many went into the archive
    freed              segments deleted from the spool, long enough after they went into the archive
    left               finished segments that stay in the spool, and why: they are read from there, and go
                       when their time has passed
    failed             what could not be done this time, and why; it is tried again
    busy               another process is doing it
    """

    segments: int = 0
    events: int = 0
    freed: int = 0
    left: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    busy: bool = False


def ship(state: Path, at: datetime) -> Shipped:
    """Bring what the workers have finished into the archive once; see `Shipper`."""
    return Shipper(state).ship(at)


class Shipper:
    """Brings segments into the archive, and remembers which of them cannot go there.

    state   the gateway's state directory
    """

    def __init__(self, state: Path) -> None:
        self.spool, self.archive = state / "spool", state / "archive"
        self._left: dict[tuple[Path, int, int], str] = {}

    def ship(self, at: datetime) -> Shipped:
        """Write what the workers have finished, and delete from the spool what has long been written.

        at   the present, aware

        Never raises for one segment's sake. Raises OSError when the archive's directory cannot be used.
        """
        _make_private(self.archive)
        with _locked(self.archive / LOCK) as mine:
            if not mine:
                return Shipped(busy=True)
            now = _Round(self.spool, self.archive, at, self._left)
            now.ship()
            now.free()
            now.count()
            return Shipped(now.segments, now.events, now.freed, tuple(now.left), tuple(now.failed))


class _Round:
    def __init__(
        self, spool: Path, archive: Path, at: datetime, known_left: dict[tuple[Path, int, int], str]
    ) -> None:
        self.spool, self.archive, self.at = spool, archive, at
        self.segments = self.events = self.freed = 0
        self.left: list[str] = []
        self.failed: list[str] = []
        self._known_left = known_left
        self._held = {one.key: one for one in archived(archive)}
        self._verified: dict[Path, bool] = {}

    def ship(self) -> None:
        """Write the files that are missing."""
        for directory in worker_dirs(self.spool):
            self._clear(self.archive / directory.name)
            for path in segments(directory):
                try:
                    self._ship_or_leave(path)
                except FileNotFoundError:
                    continue  # its time has passed meanwhile
                except OSError as error:
                    self.failed.append(f"{path}: {error.strerror}")
                except DatabaseError as error:
                    self.failed.append(f"{path}: {str(error).splitlines()[0]}")

    def free(self) -> None:
        """Delete the segments that the archive has, unless somebody is reading."""
        with _locked(self.archive / READING) as alone:
            if not alone:
                return
            for directory in worker_dirs(self.spool):
                for path in segments(directory)[:-1]:
                    try:
                        self._free_one(path)
                    except FileNotFoundError:
                        continue
                    except OSError as error:
                        self.failed.append(f"{path}: {error.strerror}")

    def count(self) -> None:
        """Count what was blocked, where that is not done yet."""
        self.failed += count(self.archive, self._held.values(), self.at)

    def _ship_or_leave(self, path: Path) -> None:
        status = path.stat()
        form = path, status.st_size, status.st_mtime_ns
        if form not in self._known_left:
            try:
                self._ship_one(path, status)
                return
            except Unshippable as error:
                self._known_left[form] = str(error)
        self.left.append(f"{path}: {self._known_left[form]}")

    def _ship_one(self, path: Path, status: os.stat_result) -> None:
        if microseconds(self.at) - status.st_mtime_ns // 1000 > ABANDONED // timedelta(microseconds=1):
            finish_leftover(path)
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            found = summary(fd)
            if found.tickets is None or found.total is None:
                return
            known = self._held.get(key_of(path, found.total))
            if known is not None and self._is_whole(known):
                return
            self._write(fd, path, found.total)
            if known is not None and known.path != self._held[known.key].path:
                known.path.unlink(missing_ok=True)
        finally:
            os.close(fd)
        self.segments += 1
        self.events += found.total.events

    def _write(self, fd: int, segment: Path, total: Header) -> None:
        directory = self.archive / segment.parent.name
        _make_private(directory)
        beginning = directory / f"{segment.stem}{_TEMPORARY}"
        database = opened(self.archive)
        try:
            load(database, fd, total.events)
            _write_parquet(database, beginning)
        finally:
            database.close()
        name = name_of(int(segment.stem), total)
        out = os.open(beginning, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fchmod(out, FILE_MODE)
            os.fsync(out)
            name = f"{name}-{checksum(name, out)}{SUFFIX}"
        finally:
            os.close(out)
        beginning.rename(directory / name)
        _sync(directory)
        written = self._held[key_of(segment, total)] = read_name(directory / name)
        self._verified.pop(written.path, None)

    def _free_one(self, path: Path) -> None:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            found, status = summary(fd), os.fstat(fd)
        finally:
            os.close(fd)
        age_us = microseconds(self.at) - status.st_mtime_ns // 1000
        if (
            found.tickets is None
            or found.total is None
            or age_us < KEPT_IN_SPOOL // timedelta(microseconds=1)
        ):
            return
        known = self._held.get(key_of(path, found.total))
        if known is not None and self._is_whole(known):
            path.unlink()
            self.freed += 1

    def _is_whole(self, known: Archived) -> bool:
        if known.path not in self._verified:
            self._verified[known.path] = known.verifies()
        return self._verified[known.path]

    def _clear(self, directory: Path) -> None:
        """Throw away what was begun when a process was killed; the lock says that nobody writes there."""
        for beginning in directory.glob(f"*{_TEMPORARY}"):
            with suppress(OSError):
                beginning.unlink()


def _write_parquet(database: Connection, path: Path) -> None:
    options = "format parquet, compression zstd, row_group_size 65536"
    database.execute(f"copy ({ordered_rows()}) to {literal(str(path.resolve()))} ({options})")


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold a lock file alone, if nobody else holds it; it says whether that is so."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(fd)


def _make_private(directory: Path) -> None:
    directory.mkdir(mode=DIR_MODE, parents=True, exist_ok=True)
    if directory.stat().st_mode & 0o777 != DIR_MODE:
        directory.chmod(DIR_MODE)


def _sync(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
