"""In which hosts do two index files differ?

Two indexes with one seed and as many buckets hold an unchanged name in the same bucket. So they are compared
many buckets at a time, as octets: first as they are, then without the lines, and only what differs still is
read record by record. A million names take some tenths of a second.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path

from proxy.lists.errors import IndexRefused
from proxy.lists.layout import ADDRESS_MARK, EXPRESSION_MARK, POSTINGS_MARK, RECORD_MARK, URL_HOST_MARK
from proxy.lists.mapping import MappedFile
from proxy.lists.relisted import MOST_NAMES, Network, Relisted, bounded

AT_ONCE = 256  # buckets, about a thousand records

_LINES = re.compile(rb"([\xfe ][0-9a-z]+) [0-9a-z]+(?=[ \xff]|\Z)")


def relisted_between(old: Path, new: Path) -> Relisted | None:
    """Say of which hosts the new index says something else than the old one.

    None when that cannot be said: the files cannot be compared (another seed, other lists or categories,
    twice as many names), one of them is no index, or too much differs.
    """
    try:
        with closing(MappedFile(old)) as before, closing(MappedFile(new)) as after:
            return _compared(before, after)
    except (IndexRefused, ValueError, LookupError, TypeError):
        return None


def seed_of(index: Path) -> int | None:
    """The seed that another index must have to be compared with this one; None when it is none."""
    try:
        with closing(MappedFile(index)) as file:
            return file.seed
    except IndexRefused:
        return None


def _compared(old: MappedFile, new: MappedFile) -> Relisted | None:
    if _terms(old) != _terms(new):
        return None
    names: set[str] = set()
    ranges: set[Network] = set()
    for key in _differing(old, new):
        text = key.decode("utf-8", "surrogatepass")
        if text.startswith(URL_HOST_MARK):  # some URL on this host, which is listed without `www.`
            names.update((text[1:], f"www.{text[1:]}"))
        elif text.startswith(ADDRESS_MARK):
            ranges.add(ip_network(text[1:]))
        elif not text.startswith(EXPRESSION_MARK) and "/" not in text:  # else it speaks of URLs alone
            names.add(text)
        if len(names) > MOST_NAMES:
            return None
    return bounded(names, ranges)


def _terms(file: MappedFile) -> tuple[object, ...]:
    """What must be equal for equal octets to say the same."""
    meta = file.meta
    assert isinstance(meta, dict)
    lists = [one["id"] for one in meta["lists"]]
    sayings = bytes(file.octets("sayings"))
    return file.seed, len(file.numbers("starts")), sayings, lists, meta["categories"], meta["sources"]


def _differing(old: MappedFile, new: MappedFile) -> Iterator[bytes]:
    """The keys that one of two files has, or that they have with other postings, but for the lines."""
    old_starts, new_starts = old.numbers("starts"), new.numbers("starts")
    last = len(old_starts) - 1
    for begin in range(0, last, AT_ONCE):
        end = min(begin + AT_ONCE, last)
        before = old.octets_at[old_starts[begin] : old_starts[end]]
        after = new.octets_at[new_starts[begin] : new_starts[end]]
        if before == after:
            continue
        before, after = _LINES.sub(rb"\1", before), _LINES.sub(rb"\1", after)
        if before != after:
            one, other = _records(before), _records(after)
            yield from (key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def _records(octets: bytes) -> dict[bytes, bytes]:
    """Postings by key. Expressions are cut where they look like lines, and are not what is asked for."""
    parted = (record.partition(POSTINGS_MARK) for record in octets.split(RECORD_MARK)[1:])
    return {key: postings for key, _, postings in parted}
