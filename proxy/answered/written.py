"""How does a resolver worker write down what it told whom?"""

import contextlib
import logging
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from proxy.answered.buckets import find, put
from proxy.answered.marks import Kind, Mark, Marks, packed
from proxy.answered.tables import BUCKETS, WITHOUT, Clock, TableProblem, to_write

log = logging.getLogger(__name__)

GRACE_S = 3_600
"""So long after its TTL an address counts as told: browsers and systems keep using what they once looked up,
and connections that break are made again to the same address."""
REFUSED_S = 600
"""So long a refused name is remembered at least: who looks for another way needs minutes."""
ASKING_S = 3_600
"""So long after its last question a client counts as one that asks us."""
MAX_FOR_NAME = 4
"""Of addresses that lie near each other one is kept for their name."""
MAX_ADDRESSES = 32
AGAIN_S = 60
MAX_ASKING = 20_000


def written(where: Path, worker: str, key: bytes, clock: Clock = time.time) -> "Written | None":
    """Open a worker's table; None where none can be had, which readers are told.

    What is missing then means nothing to them.
    """
    try:
        table = Written(where, worker, key, clock)
    except (OSError, TableProblem) as error:
        log.error("what is answered is not shared with the proxy, and its findings wait: %s", error)
        leave_unwritten(where, worker)
        return None
    with contextlib.suppress(OSError):
        (where / (worker + WITHOUT)).unlink(missing_ok=True)
    return table


def leave_unwritten(where: Path, worker: str) -> None:
    """Tell readers that a worker answers and writes nothing down."""
    with contextlib.suppress(OSError):
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        (where / (worker + WITHOUT)).touch(mode=0o600)


class Written:
    """One worker's table. Its only writer, for one thread.

    where     `tables.directory` of the state directory
    worker    its name, such as `dns-0`
    key       `Pseudonyms.derived`
    clock     gives seconds since 1970

    Raises TableProblem while another process writes it, and OSError where there is no room.
    """

    def __init__(
        self, where: Path, worker: str, key: bytes, clock: Clock = time.time, buckets: int = BUCKETS
    ) -> None:
        self._clock = clock
        self._marks = Marks(key)
        self._table = to_write(where, worker, key, int(clock()), buckets)
        self._asking: dict[str, int] = {}
        self.pushed = 0
        """How many rows had to make room before their time."""

    def tell(self, client: str, name: str, addresses: Iterable[str], expiry: float) -> None:
        """A name was answered to a client.

        client, name, addresses   canonical
        expiry                    when the answer's TTL is over, in seconds since 1970
        """
        now, until = int(self._clock()), int(expiry) + GRACE_S
        self.asked(client)
        starts: set[bytes] = set()
        for address in islice(addresses, MAX_ADDRESSES):
            octets = packed(address)
            self._put(self._marks.of_address(client, octets), 0, until, now)
            is_four = len(octets) == 4
            near = octets[:2] if is_four else octets[:4]
            if near not in starts and len(starts) < MAX_FOR_NAME:
                starts.add(near)
                kind = Kind.NAME_FOUR if is_four else Kind.NAME_SIX
                self._put(self._marks.of(kind, client, name), int.from_bytes(octets[:4]), until, now)

    def asked(self, client: str) -> None:
        """A client asked us something."""
        now = int(self._clock())
        known = self._asking.get(client)
        if known is not None and 0 <= now - known < AGAIN_S:
            return
        if len(self._asking) >= MAX_ASKING:
            self._asking.clear()
        self._asking[client] = now
        place, tag, mask = mark = self._marks.of(Kind.ASKS, client)
        standing = find(self._table.memory, self._table.at(place), tag, now).values
        self._put(mark, min((value ^ mask for value in standing), default=now), now + ASKING_S, now)

    def refused(self, client: str, name: str, expiry: float) -> None:
        """A name was refused to a client, by an answer that lasts until then."""
        now = int(self._clock())
        self.asked(client)
        self._put(self._marks.of(Kind.REFUSED, client, name), 0, max(int(expiry), now + REFUSED_S), now)

    def _put(self, mark: Mark, value: int, expiry: int, now: int) -> None:
        place, tag, mask = mark
        if put(self._table.memory, self._table.at(place), tag, value ^ mask, expiry, now):
            self.pushed += 1

    def close(self) -> None:
        """Let go of the table; what stands in it stays."""
        self._table.memory.close()
