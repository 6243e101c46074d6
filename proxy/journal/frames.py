"""How do many events lie on disk together? In frames: checksummed, and readable without any other.

A segment file is a row of frames and nothing else. A frame is a header of 56 octets and a payload:

    magic, checksum of the header, length and checksum of the payload, the worker's boot number,
    earliest and latest time, number of events, events lost before it for want of memory, events
    deleted before it for want of room, number of block-page tickets

    payload: [gateway, worker], then by column the events' sequence, time, duration, client and
    template, then each distinct client and template once

An *event frame* holds events. An *end frame* closes a finished segment: its header sums the segment
up, and its payload is a table of the segment's tickets, followed by the frame's own offset, so that
it is found from the end of the file. Integers are little-endian; times are microseconds since 1970.
"""

import json
import os
import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from zlib import crc32

from proxy.journal.pile import Pile

EVENT_MAGIC, END_MAGIC = b"SGF1", b"SGE1"
MAGICS = (EVENT_MAGIC, END_MAGIC)
_MAGIC = struct.Struct("<4sI")
_FIELDS = struct.Struct("<IIQQQIIII")
_COUNTS = struct.Struct("<IIII")
_POINTER = struct.Struct("<Q4s")
HEADER_BYTES = _MAGIC.size + _FIELDS.size
POINTER_BYTES = _POINTER.size
MAX_PAYLOAD_BYTES = 64 << 20
_U64 = (1 << 64) - 1


class FrameBad(ValueError):
    """Octets that are no whole frame; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a frame's header says of it; `is_end` tells the kind."""

    is_end: bool
    length: int
    checksum: int
    boot: int
    first_us: int
    last_us: int
    events: int
    lost: int = 0
    evicted: int = 0
    tickets: int = 0

    def packed(self) -> bytes:
        """The header's octets."""
        fields = _FIELDS.pack(
            *(self.length, self.checksum, self.boot, self.first_us, self.last_us),
            *(self.events, min(self.lost, 0xFFFFFFFF), min(self.evicted, 0xFFFFFFFF), self.tickets),
        )
        magic = END_MAGIC if self.is_end else EVENT_MAGIC
        return _MAGIC.pack(magic, crc32(fields, crc32(magic))) + fields


@dataclass(frozen=True, slots=True)
class Columns:
    """An event frame's payload, unpacked but not yet turned into events."""

    gateway: str
    worker: str
    sequences: Sequence[int]
    times_us: Sequence[int]
    durations_us: Sequence[int]
    tag_of: Sequence[int]
    template_of: Sequence[int]
    tags: Sequence[bytes]
    templates: Sequence[bytes]


def pack_events(
    pile: Pile, *, boot: int, origin: tuple[str, str], lost: int = 0, evicted: int = 0
) -> tuple[Header, list[bytes]]:
    """Pack at least one event into a frame: its header, and its octets in parts, header included.

    After each part of the work, whoever waits for the interpreter or the CPU has his turn. There are few
    parts: each turn costs who was busy two changes of context.

    Raises one of NO_ROW when something on the pile is no row.
    """
    parts: list[bytes] = []
    for part in _payload(pile, json.dumps(origin).encode("ascii")):
        parts.append(part)
        os.sched_yield()
    payload = b"".join(parts)
    header = Header(
        *(False, len(payload), crc32(payload), boot),
        *(max(0, min(pile.times_us)) & _U64, max(0, max(pile.times_us)) & _U64),
        *(len(pile), lost, evicted, len(pile.shown())),
    )
    return header, [header.packed(), payload]


def _payload(pile: Pile, origin_json: bytes) -> Iterator[bytes]:
    """A payload in a few parts, each of which is made in a part of a millisecond."""
    tags = {blob: number for number, blob in enumerate(dict.fromkeys(pile.tags))}
    tag_of = [*map(tags.__getitem__, pile.tags)]
    yield _COUNTS.pack(len(pile), len(tags), len(pile.templates), len(origin_json)) + origin_json
    yield b"".join(_octets("Q", column) for column in (pile.sequences, pile.times_us, pile.durations_us))
    yield _octets("I", tag_of) + _octets("I", pile.template_of)
    blobs = [*tags, *pile.templates]
    yield _octets("I", [*map(len, blobs)])
    yield b"".join(blobs)


def _octets(code: str, values: list[int]) -> bytes:
    """Pack a column; a value that does not fit (a clock gone wild) is brought to the nearest that does."""
    try:
        column = array(code, values)
    except (OverflowError, TypeError):
        column = array(code, [max(0, min(int(value), _U64)) for value in values])
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


def unpack_header(octets: bytes) -> Header:
    """Read a frame's header.

    Raises FrameBad when the octets are too few or do not verify.
    """
    if len(octets) < HEADER_BYTES:
        raise FrameBad("a header has 56 octets")
    magic, checksum = _MAGIC.unpack_from(octets)
    fields = octets[_MAGIC.size : HEADER_BYTES]
    if magic not in MAGICS or crc32(fields, crc32(magic)) != checksum:
        raise FrameBad("no frame begins here, or its header is damaged")
    header = Header(magic == END_MAGIC, *_FIELDS.unpack(fields))
    if header.length > MAX_PAYLOAD_BYTES:
        raise FrameBad(f"a payload has at most {MAX_PAYLOAD_BYTES} octets")
    return header


def unpack_events(header: Header, payload: bytes) -> Columns:
    """Read an event frame's payload.

    Raises FrameBad when it does not verify or its parts do not fit together.
    """
    if len(payload) != header.length or crc32(payload) != header.checksum:
        raise FrameBad("the payload is cut short or damaged")
    try:
        return _columns(payload)
    except (struct.error, ValueError, TypeError, RecursionError) as error:
        raise FrameBad("the payload's parts do not fit together") from error


def _columns(payload: bytes) -> Columns:
    n, n_tags, n_templates, origin_bytes = _COUNTS.unpack_from(payload)
    at = _COUNTS.size + origin_bytes
    gateway, worker = json.loads(payload[_COUNTS.size : at])
    layout = struct.Struct(f"<{3 * n}Q{2 * n + n_tags + n_templates}I")
    if layout.size > len(payload):
        raise FrameBad("more events than octets")
    values = layout.unpack_from(payload, at)
    edges = [*accumulate(values[5 * n :], initial=at + layout.size)]
    if edges[-1] != len(payload):
        raise FrameBad("the blobs do not fill the payload")
    blobs = [payload[begin:end] for begin, end in pairwise(edges)]
    sequences, times, durations, tag_of, template_of = (values[n * k : n * (k + 1)] for k in range(5))
    if n and (max(tag_of) >= n_tags or max(template_of) >= n_templates):
        raise FrameBad("an event names a blob that is not there")
    return Columns(
        str(gateway),
        str(worker),
        sequences,
        times,
        durations,
        tag_of,
        template_of,
        blobs[:n_tags],
        blobs[n_tags:],
    )


def pack_end(total: Header, tickets: Sequence[tuple[str, int]], offset: int) -> bytes:
    """Pack a segment's end frame and the pointer to it.

    total     of the segment's event frames (see `add`)
    tickets   codes with the offset of the frame that holds each
    offset    where in the file the end frame will stand
    """
    payload = json.dumps(tickets, separators=(",", ":")).encode("ascii")
    header = replace(total, is_end=True, length=len(payload), checksum=crc32(payload), tickets=len(tickets))
    return header.packed() + payload + _POINTER.pack(offset, END_MAGIC)


def unpack_tickets(header: Header, payload: bytes) -> dict[str, int]:
    """Read an end frame's table: ticket code -> offset of its frame.

    Raises FrameBad.
    """
    if len(payload) != header.length or crc32(payload) != header.checksum:
        raise FrameBad("the ticket table is cut short or damaged")
    try:
        return {str(code): int(offset) for code, offset in json.loads(payload)}
    except (ValueError, TypeError, RecursionError) as error:
        raise FrameBad("the ticket table is none") from error


def unpack_pointer(octets: bytes) -> int:
    """Read, from a file's last octets, where its end frame stands.

    Raises FrameBad when the file does not end in an end frame.
    """
    if len(octets) != POINTER_BYTES:
        raise FrameBad("too short for an end")
    offset, magic = _POINTER.unpack(octets)
    if magic != END_MAGIC:
        raise FrameBad("the segment is not finished")
    return int(offset)


def add(total: Header | None, header: Header) -> Header:
    """Sum up one more event frame of a segment."""
    if total is None:
        return header
    return replace(
        total,
        first_us=min(total.first_us, header.first_us),
        last_us=max(total.last_us, header.last_us),
        events=total.events + header.events,
        lost=total.lost + header.lost,
        evicted=total.evicted + header.evicted,
        tickets=total.tickets + header.tickets,
    )
