"""In which order do the entries of a builder lie in an index file, so that each is found with one look?"""

import ipaddress
from array import array
from collections.abc import Iterator, Sequence

from xxhash import xxh3_64_intdigest

from proxy.lists.builder import IndexBuilder
from proxy.lists.errors import CompileFailed
from proxy.lists.layout import (
    ADDRESS_MARK,
    BITS,
    EXPRESSION_MARK,
    HEADER_SIZE,
    POSTINGS_MARK,
    RECORD_MARK,
    URL_HOST_MARK,
    last_two_labels,
    spelled,
)
from proxy.lists.packing import Section, address_arrays

BUCKET = 4  # records at most, on average: fewer cost more memory, more cost time in each look
FRONT_BITS = 16  # for each record, at least: one name in ten that is not listed passes the front
MOST_OCTETS = 0xFFFFFFFF
PIECE = 1 << 16
SOURCE_AND_FLAGS = 0xFFFFFFFF
NO_NAME = (URL_HOST_MARK + ADDRESS_MARK + EXPRESSION_MARK).encode()


def sections_of(builder: IndexBuilder) -> Iterator[Section]:
    """Give the sections of an index, but for its metadata; the builder is used up.

    Each section must be taken whole before the next is asked for: most are made while the records go by.
    """
    layout = _Layout(builder)
    yield "records", layout.records()
    yield "starts", [layout.starts]
    yield "front", [layout.front]
    yield "sayings", [array("I", layout.sayings)]
    yield from ((name, [values]) for name, values in address_arrays(layout.networks()).items())
    yield "patterns", [array("I", [layout.places[record] for record in builder.patterns])]


def power_of_two(least: int) -> int:
    """The smallest power of two that is not below a number."""
    return 1 << max(least - 1, 0).bit_length()


class _Layout:
    """The file, as far as its records have gone by.

    places   of the records that are found by another way than their key
    """

    def __init__(self, builder: IndexBuilder) -> None:
        builder.end()
        self._builder = builder
        self.sayings = _numbered(builder)
        self._spelled = [spelled(number) for number in range(len(self.sayings))]
        self.front = bytearray(power_of_two(FRONT_BITS * max(len(builder), 4)) // 8)
        self.starts = array("I")
        self.places = dict.fromkeys([*builder.patterns, *builder.addresses], 0)
        buckets = power_of_two(max(len(builder) // BUCKET, 1))
        self._first, self._after = self._chained(buckets)

    def _chained(self, buckets: int) -> tuple["array[int]", "array[int]"]:
        """The first record of each bucket and the one after each record, numbered from 1; 0: none."""
        hashes = self._builder.hashes
        first, after = array("I", bytes(4 * buckets)), array("I", bytes(4 * len(hashes)))
        mask = buckets - 1
        for record in range(len(hashes) - 1, -1, -1):
            bucket = hashes[record] & mask
            after[record] = first[bucket]
            first[bucket] = record + 1
        return first, after

    def records(self) -> Iterator[bytearray]:
        """The records bucket by bucket, in pieces; what the other sections hold is gathered on the way."""
        piece, at = bytearray(), HEADER_SIZE
        for record in self._first:
            self._begin_bucket(at + len(piece))
            while record:
                if record - 1 in self.places:
                    self.places[record - 1] = at + len(piece)
                piece += self._record(record - 1)
                record = self._after[record - 1]
            if len(piece) >= PIECE:
                at += len(piece)
                yield piece
                piece = bytearray()
        self._begin_bucket(at + len(piece))
        yield piece + RECORD_MARK  # so that every record ends where another would begin

    def _begin_bucket(self, place: int) -> None:
        if place > MOST_OCTETS:
            raise CompileFailed("the lists hold more than one index can: 4 GiB of entries")
        self.starts.append(place)

    def _record(self, record: int) -> bytes:
        builder = self._builder
        key = builder.key(record)
        if key[0] not in NO_NAME and b"/" not in key:
            self._note_name(key, builder.hashes[record])
        said = self._said(builder.postings[record])
        if builder.further[record]:
            said = b" ".join([said, *map(self._said, builder.further_postings(record))])
        return b"%b%b%b%b" % (RECORD_MARK, key, POSTINGS_MARK, said)

    def _note_name(self, key: bytes, digest: int) -> None:
        """Set the two bits by which the front knows a name."""
        front, mask = self.front, len(self.front) - 1
        front[digest >> 3 & mask] |= BITS[digest & 7]
        tail = last_two_labels(key)
        if len(tail) < len(key):
            digest = xxh3_64_intdigest(tail, self._builder.seed)
            front[digest >> 3 & mask] |= BITS[digest & 7]

    def _said(self, posting: int) -> bytes:
        number = self.sayings[posting & SOURCE_AND_FLAGS]
        return b"%b %b" % (self._spelled[number], spelled(posting >> 32))

    def networks(self) -> Sequence[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, int]]:
        """Every range with the place of its record. Only after the records."""
        key, places = self._builder.key, self.places
        return [
            (ipaddress.ip_network(key(record)[1:].decode()), places[record])
            for record in self._builder.addresses
        ]


def _numbered(builder: IndexBuilder) -> dict[int, int]:
    """All sayings with their numbers, in an order of their own: one name more changes none of them, so that
    two indexes can be compared (`comparing.relisted_between`)."""
    said = {
        posting & SOURCE_AND_FLAGS for postings in (builder.postings, builder.more) for posting in postings
    }
    return {saying: number for number, saying in enumerate(sorted(said))}
