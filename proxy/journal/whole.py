"""What happened, in the spool and in the archive? Each event once, wherever it lies by now.

A segment that the archive holds is read there, any other from the spool, live ones included, so an answer is
complete and fresh at any moment. While somebody reads, the shipper deletes nothing from the spool.
"""

import fcntl
import heapq
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from proxy.journal.archived import READING, Archived, Key, archived, key_of
from proxy.journal.bounding import evicted
from proxy.journal.duck import Connection, DatabaseError, opened, parameters
from proxy.journal.event import Event, microseconds
from proxy.journal.read import Journal, Losses, finished_total
from proxy.journal.rows import COLUMNS, Condition, condition, event_of
from proxy.journal.segments import FILE_MODE
from proxy.journal.wanted import Wanted

_ROWS_AT_ONCE = 500
_SELECT = f"select {', '.join(COLUMNS)} from read_parquet($files)"  # noqa: S608  (names of ours only)

type _Thing = Archived | tuple[Event, Iterator[Event]]


class WholeJournal(Journal):
    """A gateway's recorded events, read like a `Journal`.

    state   the gateway's state directory; neither spool nor archive need exist yet

    Nothing here raises for what a file holds. A file that does not verify is refused and counted
    (`Losses.refused`); its segment is read from the spool if it is still there. Threads may share it.
    """

    def __init__(self, state: Path) -> None:
        super().__init__(state / "spool")
        self.directory = state / "archive"
        self._refused: set[Path] = set()
        self._whole: dict[Path, tuple[int, int, int]] = {}
        self._database: Connection | None = None
        self._opening = threading.Lock()

    def by_ticket(self, code: str) -> Event | None:
        """The event whose block page showed this code; the newest, should a code ever come twice."""
        with self.steady():
            return super().by_ticket(code) or self._archived_ticket(code)

    def losses(self, since: datetime | None = None) -> Losses:
        """What was lost, as told by segments that hold something of the time since then."""
        with self.steady():
            told = super().losses(since)
            _, files = self.parts(Wanted(since=since))
            spooled = {
                key_of(path, total) for path in self._paths_newest_first() if (total := finished_total(path))
            }
        only_here = [one for one in files if one.key not in spooled]
        gone = evicted(self.directory)
        begin = microseconds(since) if since else 0
        return Losses(
            told.dropped + sum(one.lost for one in only_here),
            told.evicted
            + sum(one.evicted for one in only_here)
            + (gone.events if gone.last_us >= begin else 0),
            told.damaged,
            len(self._refused),
        )

    def gone_from_spool(self, wanted: Wanted) -> Iterator[Event]:
        """The wanted events that only the archive holds by now, by time."""
        spooled = {
            key_of(path, total) for path in self._paths_newest_first() if (total := finished_total(path))
        }
        files = [one for one in self._files(wanted) if one.key not in spooled]
        return self._in_files(files, wanted, newest_first=False)

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Meanwhile nothing is deleted from the spool for being in the archive."""
        try:
            fd = os.open(self.directory / READING, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        except OSError:  # no archive, or one that nobody may write to
            yield
            return
        try:
            fcntl.flock(fd, fcntl.LOCK_SH)
            yield
        finally:
            os.close(fd)

    def parts(self, wanted: Wanted, besides: Collection[Key] = ()) -> tuple[list[Path], list[Archived]]:
        """The segments of the spool and the files of the archive that together can hold what is wanted, each
        event in one of them. Call within `steady()`.

        besides   segments of which everything is known already, wherever they lie
        """
        paths = self._paths_newest_first()
        files = {one.key: one for one in self._files(wanted, besides)}
        held = {*files, *besides}
        return [path for path in paths if not _holds(held, path)], [*files.values()]

    def ask(self, files: Sequence[Archived], sql: str, where: Condition) -> list[tuple[object, ...]]:
        """The rows that SQL with `from read_parquet($files)` gives; none without files."""
        if not files:
            return []
        with self._cursor() as cursor:
            values = {**where.parameters, "files": parameters([one.path for one in files])}
            return cursor.execute(sql, values).fetchall()

    def _ordered(self, wanted: Wanted, newest_first: bool) -> Iterator[Event]:
        with self.steady():
            paths, files = self.parts(wanted)
            yield from heapq.merge(
                self._in_spool(paths, wanted, newest_first),
                self._in_files(files, wanted, newest_first),
                key=_time_of,
                reverse=newest_first,
            )

    def _in_files(self, files: Iterable[Archived], wanted: Wanted, newest_first: bool) -> Iterator[Event]:
        """Open files, then go on in the one whose event comes next, so that few are open at a time."""
        serial = count().__next__
        heap: list[tuple[int, int, _Thing]] = []

        def push(first_us: int, last_us: int, thing: _Thing) -> None:
            heapq.heappush(heap, (-last_us if newest_first else first_us, serial(), thing))

        for file in files:
            push(file.first_us, file.last_us, file)
        while heap:
            _, _, thing = heapq.heappop(heap)
            if isinstance(thing, Archived):
                rest = self._in_file(thing, wanted, newest_first)
            else:
                event, rest = thing
                yield event
            for following in rest:
                at = microseconds(following.time)
                push(at, at, (following, rest))
                break

    def _in_file(self, file: Archived, wanted: Wanted, newest_first: bool) -> Iterator[Event]:
        where, way = condition(wanted), "desc" if newest_first else "asc"
        sql = f"{_SELECT} where {where.sql} order by time_us {way}, boot {way}, sequence {way}"
        values = {**where.parameters, "files": parameters([file.path])}
        with self._cursor() as cursor:
            try:
                cursor.execute(sql, values)
                while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                    yield from filter(None, map(event_of, rows))
            except DatabaseError:
                if file.path.exists():  # else its time has passed meanwhile
                    self._refused.add(file.path)

    def _archived_ticket(self, code: str) -> Event | None:
        """All files are asked at once, and only the one that knows the code is verified."""
        where = condition(Wanted(ticket=code))
        named = f"select {', '.join(COLUMNS)}, filename from read_parquet($files, filename = true)"  # noqa: S608
        sql = f"{named} where {where.sql} order by time_us desc limit 1"
        files = archived(self.directory)
        try:
            rows = self.ask(files, sql, where)
        except DatabaseError:
            rows = self.ask(self._files(Wanted()), sql, where)
        for *row, name in rows:
            if any(str(one.path) == name and self._is_whole(one) for one in files):
                return event_of(row)
        return None

    def _files(self, wanted: Wanted, besides: Collection[Key] = ()) -> list[Archived]:
        """The files, one for each segment, that verify and can hold a wanted event."""
        found: dict[Key, Archived] = {}
        for one in archived(self.directory):
            if not one.may_hold(wanted) or one.key in found or one.key in besides:
                continue
            if self._is_whole(one):
                found[one.key] = one
        return [*found.values()]

    def _is_whole(self, file: Archived) -> bool:
        try:
            status = file.path.stat()
            form = status.st_ino, status.st_size, status.st_mtime_ns
            if self._whole.get(file.path) != form:
                if not file.verifies():
                    self._refused.add(file.path)
                    return False
                self._whole[file.path] = form
        except FileNotFoundError:  # its time has passed meanwhile
            self._whole.pop(file.path, None)
            self._refused.discard(file.path)
            return False
        except OSError:
            self._refused.add(file.path)
            return False
        self._refused.discard(file.path)
        return True

    @contextmanager
    def _cursor(self) -> Iterator[Connection]:
        with self._opening:
            if self._database is None:
                self._database = opened(self.directory)
            cursor = self._database.cursor()
        try:
            yield cursor
        finally:
            with suppress(DatabaseError):
                cursor.close()


def _holds(keys: Collection[Key], path: Path) -> bool:
    total = finished_total(path)
    return total is not None and key_of(path, total) in keys


def _time_of(event: Event) -> datetime:
    return event.time
