"""Which events wait in memory to be written, and how many may?

Whoever judges puts rows in, from any thread; the spool's one writer takes them out in piles, each of which
makes a frame. Single rows and batches wait apart, because a batch is taken at a fraction of the cost.
"""

import threading
from collections import deque
from itertools import count, islice

from proxy.journal.codec import ClientTag, Template
from proxy.journal.frames import Pile, Row

ROW_BYTES = 256
FRAME_EVENTS = 16_384
FRAME_OWN_BYTES = 4 << 20
MAX_BATCH = 4096

type Batch = tuple[int, list[Template], list[ClientTag], list[int] | None]
"""time, and of each event its template, client tag and duration (None: 0 for all)"""


class Waiting:
    """Rows and batches, bounded.

    memory_bytes   half of it for rows, half for the templates of events that share theirs with no other
    rows           single rows; whoever appends to it has compared with `max_rows` before
    batched        how many events wait in batches
    next_number    draws an event's sequence number
    """

    def __init__(self, memory_bytes: int) -> None:
        self.max_rows = memory_bytes // 2 // ROW_BYTES
        self.rows: deque[Row] = deque()
        self.batched = 0
        self._numbers = count()
        self.next_number = self._numbers.__next__
        self._batches: deque[Batch] = deque()
        self._max_own_bytes = memory_bytes // 2
        self._own_bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.rows) + self.batched

    def close(self) -> None:
        """Take nothing more."""
        self.max_rows = 0

    def has_room_for(self, template: Template) -> bool:
        """Make room for an event with a template of its own; False when there is none."""
        with self._lock:
            if self._own_bytes > self._max_own_bytes or len(self) >= self.max_rows:
                return False
            self._own_bytes += len(template)
            return True

    def put(self, batch: Batch) -> bool:
        """Put in a batch of at most MAX_BATCH events; False when there is no room."""
        events = len(batch[1])
        with self._lock:
            if len(self) + events > self.max_rows:
                return False
            self.batched += events
            self._batches.append(batch)
            return True

    def written(self, own_bytes: int) -> None:
        """Give back the room of templates that are on disk."""
        with self._lock:
            self._own_bytes -= own_bytes

    def at_present(self) -> tuple[int, int]:
        """How many single rows and how many batches wait."""
        return len(self.rows), len(self._batches)

    def take_rows(self, pile: Pile, at_most: int) -> int:
        """Put single rows on an empty pile, as many as make a frame; say how many."""
        pop = self.rows.popleft
        for _ in range(min(at_most, FRAME_EVENTS)):
            pile.add(pop())
            if pile.own_bytes > FRAME_OWN_BYTES:
                break
        return len(pile)

    def take_batches(self, pile: Pile, at_most: int) -> int:
        """Put whole batches on a pile until it makes a frame; say how many."""
        taken, before = 0, len(pile)
        while taken < at_most and len(pile) < FRAME_EVENTS:
            time_us, templates, tags, durations_us = self._batches.popleft()
            events = len(templates)
            pile.sequences += islice(self._numbers, events)
            pile.times_us += [time_us] * events
            pile.durations_us += durations_us or [0] * events
            pile.templates += templates
            pile.tags += tags
            taken += 1
        with self._lock:
            self.batched -= len(pile) - before
        return taken
