"""How does a worker record what it judged without ever waiting for a disk?

`append` and `append_as` put a row into memory and return. A thread of the spool takes the rows,
packs them into frames and writes and syncs them, at least every `sync_ms`. What is not yet synced is
lost when the process is killed; nothing else ever is, except under two conditions that are counted,
logged and written into the spool itself: the disk could not be written to until the memory bound was
reached, or the size bound was reached before the retention time.

A thread does not survive a fork: make the spool in the process that uses it.
"""

import logging
import threading
import time
from collections import deque
from itertools import count
from pathlib import Path

from proxy import metrics
from proxy.journal.codec import ClientTag, Template, client_tag, pack_template
from proxy.journal.disk import SegmentWriter
from proxy.journal.event import Event, microseconds
from proxy.journal.frames import Header, Row, pack_events
from proxy.journal.ids import event_id, new_boot

log = logging.getLogger("schoolgate.journal")

ROW_BYTES = 256
FRAME_EVENTS = 16_384
FRAME_OWN_BYTES = 4 << 20
_NO_ROW = (TypeError, ValueError, AttributeError, OverflowError)

type Pending = tuple[list[Row], Header, bytes]
CLOSE_TIMEOUT_S = 5.0


class Spool:
    """A worker's append-only event file, written in the background.

    directory       the spool of the whole gateway; the worker writes to <directory>/<worker>/
    worker          unique among the processes that run at the same time, e.g. `dns-1`
    gateway         id of this gateway
    sync_ms         an appended event is on disk after at most this long (plus the disk's own time)
    max_bytes       bound of this worker's files
    segment_bytes   bound of one file
    memory_bytes    bound of the events that wait in memory
    """

    def __init__(
        self,
        directory: Path,
        *,
        worker: str,
        gateway: str,
        sync_ms: int = 200,
        max_bytes: int = 8 << 30,
        segment_bytes: int = 64 << 20,
        memory_bytes: int = 64 << 20,
    ) -> None:
        self.boot = new_boot()
        self._origin = (gateway, worker)
        self._disk = SegmentWriter(directory / worker, segment_bytes=segment_bytes, max_bytes=max_bytes)
        self._interval_s = sync_ms / 1000 * 0.75
        self._max_rows = memory_bytes // 2 // ROW_BYTES
        self._max_own_bytes = memory_bytes // 2
        self._rows: deque[Row] = deque()
        self._push = self._rows.append
        self._number = count().__next__
        self._own_bytes = 0
        self._lost = 0
        self._evicted = 0
        self._unwritten: Pending | None = None
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._waiting: list[threading.Event] = []
        self._synced_at = time.monotonic()
        self._failing = False
        self._open = True
        self._observe()
        self._thread = threading.Thread(target=self._run, name=f"spool {worker}", daemon=True)
        self._thread.start()

    def append(self, event: Event) -> str:
        """Take one event and return its id. Its `id`, `gateway` and `worker` are set here."""
        time_us, number = microseconds(event.time), self._number()
        template = pack_template(event)
        with self._lock:
            full = self._own_bytes > self._max_own_bytes or len(self._rows) >= self._max_rows
            if not full:
                self._own_bytes += len(template)
        if full or not self._open:
            self._drop()
        else:
            tag = client_tag(event.client, event.subject)
            self._push((number, time_us, event.duration_us, template, tag, event.ticket))
        return event_id(time_us, self.boot, number)

    def template(self, event: Event) -> Template:
        """Pack what all events of one kind share, for `append_as`; keep it beside the cached answer."""
        return pack_template(event)

    def append_as(self, template: Template, time_us: int, tag: ClientTag, duration_us: int = 0) -> None:
        """Take one event whose constant parts are packed already; for the hottest paths.

        time_us       microseconds since 1970
        tag           of the client, see codec.client_tag
        duration_us   from question to answer
        """
        if len(self._rows) < self._max_rows:
            self._push((self._number(), time_us, duration_us, template, tag, None))
        else:
            self._drop()

    def flush(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Wait until everything appended so far is on disk; False when it is not in time.

        For tests and shutdown, never for a path that answers a client.
        """
        done = threading.Event()
        with self._lock:
            self._waiting.append(done)
        self._wake.set()
        return done.wait(timeout_s)

    def close(self) -> None:
        """Write what waits, finish the segment and stop; at most five seconds. What comes later is
        dropped and counted."""
        self._open = False
        self._max_rows = 0
        self._wake.set()
        self._thread.join(CLOSE_TIMEOUT_S)
        left = len(self._rows) + (len(self._unwritten[0]) if self._unwritten else 0)
        if left:
            metrics.EVENTS_DROPPED.inc("memory", by=left)
            log.error("%d events could not be written to %s before the end", left, self._disk.directory)
        self._forget()

    def lag_s(self) -> float:
        """Upper bound of the age of the oldest event that is not yet on disk, in seconds."""
        pending = bool(self._rows) or self._unwritten is not None
        return time.monotonic() - self._synced_at if pending else 0.0

    def _run(self) -> None:
        last = False
        while not last:
            self._wake.wait(self._interval_s)
            self._wake.clear()
            last = not self._open
            try:
                self._cycle()
            except Exception:
                metrics.ERRORS.inc("spool")
                log.exception("the event writer of %s failed and goes on", self._disk.directory)
        self._disk.finish()

    def _cycle(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if self._write_pending():
            self._synced_at = time.monotonic()
            self._disk.finish_if_old()
            for done in waiting:
                done.set()
        else:
            with self._lock:
                self._waiting += waiting

    def _write_pending(self) -> bool:
        """Write what waited when the call began; False when the disk refused."""
        left = len(self._rows)
        while left > 0 or self._unwritten is not None:
            if self._unwritten is None:
                taken = self._take(left)
                left -= len(taken)
                self._unwritten = self._packed(taken)
                if self._unwritten is None:
                    continue
            if not self._write_one(*self._unwritten):
                return False
            self._unwritten = None
        return True

    def _take(self, at_most: int) -> list[Row]:
        rows: list[Row] = []
        own = 0
        pop = self._rows.popleft
        for _ in range(min(at_most, FRAME_EVENTS)):
            row = pop()
            rows.append(row)
            if row[5] is not None:
                own += len(row[3])
                if own > FRAME_OWN_BYTES:
                    break
        return rows

    def _pack(self, rows: list[Row]) -> tuple[Header, bytes]:
        return pack_events(rows, boot=self.boot, origin=self._origin, lost=self._lost, evicted=self._evicted)

    def _packed(self, rows: list[Row]) -> Pending | None:
        """A frame of all rows, or of those that make one if a caller handed in something that is no row."""
        try:
            return rows, *self._pack(rows)
        except _NO_ROW:
            good = [row for row in rows if self._makes_a_frame(row)]
            metrics.EVENTS_DROPPED.inc("encode", by=len(rows) - len(good))
            log.exception("%d events of unusable form were dropped", len(rows) - len(good))
            return (good, *self._pack(good)) if good else None

    def _makes_a_frame(self, row: Row) -> bool:
        try:
            self._pack([row])
        except _NO_ROW:
            return False
        return True

    def _write_one(self, rows: list[Row], header: Header, frame: bytes) -> bool:
        try:
            self._disk.write(header, frame, [row[5] for row in rows if row[5]])
        except OSError as error:
            self._refused(error)
            return False
        own = sum(len(row[3]) for row in rows if row[5] is not None)
        with self._lock:
            self._own_bytes -= own
            self._lost -= header.lost
        self._evicted -= header.evicted
        metrics.EVENTS.inc(by=len(rows))
        self._recovered()
        self._make_room()
        return True

    def _drop(self) -> None:
        cause = "memory" if self._open else "closed"
        with self._lock:
            self._lost += 1
            metrics.EVENTS_DROPPED.inc(cause)

    def _refused(self, error: OSError) -> None:
        metrics.SPOOL_ERRORS.inc("write")
        if self._failing:
            return
        self._failing = True
        log.error(
            "events cannot be written to %s: %s. They wait in memory, and are dropped and counted when it is "
            "full; free some space or lower journal.retention_days.",
            self._disk.directory,
            error.strerror,
        )

    def _recovered(self) -> None:
        if self._failing:
            self._failing = False
            dropped = int(metrics.EVENTS_DROPPED.bind("memory").value)
            log.warning("events are written again; %d were dropped since this process started", dropped)

    def _make_room(self) -> None:
        evicted = self._disk.make_room()
        if not evicted:
            return
        self._evicted += evicted
        metrics.EVENTS_DROPPED.inc("size_bound", by=evicted)
        log.error(
            "%s reached its bound of %d bytes: the oldest %d events were deleted before their time; raise "
            "journal.max_bytes or lower journal.retention_days.",
            self._disk.directory,
            self._disk.max_bytes,
            evicted,
        )

    def _observe(self) -> None:
        metrics.EVENTS_DROPPED.bind("memory")
        metrics.SPOOL_LAG.ask(self.lag_s)
        metrics.SPOOL_PENDING.ask(lambda: float(len(self._rows)))
        metrics.SPOOL_BYTES.ask(lambda: float(self._disk.bytes_on_disk))

    def _forget(self) -> None:
        for gauge in (metrics.SPOOL_LAG, metrics.SPOOL_PENDING, metrics.SPOOL_BYTES):
            gauge.ask(lambda: 0.0)
