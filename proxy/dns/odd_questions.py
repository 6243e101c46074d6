"""Which questions that may carry something were the other workers of this gateway asked?

One file of a gateway, mapped by all of its resolver workers. Each has a ring of its own there and is the only
one to write it; all read all. At a worker's place in the head stands how many octets it has ever written. A
record that is overwritten while it is read fails its checksum and is left out, like all that came too fast to
be read: what is lost is counted by the worker that was asked.

It holds the last few hundred names that were long or odd, readable for the gateway alone (mode 0600), and
instead of who asked a keyed hash of the address. A worker that begins empties the rings that were written to
too long ago to count, and those of workers that are no more.
"""

import mmap
import os
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from struct import Struct
from struct import error as StructError
from typing import NamedTuple
from zlib import crc32

from proxy.bypass.dns.tunnels import REST_S

PURPOSE = b"odd questions"
"""What `Pseudonyms.derived` makes the key for."""
FILE = "odd-questions-2"
FORMER = "odd-questions-1"
MAX_WORKERS = 64
MAX_CLIENTS = 20_000
RING = 64 * 1024
COUNTS = MAX_WORKERS * 8
HEAD = 2 * COUNTS
"""How many octets each has written, and when it did so last, by the monotonic clock."""
MAX_NAME = 1024

_FRAME = Struct("<HI")
_FIXED = Struct("<dBBBH")


class Odd(NamedTuple):
    """A question, or what was answered to one.

    client  as `OddQuestions.who` calls it
    at      of the monotonic clock
    rcode   "" for a question
    """

    client: str
    name: str
    method: str
    at: float
    rcode: str = ""


class OddQuestions:
    """The file, for the worker of one number. For one thread.

    key       16 to 64 octets, the same for all workers
    workers   how many there are; None where that is not known
    Raises OSError when it cannot be had.
    """

    def __init__(self, state: Path, worker: int, key: bytes, workers: int | None = None) -> None:
        self._keyed = blake2b(key=key, digest_size=12)
        self._called: dict[str, str] = {}
        self._place = worker % MAX_WORKERS
        size = HEAD + MAX_WORKERS * RING  # with holes where no worker is
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        (state / FORMER).unlink(missing_ok=True)
        descriptor = os.open(state / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_size != size:
                os.ftruncate(descriptor, size)
            self._file = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)
        self._view = memoryview(self._file)
        self._counts = self._view[:COUNTS].cast("Q")
        self._times = self._view[COUNTS:HEAD].cast("d")
        self._known = bytearray(COUNTS)
        self._read = memoryview(self._known).cast("Q")
        self._empty(time.monotonic(), MAX_WORKERS if workers is None else workers)

    def _empty(self, now: float, workers: int) -> None:
        for place, last in enumerate(self._times.tolist()):
            is_kept = place < workers and now - REST_S < last <= now + 1.0  # not of before a restart
            if self._counts[place] and not is_kept:
                begin = HEAD + place * RING
                self._view[begin : begin + RING] = bytes(RING)
                self._counts[place], self._times[place] = 0, 0.0

    def who(self, client: str) -> str:
        """What a client is called here."""
        called = self._called.get(client)
        if called is None:
            if len(self._called) >= MAX_CLIENTS:
                self._called.clear()
            hashed = self._keyed.copy()
            hashed.update(client.encode())
            called = self._called[client] = hashed.hexdigest()
        return called

    def close(self) -> None:
        """Let go of the file."""
        self._counts.release()
        self._times.release()
        self._view.release()
        self._file.close()

    def tell(self, odd: Odd) -> None:
        """Write down a question for the others."""
        record = _packed(odd)
        count, begin = self._counts[self._place], HEAD + self._place * RING
        at = count % RING
        if at + len(record) > RING:  # no record goes over the edge: a length of nought leads back
            if at + 2 <= RING:
                self._view[begin + at : begin + at + 2] = bytes(2)
            count += RING - at
            at = 0
        self._view[begin + at : begin + at + len(record)] = record
        self._counts[self._place] = count + len(record)
        self._times[self._place] = time.monotonic()
        self._read[self._place] = count + len(record)

    def news(self) -> Iterator[Odd]:
        """What was written since this was last asked; at first, all that is there, its own too."""
        if self._view[:COUNTS] == self._known:
            return
        for place, count in enumerate(self._counts.tolist()):
            if count != self._read[place]:
                yield from self._of(place, count)

    def _of(self, place: int, count: int) -> Iterator[Odd]:
        begin, read = HEAD + place * RING, self._read[place]
        self._read[place] = count
        if not 0 < count - read < RING:  # where the oldest record left begins is not known; the edge is
            read = count - count % RING if count % RING else count - RING
        octets = bytes(self._view[begin : begin + RING])
        while read < count:
            at = read % RING
            size, check = _FRAME.unpack_from(octets, at) if at + _FRAME.size <= RING else (0, 0)
            if not size:
                read += RING - at
                continue
            body = octets[at + _FRAME.size : at + _FRAME.size + size]
            read += _FRAME.size + size
            if crc32(body) != check:
                return
            odd = _unpacked(body)
            if odd is not None:
                yield odd


def _packed(odd: Odd) -> bytes:
    name = odd.name.encode("utf-8", "replace")[:MAX_NAME]
    texts = (odd.client.encode(), odd.method.encode(), odd.rcode.encode(), name)
    body = b"".join((_FIXED.pack(odd.at, *map(len, texts)), *texts))
    return _FRAME.pack(len(body), crc32(body)) + body


def _unpacked(body: bytes) -> Odd | None:
    try:
        at, *sizes = _FIXED.unpack_from(body)
        texts, begin = [], _FIXED.size
        for size in sizes:
            texts.append(body[begin : begin + size].decode())
            begin += size
        client, method, rcode, name = texts
    except (StructError, UnicodeDecodeError):
        return None
    return Odd(client, name, method, at, rcode)
