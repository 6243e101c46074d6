"""How does a worker record what it judged without ever waiting for a disk?

`append`, `append_as` and `append_batch` put rows into memory and return. A thread of the spool takes the
rows, packs them into frames and writes and syncs these, at least every `sync_ms`, in steps so small that
whoever answers clients hardly notices. What is not yet synced is lost when the process is killed; nothing
else ever is, except under two conditions that are counted, logged and written into the spool itself: the
disk could not be written to until the memory bound was reached, or the size bound was reached before the
retention time.

A thread does not survive a fork: make the spool in the process that uses it.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from proxy import metrics
from proxy.journal.codec import ClientTag, Template, client_tag, pack_template
from proxy.journal.disk import SegmentWriter
from proxy.journal.event import Event, microseconds
from proxy.journal.frames import Header, pack_events
from proxy.journal.ids import event_id, new_boot
from proxy.journal.pile import NO_ROW, Pile, Row
from proxy.journal.waiting import Waiting

log = logging.getLogger("schoolgate.journal")

type Pending = tuple[Pile, Header, list[bytes]]
CLOSE_TIMEOUT_S = 5.0
WRITER_NICE = 10


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
        self._waiting = Waiting(memory_bytes)
        self._rows = self._waiting.rows
        self._push = self._rows.append
        self._number = self._waiting.next_number
        self._lost = 0
        self._evicted = 0
        self._unwritten: Pending | None = None
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._flushes: list[threading.Event] = []
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
        if not self._open or not self._waiting.has_room_for(template):
            self._drop()
        else:
            tag = client_tag(event.client, event.subject)
            self._push((number, time_us, event.duration_us, template, tag, event.ticket))
        return event_id(time_us, self.boot, number)

    def append_own(self, template: Template, time_us: int, tag: ClientTag, duration_us: int) -> None:
        """Take one event whose template it shares with no other, as `append` does, and give it no id."""
        if not self._open or not self._waiting.has_room_for(template):
            self._drop()
        else:
            self._push((self._number(), time_us, duration_us, template, tag, ""))

    def template(self, event: Event) -> Template:
        """Pack what all events of one kind share, for `append_as`; keep it beside the cached answer."""
        return pack_template(event)

    def append_as(self, template: Template, time_us: int, tag: ClientTag, duration_us: int = 0) -> None:
        """Take one event whose constant parts are packed already; for the hottest paths.

        time_us       microseconds since 1970
        tag           of the client, see codec.client_tag
        duration_us   from question to answer
        """
        waiting = self._waiting
        if len(self._rows) + waiting.batched < waiting.max_rows:
            self._push((self._number(), time_us, duration_us, template, tag, None))
        else:
            self._drop()

    def frame(self) -> tuple[int, list[bytes]]:
        """The frame in the making, for one batch of the one thread that appends batches: what tells it from
        others, and its templates. Whoever has an event's template for long may remember its number in this
        frame, and append it to the list only when it is not there yet."""
        return self._waiting.pile.begun

    def append_batch(
        self,
        time_us: int,
        templates: list[bytes],
        numbers: Sequence[int],
        tags: Sequence[ClientTag],
        durations_us: Sequence[int] | None = None,
    ) -> None:
        """Take many events of one moment, as `append_as` takes one. For one thread.

        templates      as `frame` gave them when the batch began
        numbers        places in it, of each event's template
        tags           of each event's client
        durations_us   of each event, from question to answer; None: 0 for all

        Raises ValueError when there are not as many tags, or durations, as numbers.
        """
        events = len(numbers)
        if len(tags) != events or (durations_us is not None and len(durations_us) != events):
            raise ValueError("a batch has as many tags, and durations if any, as numbers")
        if events and not self._waiting.put(time_us, templates, numbers, tags, durations_us):
            self._drop(events)

    def flush(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Wait until everything appended so far is on disk; False when it is not in time.

        For tests and shutdown, never for a path that answers a client.
        """
        done = threading.Event()
        with self._lock:
            self._flushes.append(done)
        self._wake.set()
        return done.wait(timeout_s)

    def close(self) -> None:
        """Write what waits, finish the segment and stop; at most five seconds. What comes later is
        dropped and counted."""
        self._open = False
        self._waiting.close()
        self._wake.set()
        self._thread.join(CLOSE_TIMEOUT_S)
        left = len(self._waiting) + (len(self._unwritten[0]) if self._unwritten else 0)
        if left:
            metrics.EVENTS_DROPPED.inc("memory", by=left)
            log.error("%d events could not be written to %s before the end", left, self._disk.directory)
        self._forget()

    def lag_s(self) -> float:
        """Upper bound of the age of the oldest event that is not yet on disk, in seconds."""
        pending = len(self._waiting) > 0 or self._unwritten is not None
        return time.monotonic() - self._synced_at if pending else 0.0

    def _run(self) -> None:
        _give_way()
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
            flushes, self._flushes = self._flushes, []
        if self._write_pending():
            self._synced_at = time.monotonic()
            self._disk.finish_if_old()
            for done in flushes:
                done.set()
        else:
            with self._lock:
                self._flushes += flushes

    def _write_pending(self) -> bool:
        """Write what waited when the call began; False when the disk refused."""
        rows, piles = self._waiting.at_present()
        while rows > 0 or piles > 0 or self._unwritten is not None:
            if self._unwritten is None:
                pile, taken = self._waiting.take(rows)
                rows -= taken
                piles -= 1
                self._unwritten = self._packed_or_counted(pile)
                if self._unwritten is None:
                    continue
            if not self._write_one(*self._unwritten):
                return False
            self._unwritten = None
        return True

    def _pack(self, pile: Pile) -> tuple[Header, list[bytes]]:
        return pack_events(pile, boot=self.boot, origin=self._origin, lost=self._lost, evicted=self._evicted)

    def _packed(self, pile: Pile) -> Pending | None:
        """A frame of all rows, or of those that make one if a caller handed in something that is no row."""
        self._unusable(pile.unusable)
        try:
            return (pile, *self._pack(pile)) if pile else None
        except NO_ROW:
            rows = pile.rows()
            kept = Pile([row for row in rows if self._makes_a_frame(row)])
            self._unusable(len(rows) - len(kept))
            self._waiting.written(pile.own_bytes - kept.own_bytes)
            return (kept, *self._pack(kept)) if kept else None

    def _packed_or_counted(self, pile: Pile) -> Pending | None:
        """A frame. What comes of a want of memory, or of a fault, is counted: nobody has the events then."""
        try:
            return self._packed(pile)
        except Exception:
            self._waiting.written(pile.own_bytes)
            self._drop(len(pile))
            raise

    def _unusable(self, events: int) -> None:
        if events:
            metrics.EVENTS_DROPPED.inc("encode", by=events)
            log.error("%d events of unusable form were dropped", events)

    def _makes_a_frame(self, row: Row) -> bool:
        try:
            self._pack(Pile([row]))
        except NO_ROW:
            return False
        return True

    def _write_one(self, pile: Pile, header: Header, frame: list[bytes]) -> bool:
        try:
            self._disk.write(header, frame, pile.shown())
        except OSError as error:
            self._refused(error)
            return False
        self._waiting.written(pile.own_bytes)
        with self._lock:
            self._lost -= header.lost
        self._evicted -= header.evicted
        metrics.EVENTS.inc(by=len(pile))
        self._recovered()
        self._make_room()
        return True

    def _drop(self, events: int = 1) -> None:
        cause = "memory" if self._open else "closed"
        with self._lock:
            self._lost += events
            metrics.EVENTS_DROPPED.inc(cause, by=events)

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
        metrics.SPOOL_PENDING.ask(lambda: float(len(self._waiting)))
        metrics.SPOOL_BYTES.ask(lambda: float(self._disk.bytes_on_disk))

    def _forget(self) -> None:
        for gauge in (metrics.SPOOL_LAG, metrics.SPOOL_PENDING, metrics.SPOOL_BYTES):
            gauge.ask(lambda: 0.0)


def _give_way() -> None:
    """Let who answers clients go first: on Linux each thread has a niceness. Whatever forbids it, events
    are written all the same."""
    if sys.platform == "linux":
        with suppress(OSError):
            thread = threading.get_native_id()
            if os.getpriority(os.PRIO_PROCESS, thread) < WRITER_NICE:
                os.setpriority(os.PRIO_PROCESS, thread, WRITER_NICE)
