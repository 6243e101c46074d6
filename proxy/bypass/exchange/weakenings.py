"""Which parameters and cookies switch off a search engine's safe mode?"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from proxy.bypass.exchange.searching import ManyExpressions

MAX_HOSTS = 2048


@dataclass(frozen=True, slots=True)
class Weakening:
    """How one engine's safe mode is weakened.

    hosts        RE2 expression that a canonical host must meet as a whole
    parameters   name -> values that weaken, in lower case; empty: any value
    cookies      name -> text in its value that weakens, in lower case
    """

    technique: str
    hosts: str
    parameters: tuple[tuple[str, frozenset[str]], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()


class Weakenings:
    """All engines' weakenings, found by host; what it found of the last MAX_HOSTS hosts is kept."""

    def __init__(self, entries: Iterable[Weakening] = ()) -> None:
        self.entries = tuple(entries)
        self._hosts = ManyExpressions(tuple(entry.hosts for entry in self.entries), is_whole=True)
        self._of = lru_cache(maxsize=MAX_HOSTS)(self._search)

    def of(self, host: str) -> tuple[Weakening, ...]:
        """What is known of a canonical host."""
        return self._of(host)

    def _search(self, host: str) -> tuple[Weakening, ...]:
        return tuple(self.entries[number] for number in self._hosts.found_in(host))
