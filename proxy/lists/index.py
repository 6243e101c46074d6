"""What do the compiled lists say about a host, a URL or an address?

The file is mapped, not read: all workers share its pages, and a new file takes the place of the old
one by rename while the old mapping goes on answering.
"""

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from xxhash import xxh3_64_intdigest

from proxy.decision.listing import Listing, ListingKind
from proxy.decision.names import is_address
from proxy.decision.urls import Url
from proxy.lists.errors import IndexRefused
from proxy.lists.expressions import Expressions
from proxy.lists.layout import URL_HOST_MARK, Flag, kind_of, rule_of
from proxy.lists.mapping import MappedFile
from proxy.lists.meta import IndexMeta
from proxy.lists.url_keys import url_host, url_keys

LOW_32 = 0xFFFFFFFF
SOURCE_BITS = 0xFFFFFF
SELF, BELOW, EXCEPTION, SPECIFIC = (int(flag) for flag in Flag)
NOTHING: tuple[Listing, ...] = ()


class DomainIndex:
    """A compiled index, answering `decision.listing.Listings`. Safe to share between threads."""

    def __init__(self, file: MappedFile) -> None:
        self._file = file
        self.meta = IndexMeta.from_json(file.meta)
        lists, categories = self.meta.lists, self.meta.categories
        self._sources = [(lists[at].id, categories[category], at) for at, category in self.meta.sources]
        self._seed = file.seed
        self._slots, self._records = file.numbers("slots"), file.numbers("records")
        self._postings, self._strings = file.numbers("postings"), file.octets("strings")
        self._mask = len(self._slots) - 1
        self._patterns = list(file.numbers("patterns"))
        self._expressions = Expressions([rule_of(self._key(record)) for record in self._patterns])
        self._open_addresses()

    def _open_addresses(self) -> None:
        file = self._file
        self._v4_starts, self._v4_sets = file.numbers("v4_starts"), file.numbers("v4_sets")
        self._v6_high, self._v6_low = file.numbers("v6_high"), file.numbers("v6_low")
        self._v6_sets = file.numbers("v6_sets")
        self._sets, self._members = file.numbers("sets"), file.numbers("members")

    @classmethod
    def open(cls, path: Path, *, verify: bool = True) -> Self:
        """Map an index file.

        verify   read it whole once and compare its checksum

        Raises IndexRefused when it is missing, no index, of another version or machine, cut short or
        damaged.
        """
        file = MappedFile(path)
        try:
            if verify:
                file.verify()
            return cls(file)
        except IndexRefused:
            file.close()
            raise
        except (ValueError, LookupError, TypeError) as error:
            file.close()
            raise IndexRefused(f"{path}: its contents contradict each other ({error})") from error

    def verify(self) -> None:
        """Read the whole file and compare its checksum. Raises IndexRefused."""
        self._file.verify()

    def close(self) -> None:
        """Let the file go; every later question raises ValueError."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.close()

    def for_host(self, host: str) -> Sequence[Listing]:
        """Listings that match a canonical host: itself or a parent by name, or its address range."""
        if (host[-1:].isdigit() or ":" in host) and is_address(host):
            return self._for_address(host)
        slots, mask, seed = self._slots, self._mask, self._seed
        data = host.encode("ascii", "replace")
        found: list[int] | None = None
        whole = len(data)
        for _ in range(data.count(b".") + self.meta.has_bare_names):
            digest = xxh3_64_intdigest(data, seed)
            slot = digest & mask
            while value := slots[slot]:
                if value >> 32 == digest >> 32 and self._is(value, data):
                    found = [*(found or ()), (value & LOW_32) - 1]
                    break
                slot = (slot + 1) & mask
            data = data.partition(b".")[2]
        if found is None:
            return NOTHING
        return self._said(found, whole)

    def for_url(self, url: Url) -> Sequence[Listing]:
        """URL and expression listings that match a URL; none of those that match by host alone."""
        found: list[int] = []
        host = url_host(url.host)
        if self._find(URL_HOST_MARK + host) is not None:
            keys = dict.fromkeys(url_keys(host, url.path, url.query, self.meta.url_depth))
            found = [record for key in keys if (record := self._find(key)) is not None]
        found += [self._patterns[number] for number in self._expressions.matching(url)]
        if not found:
            return NOTHING
        return self._said(found, None)

    def url_categories(self, host: str) -> frozenset[str]:
        """Categories under which some URL on exactly this host (or its `www.` twin) is listed."""
        record = self._find(URL_HOST_MARK + url_host(host))
        if record is None:
            return frozenset()
        return frozenset(listing.category for listing in self._said((record,), None))

    def names(self) -> Iterator[tuple[ListingKind, str]]:
        """Every rule in the index with its kind, once each, in the order of building."""
        for record in range(self.meta.records):
            key = self._key(record)
            if not key.startswith(URL_HOST_MARK):
                yield kind_of(key), rule_of(key)

    def listings(self) -> Iterator[tuple[Listing, Flag]]:
        """Every line in the index that lists or exempts something, in the order of building."""
        for record in range(self.meta.records):
            key = self._key(record)
            if not key.startswith(URL_HOST_MARK):
                for posting in self._postings_of(record):
                    list_id, category, _ = self._sources[posting >> 8 & SOURCE_BITS]
                    listing = Listing(rule_of(key), category, list_id, posting >> 32, kind_of(key))
                    yield listing, Flag(posting & 0xFF)

    def _for_address(self, host: str) -> Sequence[Listing]:
        number = int(ipaddress.ip_address(host))
        if ":" in host:
            high, low = self._v6_high, self._v6_low
            at = bisect_right(range(len(high)), number, key=lambda i: high[i] << 64 | low[i])
            chosen = self._v6_sets[at - 1] if at else 0
        else:
            at = bisect_right(self._v4_starts, number)
            chosen = self._v4_sets[at - 1] if at else 0
        first, count = self._sets[2 * chosen], self._sets[2 * chosen + 1]
        if not count:
            return NOTHING
        found = list(self._members[first : first + count])
        return self._said(found, None)

    def _said(self, found: Iterable[int], whole: int | None) -> tuple[Listing, ...]:
        """What the lists say in some records, most specific first, their own exceptions applied.

        whole   length of the name that was asked for; None: reach does not matter
        """
        said: list[Listing] = []
        numbers: list[int] = []
        muted: set[int] = set()
        exempt: set[int] = set()
        for record in found:
            key = self._key(record)
            rule, kind = rule_of(key), kind_of(key)
            reach = SELF if len(key) == whole else BELOW
            counting = [posting for posting in self._postings_of(record) if posting & reach]
            if self.meta.has_exceptions:
                self._note_exceptions(counting, muted, exempt)
            for posting in counting:
                list_id, category, number = self._sources[posting >> 8 & SOURCE_BITS]
                if not posting & EXCEPTION and number not in muted:
                    said.append(Listing(rule, category, list_id, posting >> 32, kind))
                    numbers.append(number)
        if not exempt:
            return tuple(said)
        return tuple(one for one, number in zip(said, numbers, strict=True) if number not in exempt)

    def _note_exceptions(self, postings: list[int], muted: set[int], exempt: set[int]) -> None:
        for posting in postings:
            if posting & EXCEPTION:
                (muted if posting & SPECIFIC else exempt).add(self._sources[posting >> 8 & SOURCE_BITS][2])

    def _find(self, key: str) -> int | None:
        data = key.encode("utf-8", "surrogatepass")
        digest = xxh3_64_intdigest(data, self._seed)
        slot = digest & self._mask
        while value := self._slots[slot]:
            if value >> 32 == digest >> 32 and self._is(value, data):
                return (value & LOW_32) - 1
            slot = (slot + 1) & self._mask
        return None

    def _is(self, value: int, data: bytes) -> bool:
        """Say whether a slot's record has this key: no two names are ever taken for each other."""
        at = 4 * ((value & LOW_32) - 1)
        start = self._records[at]
        return self._strings[start : start + self._records[at + 1]] == data

    def _key(self, record: int) -> str:
        start, length = self._records[4 * record], self._records[4 * record + 1]
        return str(self._strings[start : start + length], "utf-8", "surrogatepass")

    def _postings_of(self, record: int) -> Sequence[int]:
        first, count = self._records[4 * record + 2], self._records[4 * record + 3]
        return self._postings[first : first + count]
