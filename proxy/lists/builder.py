"""How do millions of entries become an index, in memory that stays near the file's size?"""

from array import array
from collections.abc import Iterable
from enum import Enum

import xxhash

from proxy.decision.listing import ListingKind
from proxy.lists.errors import CompileFailed
from proxy.lists.formats.entry import Entry, Exemption, Reach
from proxy.lists.layout import ADDRESS_MARK, EXPRESSION_MARK, URL_HOST_MARK, Flag

FIRST_SLOTS = 1 << 12
NONE = 0xFFFFFFFF


class Outcome(Enum):
    """What became of an entry."""

    NEW = "new"
    REPEATED = "repeated"
    JOINED = "joined"


NEW = (Outcome.NEW, 0)
NEXT_LINE = 1 << 32  # from a posting to one of the next line
MORE = 0x80  # in a record's first posting: it has further ones
SAYING = 0xFFFFFFFF & ~MORE  # source and flags of a posting
SAME = SAYING & ~int(Reach.ALL)  # the same but for its reach


def posting_of(line: int, source: int, flags: int = Reach.ALL) -> int:
    """Write a posting; see `IndexBuilder`."""
    return line << 32 | source << 8 | int(flags)


class IndexBuilder:
    """Takes entries one by one; `laying_out.sections_of` makes the file's sections of them.

    A source is a pair of list and category; the caller numbers them from 0. An entry takes about 60 octets
    here beside its text, and no object of its own.

    slots      hash table: number of a record + 1; 0: free
    hashes     of each record's key
    starts     where each key begins in `strings`, and where the last one ends
    postings   the first of each record: line << 32 | source << 8 | MORE | flags
    further    record -> place of its next posting among `more`, + 1; `onward`: from there to the next
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed & 0xFFFFFFFFFFFFFFFF
        self.url_depth = 0
        self.has_exceptions = False
        self.has_bare_names = False
        self.hashes = array("Q")
        self.starts = array("Q", [0])
        self.strings = bytearray()
        self.postings = array("Q")
        self.further = array("I")
        self.more = array("Q")
        self.onward = array("I")
        self.patterns = array("I")
        self.addresses = array("I")
        self._slots = array("I", bytes(4 * FIRST_SLOTS))
        self._room = FIRST_SLOTS // 2

    def __len__(self) -> int:
        return len(self.hashes)

    def add(self, source: int, entry: Entry) -> tuple[Outcome, int]:
        """Take an entry; the number is the line that had it before, 0 when it is new."""
        flags = int(entry.reach)
        if entry.exemption is not None:
            self.has_exceptions = True
            flags |= Flag.EXCEPTION
            if entry.exemption is Exemption.SPECIFIC:
                flags |= Flag.SPECIFIC
        posting = posting_of(entry.line, source, flags)
        kind = entry.kind
        if kind is ListingKind.NAME:
            if "." not in entry.text:
                self.has_bare_names = True
            return self._post(entry.text, posting)
        if kind is ListingKind.ADDRESS:
            return self._post(ADDRESS_MARK + entry.text, posting, self.addresses)
        if kind is ListingKind.EXPRESSION:
            return self._post(EXPRESSION_MARK + entry.text, posting, self.patterns)
        host, _, rest = entry.text.partition("/")
        self.url_depth = max(self.url_depth, rest.partition("?")[0].count("/") + 1)
        self._post(URL_HOST_MARK + host, posting)
        return self._post(entry.text, posting)

    def add_names(self, names: Iterable[bytes], postings: Iterable[int]) -> dict[int, tuple[Outcome, int]]:
        """Take many names, each with a dot in it, and with its own posting (see above).

        Gives what was not new, by its place among the names, as `add` gives it. One loop without a call but
        into C, as most of what is ever compiled goes through it.
        """
        known: dict[int, tuple[Outcome, int]] = {}
        seed, digest_of = self.seed, xxhash.xxh3_64_intdigest
        strings, starts, hashes, first, further = (
            self.strings, self.starts, self.hashes, self.postings, self.further,
        )  # fmt: skip
        slots, mask, count = self._slots, len(self._slots) - 1, len(hashes)
        room = count + self._room
        for place, (name, posting) in enumerate(zip(names, postings, strict=True)):
            digest = digest_of(name, seed)
            slot = digest & mask
            while number := slots[slot]:
                if hashes[number - 1] == digest and strings[starts[number - 1] : starts[number]] == name:
                    became = self._post_again(number - 1, posting)
                    if became is not NEW:
                        known[place] = became
                    break
                slot = (slot + 1) & mask
            else:
                strings += name
                hashes.append(digest)
                starts.append(len(strings))
                first.append(posting)
                further.append(0)
                count += 1
                slots[slot] = count
                if count == room:
                    self._grow()
                    slots, mask, room = self._slots, len(self._slots) - 1, count + self._room
        self._room = room - count
        return known

    def _post(self, key: str, posting: int, kept: "array[int] | None" = None) -> tuple[Outcome, int]:
        """Hang a posting on a key's record, which is made when there is none.

        kept   gets the number of a record that is new
        """
        data = key.encode("utf-8", "surrogatepass")
        digest = xxhash.xxh3_64_intdigest(data, self.seed)
        slots, starts, hashes = self._slots, self.starts, self.hashes
        mask = len(slots) - 1
        slot = digest & mask
        while number := slots[slot]:
            if hashes[number - 1] == digest and self.strings[starts[number - 1] : starts[number]] == data:
                return self._post_again(number - 1, posting)
            slot = (slot + 1) & mask
        if kept is not None:
            kept.append(len(hashes))
        self.strings += data
        hashes.append(digest)
        starts.append(len(self.strings))
        self.postings.append(posting)
        self.further.append(0)
        slots[slot] = len(hashes)
        self._room -= 1
        if not self._room:
            self._grow()
        return NEW

    def _grow(self) -> None:
        size = 2 * len(self._slots)
        if size > NONE:
            raise CompileFailed("the lists hold more than one index can: two thousand million entries")
        self._slots = slots = array("I", bytes(4 * size))  # the old one is gone before the new one fills
        self._room = size // 2 - len(self.hashes)
        mask = size - 1
        for number, digest in enumerate(self.hashes, 1):
            slot = digest & mask
            while slots[slot]:
                slot = (slot + 1) & mask
            slots[slot] = number

    def _post_again(self, record: int, posting: int) -> tuple[Outcome, int]:
        """Hang a further posting on a record, unless the same source has said as much already."""
        postings, at, next_ = self.postings, record, self.further[record]
        while True:
            old = postings[at]
            if (old ^ posting) & SAME == 0:
                if old & 3 == 3 or old & 3 == posting & 3:
                    return Outcome.REPEATED, old >> 32
                postings[at] = old | 3
                return Outcome.JOINED, old >> 32
            if not next_:
                break
            postings, at, next_ = self.more, next_ - 1, self.onward[next_ - 1]
        self.more.append(posting)
        self.onward.append(0)
        if postings is self.postings:
            self.further[record] = len(self.more)
            postings[record] |= MORE
        else:
            self.onward[at] = len(self.more)
        return NEW

    def key(self, record: int) -> bytes:
        """A record's key, as octets."""
        return bytes(self.strings[self.starts[record] : self.starts[record + 1]])

    def further_postings(self, record: int) -> list[int]:
        """A record's postings but for its first, in the order of their coming."""
        found: list[int] = []
        next_ = self.further[record]
        while next_:
            found.append(self.more[next_ - 1])
            next_ = self.onward[next_ - 1]
        return found

    def end(self) -> None:
        """Take no more entries, and give back the memory that only finding them again needed."""
        self._slots = array("I")
