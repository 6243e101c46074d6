"""Which services show another address inside their own, and where does it stand in theirs?

Made from the sections `wrappers`, `redirectors` and `fetchers` of `blocklists/bypass/*.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from proxy.bypass.spelling.hosts import registrable
from proxy.decision.names import tails

ANY_COUNTRY = "*"
WHOLE_QUERY = ""


class Matched(Protocol):
    """What a matched pattern answers."""

    def end(self) -> int:
        """Where what matched ends."""
        ...


class Pattern(Protocol):
    """A compiled pattern that takes linear time."""

    def match(self, text: str) -> Matched | None:
        """Match at the beginning of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service's own address holds the other one.

    technique    of the service (`wrapper.translate`)
    list_id      the file that says so
    under        what the canonical path must match for the rest to hold; None: any
    path         what stands before the address in the canonical path; None: not in the path
    parameters   of the query, in lower case; WHOLE_QUERY: the query as a whole is the address
    value        what stands before the address in a parameter's value (`cache:`); None: nothing
    is_folded    the labels before the service's name are the host (`www-example-org.translate.goog`,
                 or as they stand)
    """

    technique: str
    list_id: str
    under: Pattern | None = None
    path: Pattern | None = None
    parameters: frozenset[str] = frozenset()
    value: Pattern | None = None
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Fetchers:
    """How a fetcher that nobody listed is told from sites that merely mention an address.

    hosting       names below which strangers run small programs of theirs
    asked         parameters that a fetcher takes its address from
    returning     parameters that say where a person comes from or goes back to; never an address to fetch
    fetching      words in a path that say that something is fetched
    mentioning    words in a path that say that an address is only mentioned: log-in, sharing, tracking
    leading       labels of names (`click`, `sso`) that say so of all below them, where a parameter has it
    """

    hosting: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    returning: frozenset[str] = frozenset()
    fetching: frozenset[str] = frozenset()
    mentioning: frozenset[str] = frozenset()
    leading: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The tables.

    places        by name; `translate.google.*` for a name under any public suffix
    labels        by one whole label of a name, wherever it stands (`ezproxy`)
    redirectors   name -> beginnings of canonical paths, in lower case, that only lead on; "/" for all
    everywhere    the labels before the `*` of all such names; others need not be looked for under any suffix
    """

    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    labels: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    redirectors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fetchers: Fetchers = field(default_factory=Fetchers)
    everywhere: frozenset[str] = frozenset()

    def service(self, host: str) -> tuple[str, tuple[Place, ...]] | None:
        """The name that is listed for a canonical host and the places of its addresses, or None."""
        names = tails(host)
        for name in names:
            if name in self.places:
                return name, self.places[name]
        labels = host.split(".")
        if not self.everywhere.isdisjoint(labels):
            for name in countryless(host):
                if name in self.places:
                    return name, self.places[name]
        for place, label in enumerate(labels[:-2]):
            if label in self.labels:
                return names[place], self.labels[label]
        return None

    def only_leads_on(self, host: str, path: str) -> bool:
        """Say whether an address is a redirector's: its answer sends the browser to where it leads."""
        anywhere = () if self.everywhere.isdisjoint(host.split(".")) else countryless(host)
        for name in (*tails(host), *anywhere):
            beginnings = self.redirectors.get(name)
            if beginnings is not None:
                return path.lower().startswith(beginnings)
        return False

    def is_hosting(self, host: str) -> bool:
        """Say whether strangers run programs below the parent of a canonical host."""
        hosting = self.fetchers.hosting
        return any(name in hosting for name in tails(host))


@lru_cache(maxsize=2048)
def countryless(host: str) -> tuple[str, ...]:
    """A canonical host, and its parents, with their public suffix as `*`: `a.google.co.uk` as `a.google.*`.

    >>> countryless("translate.google.co.uk")
    ('translate.google.*', 'google.*')
    """
    owned = registrable(host)
    first, dot, suffix = owned.partition(".")
    if not dot:
        return ()
    before = host[: len(host) - len(suffix) - 1]
    names = (name for name in tails(before) if name == first or name.endswith("." + first))
    return tuple(f"{name}.{ANY_COUNTRY}" for name in names)
