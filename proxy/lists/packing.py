"""How do an index's arrays become the octets of its file?"""

import json
from array import array
from collections.abc import Iterable
from itertools import chain
from typing import IO

import xxhash

from proxy.lists.layout import HEADER_SIZE, SECTIONS, header
from proxy.lists.ranges import Network, Segment, segments

LOW_64 = (1 << 64) - 1

type Piece = bytes | bytearray | array[int]
type Section = tuple[str, Iterable[Piece]]


def pack(out: IO[bytes], seed: int, sections: Iterable[Section], meta: object) -> None:
    """Write an index file.

    out        seekable and empty
    sections   all but the metadata, in the order of the file; each is asked for its octets before the
               next one is made
    meta       what JSON can hold
    """
    out.write(bytes(HEADER_SIZE))
    checksum = xxhash.xxh3_128()
    table: dict[str, tuple[int, int]] = {}
    at = HEADER_SIZE
    encoded = json.dumps(meta, ensure_ascii=False, sort_keys=True).encode()
    for name, pieces in chain(sections, [("meta", [encoded])]):
        length = 0
        for piece in pieces:
            octets = memoryview(piece).cast("B")
            length += len(octets)
            out.write(octets)
            checksum.update(octets)
        table[name] = (at, length)
        padding = bytes(-(at + length) % 8)
        out.write(padding)
        checksum.update(padding)
        at += length + len(padding)
    out.seek(0)
    out.write(header(seed, at, checksum.digest(), [table[name] for name in SECTIONS]))


def address_arrays(networks: Iterable[tuple[Network, int]]) -> dict[str, array[int]]:
    """The sections that answer for addresses.

    networks   ranges, each with the place of its record
    """
    known = list(networks)
    sets: dict[tuple[int, ...], int] = {(): 0}
    v4 = _numbered(_family(known, 4), sets)
    v6 = _numbered(_family(known, 6), sets)
    bounds, members = array("I"), array("I")
    for numbers in sets:
        bounds.extend((len(members), len(numbers)))
        members.extend(numbers)
    return {
        "v4_starts": array("I", [start for start, _ in v4]),
        "v4_sets": array("I", [number for _, number in v4]),
        "v6_high": array("Q", [start >> 64 for start, _ in v6]),
        "v6_low": array("Q", [start & LOW_64 for start, _ in v6]),
        "v6_sets": array("I", [number for _, number in v6]),
        "sets": bounds,
        "members": members,
    }


def _family(networks: list[tuple[Network, int]], version: int) -> list[Segment]:
    end = 1 << (32 if version == 4 else 128)
    cut = segments(pair for pair in networks if pair[0].version == version)
    return [segment for segment in cut if segment.start < end]


def _numbered(cut: list[Segment], sets: dict[tuple[int, ...], int]) -> list[tuple[int, int]]:
    return [(segment.start, sets.setdefault(segment.members, len(sets))) for segment in cut]
