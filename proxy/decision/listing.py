"""What do the category lists say about a host, a URL or an address?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from proxy.decision.urls import Url
from proxy.decision.values import quickly_made


class ListingKind(Enum):
    """What a list line speaks of."""

    NAME = "name"
    URL = "url"
    ADDRESS = "address"
    EXPRESSION = "expression"


@quickly_made
@dataclass(frozen=True, slots=True)
class Listing:
    """One line of one list that matches.

    rule       the listed name (it covers everything below it), `host/path`, CIDR range or expression
    category   category id
    list_id    id of the list
    line       1-based line in the list's source file
    """

    rule: str
    category: str
    list_id: str
    line: int
    kind: ListingKind = ListingKind.NAME


class Listings(Protocol):
    """The compiled lists, as the decision sees them. Answers never change while an object lives.

    A list's own exception (`@@` in adblock, passthru in RPZ) has already taken away that list's
    listings for the names it covers, and only that list's.
    """

    def for_host(self, host: str) -> Sequence[Listing]:
        """Listings that match a canonical host: itself or a parent by name, or its address range."""

    def for_url(self, url: Url) -> Sequence[Listing]:
        """URL and expression listings that match a URL; none of those that match by host alone."""

    def url_categories(self, host: str) -> frozenset[str]:
        """Categories under which some URL on exactly this host (or its `www.` twin) is listed."""

    def may_list_pages(self, host: str) -> bool:
        """Whether `for_url` could find anything for some URL on exactly this host. False is a promise."""


class NoListings:
    """Lists that list nothing."""

    def for_host(self, host: str) -> Sequence[Listing]:
        """Nothing is listed."""
        return ()

    def for_url(self, url: Url) -> Sequence[Listing]:
        """Nothing is listed."""
        return ()

    def url_categories(self, host: str) -> frozenset[str]:
        """Nothing is listed."""
        return frozenset()

    def may_list_pages(self, host: str) -> bool:
        """Nothing is listed."""
        return False
