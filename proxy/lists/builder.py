"""How do millions of entries become an index, in memory that stays near the file's size?"""

import ipaddress
from array import array
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

import xxhash

from proxy.decision.listing import ListingKind
from proxy.lists.errors import CompileFailed
from proxy.lists.formats.entry import Entry, Exemption
from proxy.lists.layout import ADDRESS_MARK, EXPRESSION_MARK, URL_HOST_MARK, Flag
from proxy.lists.packing import address_arrays
from proxy.lists.ranges import Network

FIRST_SLOTS = 1 << 12
NONE = 0xFFFFFFFF


class Outcome(Enum):
    """What became of an entry."""

    NEW = "new"
    REPEATED = "repeated"
    JOINED = "joined"


NEW = (Outcome.NEW, 0)
SAME = 0xFFFFFFFC  # source and flags of a posting, but for its reach


class IndexBuilder:
    """Takes entries one by one; `arrays` gives what the file holds.

    A source is a pair of list and category; the caller numbers them from 0.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed & 0xFFFFFFFFFFFFFFFF
        self.url_depth = 0
        self.has_exceptions = False
        self.has_bare_names = False
        self._slots = array("Q", bytes(8 * FIRST_SLOTS))
        self._hashes = array("Q")
        self._starts = array("I", [0])
        self._first = array("I")
        self._strings = bytearray()
        self._postings = array("Q")
        self._next = array("I")
        self._patterns = array("I")

    def __len__(self) -> int:
        return len(self._hashes)

    def add(self, source: int, entry: Entry) -> tuple[Outcome, int]:
        """Take an entry; the number is the line that had it before, 0 when it is new."""
        flags = int(entry.reach)
        if entry.exemption is not None:
            self.has_exceptions = True
            flags |= Flag.EXCEPTION
            if entry.exemption is Exemption.SPECIFIC:
                flags |= Flag.SPECIFIC
        posting = entry.line << 32 | source << 8 | flags
        kind = entry.kind
        if kind is ListingKind.NAME:
            if "." not in entry.text:
                self.has_bare_names = True
            return self._post(entry.text, posting)
        if kind is ListingKind.ADDRESS:
            return self._post(ADDRESS_MARK + entry.text, posting)
        if kind is ListingKind.EXPRESSION:
            count = len(self)
            said = self._post(EXPRESSION_MARK + entry.text, posting)
            if len(self) > count:
                self._patterns.append(count)
            return said
        host, _, rest = entry.text.partition("/")
        self.url_depth = max(self.url_depth, rest.partition("?")[0].count("/") + 1)
        self._post(URL_HOST_MARK + host, posting)
        return self._post(entry.text, posting)

    def _post(self, key: str, posting: int) -> tuple[Outcome, int]:
        """Hang a posting on a key's record, which is made when there is none."""
        data = key.encode("utf-8", "surrogatepass")
        digest = xxhash.xxh3_64_intdigest(data, self.seed)
        slots, starts = self._slots, self._starts
        mask, tag = len(slots) - 1, digest >> 32
        slot = digest & mask
        while value := slots[slot]:
            if value >> 32 == tag:
                record = (value & NONE) - 1
                if self._strings[starts[record] : starts[record + 1]] == data:
                    return self._post_again(record, posting)
            slot = (slot + 1) & mask
        self._new_record(data, digest, slot)
        self._postings.append(posting)
        self._next.append(NONE)
        return NEW

    def _new_record(self, data: bytes, digest: int, slot: int) -> None:
        """Make a record whose first posting is the one that comes next."""
        strings = self._strings
        strings += data
        end = len(strings)
        if end >= NONE:
            raise CompileFailed("the lists hold more than one index can: 4 GiB of names")
        self._hashes.append(digest)
        self._starts.append(end)
        self._first.append(len(self._postings))
        number = len(self._hashes)
        self._slots[slot] = (digest >> 32) << 32 | number
        if 2 * number > len(self._slots):
            self._grow()

    def _grow(self) -> None:
        size = 2 * len(self._slots)
        slots, mask = array("Q", bytes(8 * size)), size - 1
        for record, digest in enumerate(self._hashes, 1):
            slot = digest & mask
            while slots[slot]:
                slot = (slot + 1) & mask
            slots[slot] = (digest >> 32) << 32 | record
        self._slots = slots

    def _post_again(self, record: int, posting: int) -> tuple[Outcome, int]:
        """Hang a further posting on a record, unless the same source has said as much already."""
        at = self._first[record]
        while True:
            old = self._postings[at]
            if (old ^ posting) & SAME == 0:
                if old & 3 == 3 or old & 3 == posting & 3:
                    return Outcome.REPEATED, old >> 32
                self._postings[at] = old | 3
                return Outcome.JOINED, old >> 32
            if self._next[at] == NONE:
                break
            at = self._next[at]
        self._next[at] = len(self._postings)
        self._postings.append(posting)
        self._next.append(NONE)
        return NEW

    def arrays(self) -> dict[str, array[int] | bytearray]:
        """The file's sections, but for its metadata."""
        records, postings = self._flattened()
        return {
            "slots": self._slots,
            "records": records,
            "postings": postings,
            "patterns": self._patterns,
            "strings": self._strings,
            **address_arrays(list(self._networks())),
        }

    def _flattened(self) -> tuple[array[int], array[int]]:
        """Records with their postings side by side."""
        records, postings = array("I"), array("Q")
        for (start, end), first in zip(pairwise(self._starts), self._first, strict=True):
            begin = len(postings)
            at = first
            while at != NONE:
                postings.append(self._postings[at])
                at = self._next[at]
            records.extend((start, end - start, begin, len(postings) - begin))
        return records, postings

    def _networks(self) -> Iterator[tuple[Network, int]]:
        for record, (start, end) in enumerate(pairwise(self._starts)):
            if self._strings[start] == ord(ADDRESS_MARK):
                yield ipaddress.ip_network(self._strings[start + 1 : end].decode()), record
