"""What happened? The one way to read events: by time, host, group, ticket, action or subject."""

import heapq
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from pathlib import Path

from proxy.journal.event import Event, microseconds, moment
from proxy.journal.frames import FrameBad, Header
from proxy.journal.ids import milliseconds
from proxy.journal.segments import Placed, frames, is_finished, segments, summary, worker_dirs
from proxy.journal.wanted import Wanted, events_in

type _Thing = Path | tuple[Path, Placed] | Event


@dataclass(frozen=True, slots=True)
class Losses:
    """What the spool says of events it does not hold, and what a reader could not read.

    dropped    never written: the disk took nothing until memory was full
    evicted    deleted before the retention time, because the size bound was reached
    damaged    frames that did not verify when this journal came upon them; their events are skipped
    refused    files of the archive that did not verify; their events are skipped
    """

    dropped: int = 0
    evicted: int = 0
    damaged: int = 0
    refused: int = 0


class Journal:
    """A gateway's recorded events, read from the spool of all its workers, live segments included.

    spool    <state>/spool; need not exist yet

    Torn tails and damaged frames are skipped; nothing here raises for what a file holds. A file that
    retention deletes meanwhile is skipped.
    """

    def __init__(self, spool: Path) -> None:
        self.spool = spool
        self._damaged = 0

    def events(
        self, wanted: Wanted | None = None, *, limit: int | None = None, newest_first: bool = False
    ) -> Iterator[Event]:
        """Yield the wanted events, ordered by time over all workers.

        limit    end after so many
        """
        return islice(self._ordered(wanted or Wanted(), newest_first), limit)

    def by_ticket(self, code: str) -> Event | None:
        """The event whose block page showed this code; the newest, should a code ever come twice.

        code    in its canonical spelling (see tickets.parse_code)
        """
        wanted = Wanted(ticket=code)
        for path in self._paths_newest_first():
            with _opened(path) as fd:
                if fd is None:
                    continue
                tickets = summary(fd).tickets
                if tickets is not None and code not in tickets:
                    continue
                found = self._first(fd, wanted, begin=tickets[code] if tickets else 0)
            if found:
                return found
        return None

    def by_id(self, id_: str) -> Event | None:
        """The event with this id, or None.

        Raises ValueError when the text is no event id.
        """
        begin = milliseconds(id_) * 1000
        wanted = Wanted(since=moment(begin), until=moment(begin + 1000))
        return next((event for event in self.events(wanted) if event.id == id_.lower()), None)

    def steady(self) -> AbstractContextManager[None]:
        """Meanwhile nothing goes from the spool but what is past its time."""
        return nullcontext()

    def gone_from_spool(self, wanted: Wanted) -> Iterator[Event]:
        """The wanted events that are kept, by time, and that a Follower does not find in the spool any more.
        Ask it and the Follower within one `steady()`."""
        return iter(())

    def losses(self, since: datetime | None = None) -> Losses:
        """What was lost, as told by segments that hold something of the time since then."""
        begin = microseconds(since) if since else 0
        totals = [total for path in self._paths_newest_first() if (total := total_of(path))]
        recent = [total for total in totals if total.last_us >= begin]
        return Losses(sum(t.lost for t in recent), sum(t.evicted for t in recent), self._damaged)

    def _ordered(self, wanted: Wanted, newest_first: bool) -> Iterator[Event]:
        return self._in_spool(self._paths_newest_first(), wanted, newest_first)

    def _in_spool(self, paths: Iterable[Path], wanted: Wanted, newest_first: bool) -> Iterator[Event]:
        """Open segments, then frames, then events, always what may come next in time: an event goes
        out once nothing still closed can hold one that comes before it."""
        serial = count().__next__
        heap: list[tuple[int, int, _Thing]] = []

        def push(first_us: int, last_us: int, thing: _Thing) -> None:
            heapq.heappush(heap, (-last_us if newest_first else first_us, serial(), thing))

        for path in paths:
            total = total_of(path)
            if total and wanted.may_lie_in(total):
                push(total.first_us, total.last_us, path)
        while heap:
            _, _, thing = heapq.heappop(heap)
            if isinstance(thing, Event):
                yield thing
            elif isinstance(thing, Path):
                for frame in _frames(thing, wanted):
                    push(frame.header.first_us, frame.header.last_us, (thing, frame))
            else:
                found = self._read(*thing, wanted)
                for event in reversed(found) if newest_first else found:
                    at = microseconds(event.time)
                    push(at, at, event)

    def _read(self, path: Path, frame: Placed, wanted: Wanted) -> list[Event]:
        with _opened(path) as fd:
            return self._in_frame(fd, frame, wanted) if fd is not None else []

    def _in_frame(self, fd: int, frame: Placed, wanted: Wanted) -> list[Event]:
        try:
            return events_in(fd, frame, wanted)
        except FrameBad:
            self._damaged += 1
            return []

    def _first(self, fd: int, wanted: Wanted, begin: int) -> Event | None:
        for frame in frames(fd, begin):
            if not frame.header.is_end and wanted.may_lie_in(frame.header):
                for event in self._in_frame(fd, frame, wanted):
                    return event
        return None

    def _paths_newest_first(self) -> list[Path]:
        paths = [path for directory in worker_dirs(self.spool) for path in segments(directory)]
        return sorted(paths, key=_modified, reverse=True)


@contextmanager
def _opened(path: Path) -> Iterator[int | None]:
    """An open segment, or None when it is gone by now."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        yield fd
    finally:
        os.close(fd)


def total_of(path: Path) -> Header | None:
    """A segment of the spool, summed up; None when it holds no readable event, or is gone by now."""
    with _opened(path) as fd:
        return summary(fd).total if fd is not None else None


def finished_total(path: Path) -> Header | None:
    """What a finished segment's end frame sums up; None of one that is still written or holds nothing."""
    with _opened(path) as fd:
        found = summary(fd) if fd is not None and is_finished(fd) else None
    return found.total if found else None


def _frames(path: Path, wanted: Wanted) -> list[Placed]:
    with _opened(path) as fd:
        if fd is None:
            return []
        return [f for f in frames(fd) if not f.header.is_end and wanted.may_lie_in(f.header)]


def _modified(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:
        return 0, path.name
