"""How do an index's arrays become the octets of its file?"""

import json
from array import array
from collections.abc import Iterable, Mapping
from typing import IO

import xxhash

from proxy.lists.layout import HEADER_SIZE, SECTIONS, header
from proxy.lists.ranges import Network, Segment, segments

LOW_64 = (1 << 64) - 1


def pack(out: IO[bytes], seed: int, arrays: Mapping[str, array[int] | bytearray], meta: object) -> None:
    """Write an index file.

    out    seekable and empty
    meta   what JSON can hold
    """
    out.write(bytes(HEADER_SIZE))
    checksum = xxhash.xxh3_128()
    table: list[tuple[int, int]] = []
    at = HEADER_SIZE
    encoded = json.dumps(meta, ensure_ascii=False, sort_keys=True).encode()
    for name in SECTIONS:
        data = memoryview(encoded if name == "meta" else arrays[name]).cast("B")
        table.append((at, len(data)))
        padding = bytes(-(at + len(data)) % 8)
        for part in (data, padding):
            out.write(part)
            checksum.update(part)
        at += len(data) + len(padding)
    out.seek(0)
    out.write(header(seed, at, checksum.digest(), table))


def address_arrays(networks: Iterable[tuple[Network, int]]) -> dict[str, array[int]]:
    """The sections that answer for addresses.

    networks   ranges, each with the number of its record
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
