"""What would one index list that another does not?"""

import ipaddress
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from proxy.decision.listing import Listing, ListingKind
from proxy.decision.names import NameProblem
from proxy.decision.urls import parse_url
from proxy.lists.index import DomainIndex
from proxy.lists.layout import Flag
from proxy.lists.ranges import Network

BELOW = "name-below-it"


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines of which the effect changes, sorted.

    gained   newly listed, with the line of the new index
    lost     no longer listed, with the line of the old index
    """

    gained: tuple[Listing, ...]
    lost: tuple[Listing, ...]


def difference(old: DomainIndex, new: DomainIndex) -> Difference:
    """Compare by effect: a name that a listed parent covers already is no news."""
    return Difference(_beyond(new, old), _beyond(old, new))


def _beyond(one: DomainIndex, other: DomainIndex) -> tuple[Listing, ...]:
    """What `one` lists and `other` does not, itself or through an exception of its own."""
    known = _Known(other)
    found: dict[tuple[str, str], Listing] = {}
    for listing, flags in one.listings():
        if not flags & Flag.EXCEPTION and not _lists(known, listing, flags):
            found.setdefault((listing.rule, listing.category), listing)
    for listing in _exempted_by(other, one):
        found.setdefault((listing.rule, listing.category), listing)
    return tuple(sorted(found.values(), key=lambda listing: (listing.category, listing.rule)))


class _Known:
    """An index, with what it cannot be asked for by name: its expressions and its whole ranges."""

    def __init__(self, index: DomainIndex) -> None:
        self.index = index
        self.expressions: set[tuple[str, str]] = set()
        self._freed: list[Network] = []
        listed: dict[tuple[str, int], list[Network]] = {}
        for listing, flags in index.listings():
            if listing.kind is ListingKind.EXPRESSION:
                self.expressions.add((listing.rule, listing.category))
            elif listing.kind is ListingKind.ADDRESS:
                network = ipaddress.ip_network(listing.rule)
                if flags & Flag.EXCEPTION:
                    self._freed.append(network)
                else:
                    listed.setdefault((listing.category, network.version), []).append(network)
        self._ranges = {key: _merged(networks) for key, networks in listed.items()}

    def lists_range(self, network: Network, category: str) -> bool:
        """Whether all addresses of a range are listed under a category."""
        ranges = self._ranges.get((category, network.version), [])
        first, last = int(network[0]), int(network[-1])
        at = bisect_right(ranges, first, key=lambda pair: pair[0])
        if not at or ranges[at - 1][1] < last:
            return False
        inside = (freed for freed in self._freed if freed.version == network.version)
        asked = (int(one[0]) for one in inside if first <= int(one[0]) <= last)
        return all(
            category in _categories(self.index, str(type(network[0])(number))) for number in (first, *asked)
        )


def _merged(networks: list[Network]) -> list[tuple[int, int]]:
    """First and last address of each run of ranges that touch, in order."""
    runs: list[tuple[int, int]] = []
    for first, last in sorted((int(network[0]), int(network[-1])) for network in networks):
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(runs[-1][1], last))
        else:
            runs.append((first, last))
    return runs


def _lists(known: _Known, listing: Listing, flags: Flag) -> bool:
    match listing.kind:
        case ListingKind.NAME:
            asked = [listing.rule] if flags & Flag.SELF else []
            asked += [f"{BELOW}.{listing.rule}"] if flags & Flag.BELOW else []
            return all(listing.category in _categories(known.index, name) for name in asked)
        case ListingKind.ADDRESS:
            return known.lists_range(ipaddress.ip_network(listing.rule), listing.category)
        case ListingKind.EXPRESSION:
            return (listing.rule, listing.category) in known.expressions
        case ListingKind.URL:
            return _lists_url(known.index, listing)


def _lists_url(index: DomainIndex, listing: Listing) -> bool:
    try:
        url = parse_url(listing.rule)
    except NameProblem:
        return False
    said = {one.category for one in index.for_url(url) if one.kind is ListingKind.URL}
    return listing.category in said | _categories(index, url.host)


def _categories(index: DomainIndex, host: str) -> set[str]:
    return {listing.category for listing in index.for_host(host)}


def _exempted_by(index: DomainIndex, other: DomainIndex) -> Iterator[Listing]:
    """Names that an exception in `index` frees and that `other` lists, as it lists them."""
    for exception, flags in index.listings():
        if flags & Flag.EXCEPTION and exception.kind is ListingKind.NAME:
            free = _categories(index, exception.rule)
            for listing in other.for_host(exception.rule):
                if listing.category not in free:
                    yield Listing(exception.rule, listing.category, listing.list_id, listing.line)
