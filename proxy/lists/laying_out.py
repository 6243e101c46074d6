"""In which order do the entries of a builder lie in an index file, so that each is found with one look?"""

from array import array
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from xxhash import xxh3_64_intdigest

from proxy.lists.builder import MORE, SAYING, IndexBuilder
from proxy.lists.errors import CompileFailed
from proxy.lists.layout import (
    ADDRESS_MARK,
    BITS,
    EXPRESSION_MARK,
    HEADER_SIZE,
    PAIRS,
    POSTINGS_MARK,
    RECORD_MARK,
    SHORT,
    URL_HOST_MARK,
    spelled,
)
from proxy.lists.packing import Section, address_arrays

BUCKET = 4  # records at most, on average: fewer cost more memory, more cost time in each look
FRONT_BITS = 16  # for each record, at least: one name in ten that is not listed passes the front
MOST_OCTETS = 0xFFFFFFFF
BUCKETS_AT_ONCE = 256
NOTHING, NEXT_POSTING = b"", b" "
TWO_DIGITS, FOUR_DIGITS = 36**2, 36**4
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
        self._strings = bytes(builder.strings)  # of which a slice is a key, without another object in between
        builder.strings.clear()
        self._builder = builder
        self.sayings = _numbered(builder)
        self._words = {saying: spelled(number) + b" " for saying, number in self.sayings.items()}
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
        for record, digest in zip(range(len(hashes), 0, -1), reversed(hashes), strict=True):
            bucket = digest & mask
            after[record - 1] = first[bucket]
            first[bucket] = record
        return first, after

    def records(self) -> Iterator[bytearray]:
        """The records bucket by bucket, in pieces; what the other sections hold is gathered on the way."""
        at = HEADER_SIZE
        for begin in range(0, len(self._first), BUCKETS_AT_ONCE):
            piece = self._records_of(self._first[begin : begin + BUCKETS_AT_ONCE], at)
            at += len(piece)
            yield piece
        self._begin_bucket(at)
        yield bytearray(RECORD_MARK)  # so that every record ends where another would begin

    def _records_of(self, buckets: "array[int]", at: int) -> bytearray:
        """The records of some buckets. One loop with as few calls as can be: it runs for every record.

        buckets   the first record of each
        at        where in the file they begin
        """
        builder, places, words, after = self._builder, self.places, self._words, self._after
        strings, starts, hashes, postings = self._strings, builder.starts, builder.hashes, builder.postings
        front, mask, seed = self.front, len(self.front) - 1, builder.seed
        only_names = not (places or builder.url_depth)
        piece = bytearray()
        for record in buckets:
            self._begin_bucket(at + len(piece))
            parts: list[bytes] = []
            while record:
                number = record - 1
                key = strings[starts[number] : starts[record]]
                if only_names or (key[0] not in NO_NAME and b"/" not in key):
                    digest = hashes[number]  # two bits by which the front knows a name
                    front[digest >> 3 & mask] |= BITS[digest & 7]
                    second = key.rfind(b".", 0, key.rfind(b"."))  # the tail is `last_two_labels`
                    if second >= 0:
                        digest = xxh3_64_intdigest(key[second + 1 :], seed)
                        front[digest >> 3 & mask] |= BITS[digest & 7]
                elif number in places:
                    places[number] = at + len(piece) + sum(map(len, parts))
                posting = postings[number]
                line = posting >> 32
                if TWO_DIGITS <= line < FOUR_DIGITS:
                    high, low = SHORT[line // TWO_DIGITS], PAIRS[line % TWO_DIGITS]
                else:
                    high, low = NOTHING, spelled(line)
                parts += (RECORD_MARK, key, POSTINGS_MARK, words[posting & SAYING], high, low)
                if posting & MORE:
                    for posting in builder.further_postings(number):
                        parts += (NEXT_POSTING, words[posting & SAYING], spelled(posting >> 32))
                record = after[number]
            piece += b"".join(parts)
        return piece

    def _begin_bucket(self, place: int) -> None:
        if place > MOST_OCTETS:
            raise CompileFailed("the lists hold more than one index can: 4 GiB of entries")
        self.starts.append(place)

    def networks(self) -> Sequence[tuple[IPv4Network | IPv6Network, int]]:
        """Every range with the place of its record. Only after the records."""
        starts = self._builder.starts
        return [
            (ip_network(self._strings[starts[record] + 1 : starts[record + 1]].decode()), self.places[record])
            for record in self._builder.addresses
        ]


def _numbered(builder: IndexBuilder) -> dict[int, int]:
    """All sayings with their numbers, in an order of their own: one name more changes none of them, so that
    two indexes can be compared (`comparing.relisted_between`)."""
    said = {posting & SAYING for postings in (builder.postings, builder.more) for posting in postings}
    return {saying: number for number, saying in enumerate(sorted(said))}
