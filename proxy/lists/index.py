"""What do the compiled lists say about a host, a URL or an address?

The file is mapped, not read: all workers share its pages, and a new file takes the place of the old
one by rename while the old mapping goes on answering.
"""

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

from xxhash import xxh3_64_intdigest

from proxy.decision.listing import Listing, ListingKind
from proxy.decision.names import is_address
from proxy.decision.urls import Url
from proxy.lists.errors import IndexRefused
from proxy.lists.expressions import Expressions
from proxy.lists.layout import (
    BITS,
    POSTINGS_MARK,
    RECORD_MARK,
    URL_HOST_MARK,
    Flag,
    kind_of,
    rule_of,
    spelled,
)
from proxy.lists.mapping import MappedFile
from proxy.lists.meta import IndexMeta
from proxy.lists.url_keys import url_host, url_keys

SELF, BELOW, EXCEPTION, SPECIFIC = (int(flag) for flag in Flag)
NOTHING: tuple[Listing, ...] = ()
DIGITS = "0123456789"
NAME = ListingKind.NAME

type Record = tuple[str, bytes]
"""A key and its postings."""


class DomainIndex:
    """A compiled index, answering `decision.listing.Listings`. Safe to share between threads."""

    def __init__(self, file: MappedFile) -> None:
        self._file = file
        self.meta = IndexMeta.from_json(file.meta)
        lists, categories = self.meta.lists, self.meta.categories
        sources = [(lists[at].id, categories[category], at) for at, category in self.meta.sources]
        self._sayings = {
            spelled(number): (*sources[saying >> 8], saying & 0xFF)
            for number, saying in enumerate(file.numbers("sayings"))
        }
        self._octets, self._seed = file.octets_at, file.seed
        self._starts, self._front = file.numbers("starts"), file.octets("front")
        self._buckets, self._bytes = len(self._starts) - 2, len(self._front) - 1  # as masks
        self._has_bare_names = self.meta.has_bare_names
        self._patterns = [self._record_at(place) for place in file.numbers("patterns")]
        self._expressions = Expressions([rule_of(key) for key, _ in self._patterns])
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
        if (host[-1:] in DIGITS or ":" in host) and is_address(host):
            return self._for_address(host)
        data = host.encode("ascii", "replace")
        tail = data[data.rfind(b".", 0, data.rfind(b".")) + 1 :]  # `last_two_labels`, without the call
        digest = xxh3_64_intdigest(tail, self._seed)
        if not (self._front[digest >> 3 & self._bytes] & BITS[digest & 7] or self._has_bare_names):
            return NOTHING  # most names end here, however many labels they have
        found = self._covering(data, 1 if self._has_bare_names else len(tail) or 1)
        return self._said(found, host) if found else NOTHING

    def _covering(self, data: bytes, shortest: int) -> list[Record]:
        """The records of a name and of the names above it, down to a length, the longest first."""
        front, mask, seed = self._front, self._bytes, self._seed
        found: list[Record] = []
        while len(data) >= shortest:
            digest = xxh3_64_intdigest(data, seed)
            if front[digest >> 3 & mask] & BITS[digest & 7]:
                postings = self._in_bucket(digest & self._buckets, data)
                if postings is not None:
                    found.append((str(data, "ascii"), postings))
            data = data.partition(b".")[2]
        return found

    def for_url(self, url: Url) -> Sequence[Listing]:
        """URL and expression listings that match a URL; none of those that match by host alone."""
        found: list[Record] = []
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

    def may_list_pages(self, host: str) -> bool:
        """Whether a URL on exactly this host or its `www.` twin is listed, or an expression may match one."""
        return bool(self._patterns) or self._find(URL_HOST_MARK + url_host(host)) is not None

    def names(self) -> Iterator[tuple[ListingKind, str]]:
        """Every rule in the index with its kind, once each, in no order that means anything."""
        for text, _ in self._rules():
            yield kind_of(text), rule_of(text)

    def listings(self) -> Iterator[tuple[Listing, Flag]]:
        """Every line in the index that lists or exempts something; those of one rule side by side."""
        for text, postings in self._rules():
            rule, kind = rule_of(text), kind_of(text)
            words = postings.split()
            for saying, line in zip(words[::2], words[1::2], strict=True):
                list_id, category, _, flags = self._sayings[saying]
                yield Listing(rule, category, list_id, int(line, 36), kind), Flag(flags)

    def _rules(self) -> Iterator[tuple[str, bytes]]:
        """Key and postings of every record but those that only say that a host has listed URLs."""
        for start, end in pairwise(self._starts):
            for record in self._octets[start:end].split(RECORD_MARK)[1:]:
                key, _, postings = record.partition(POSTINGS_MARK)
                text = _text(key)
                if not text.startswith(URL_HOST_MARK):
                    yield text, postings

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
        return self._said([self._record_at(place) for place in self._members[first : first + count]], None)

    def _said(self, found: Iterable[Record], whole: str | None) -> tuple[Listing, ...]:
        """What the lists say in some records, most specific first, their own exceptions applied.

        whole   the name that was asked for; None: reach does not matter
        """
        said: list[Listing] = []
        numbers: list[int] = []
        muted: set[int] = set()
        exempt: set[int] = set()
        for key, postings in found:
            rule, kind = (key, NAME) if whole is not None else (rule_of(key), kind_of(key))
            reach = SELF if key == whole else BELOW
            words = postings.split()
            if self.meta.has_exceptions:
                self._note_exceptions(words, reach, muted, exempt)
            for at in range(0, len(words), 2):
                list_id, category, number, flags = self._sayings[words[at]]
                if flags & reach and not flags & EXCEPTION and number not in muted:
                    said.append(Listing(rule, category, list_id, int(words[at + 1], 36), kind))
                    numbers.append(number)
        if not exempt:
            return tuple(said)
        return tuple(one for one, number in zip(said, numbers, strict=True) if number not in exempt)

    def _note_exceptions(self, words: list[bytes], reach: int, muted: set[int], exempt: set[int]) -> None:
        for saying in words[::2]:
            _, _, number, flags = self._sayings[saying]
            if flags & EXCEPTION and flags & reach:
                (muted if flags & SPECIFIC else exempt).add(number)

    def _find(self, key: str) -> Record | None:
        data = key.encode("utf-8", "surrogatepass")
        postings = self._in_bucket(xxh3_64_intdigest(data, self._seed) & self._buckets, data)
        return None if postings is None else (key, postings)

    def _in_bucket(self, bucket: int, key: bytes) -> bytes | None:
        """The postings of a key, or None: the whole key is compared, so that no two names are ever taken
        for each other."""
        records = self._octets[self._starts[bucket] : self._starts[bucket + 1]]
        at = records.find(b"\xff%b\xfe" % key)
        if at < 0:
            return None
        at += len(key) + 2
        end = records.find(RECORD_MARK, at)
        return records[at:end] if end >= 0 else records[at:]

    def _record_at(self, place: int) -> Record:
        end = self._octets.find(RECORD_MARK, place + 1)
        key, _, postings = self._octets[place + 1 : end].partition(POSTINGS_MARK)
        return _text(key), postings


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogatepass")
