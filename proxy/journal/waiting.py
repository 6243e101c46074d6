"""Which events wait in memory to be written, and how many may?

Whoever judges puts rows in, from any thread, and the one thread that answers known questions puts batches
in; the spool's one writer takes them out in piles, each of which makes a frame.
"""

import threading
from collections import deque
from collections.abc import Sequence
from itertools import count

from proxy.journal.codec import ClientTag, Template
from proxy.journal.pile import NO_ROW, Pile, Row

ROW_BYTES = 256
FRAME_EVENTS = 8192  # more would keep the writer, and who waits for it, too long at one frame
FRAME_OWN_BYTES = 4 << 20


class Waiting:
    """Rows and batches, bounded.

    memory_bytes   half of it for rows, half for the templates of events that share theirs with no other
    rows           single rows; whoever appends to it has compared with `max_rows` before
    batched        how many events wait in batches
    next_number    draws an event's sequence number
    pile           takes batches at present
    """

    def __init__(self, memory_bytes: int) -> None:
        self.max_rows = memory_bytes // 2 // ROW_BYTES
        self.rows: deque[Row] = deque()
        self.batched = 0
        self._numbers = count()
        self.next_number = self._numbers.__next__
        self.pile = Pile()
        self._full: deque[Pile] = deque()
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

    def put(
        self,
        time_us: int,
        templates: list[bytes],
        numbers: Sequence[int],
        tags: Sequence[ClientTag],
        durations_us: Sequence[int] | None = None,
    ) -> bool:
        """Put in a batch; False when there is no room.

        templates   in which the events' templates have these numbers: those of `pile`, or of the one before,
                    if the writer took it meanwhile
        """
        events = len(numbers)
        with self._lock:
            pile = self.pile
            has_room = self.batched + events + len(self.rows) <= self.max_rows
            if has_room:
                if templates is not pile.templates:
                    numbers = pile.number([templates[number] for number in numbers])
                pile.put(time_us, numbers, tags, durations_us)
                self.batched += events
            if len(pile) >= FRAME_EVENTS or len(pile.templates) >= FRAME_EVENTS:
                pile = self._next_pile()
                if pile:  # else nothing was put on it but the templates of events that found no room
                    self._full.append(pile)
            return has_room

    def _next_pile(self) -> Pile:
        """Begin another pile, and return the one so far."""
        pile, self.pile = self.pile, Pile()
        pile.finish(self._numbers)
        return pile

    def written(self, own_bytes: int) -> None:
        """Give back the room of templates that are on disk."""
        with self._lock:
            self._own_bytes -= own_bytes

    def at_present(self) -> tuple[int, int]:
        """How many single rows and how many piles of batches wait."""
        with self._lock:
            return len(self.rows), len(self._full) + (len(self.pile) > 0)

    def take(self, at_most: int) -> tuple[Pile, int]:
        """Take what makes the next frame: the oldest pile of batches, if there is one, and on it as many
        of `at_most` single rows, that wait, as fit; say how many rows were taken."""
        with self._lock:
            pile = self._full.popleft() if self._full else self._next_pile()
            self.batched -= len(pile)
        pop, batched = self.rows.popleft, len(pile)
        at_most = min(at_most, FRAME_EVENTS - batched)
        taken = 0
        while taken < at_most and pile.own_bytes <= FRAME_OWN_BYTES:
            taken += 1
            try:
                pile.add(pop())
            except NO_ROW:
                pile.unusable += 1
        return pile, taken
