"""Which names belong to the public rather than to anybody, so that blocking one would block thousands?"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import publicsuffixlist

from proxy.decision.names import NameProblem, canonical_host

BEGIN, END = "// ===BEGIN ICANN DOMAINS===", "// ===END ICANN DOMAINS==="


@dataclass(frozen=True)
class PublicSuffixes:
    """The ICANN section of the Public Suffix List.

    exact        names that are suffixes (`co.uk`), and the parents of wildcards (`kawasaki.jp`)
    wild         parents whose every child is a suffix
    exceptions   children of those that are not
    """

    exact: frozenset[str]
    wild: frozenset[str]
    exceptions: frozenset[str]

    def holds(self, name: str) -> bool:
        """Say whether a canonical name is a bare top-level domain or a public suffix."""
        if name in self.exact:
            return True
        _, dot, parent = name.partition(".")
        return not dot or (parent in self.wild and name not in self.exceptions)

    def holds_any(self, names: Iterable[bytes]) -> bool:
        """Say whether one of some names, each with a dot in it, may be a suffix; False is certain."""
        exact, wild = self._octets
        return not (exact.isdisjoint(names) and wild.isdisjoint([name.partition(b".")[2] for name in names]))

    @cached_property
    def _octets(self) -> tuple[frozenset[bytes], frozenset[bytes]]:
        return frozenset(map(str.encode, self.exact)), frozenset(map(str.encode, self.wild))


@cache
def public_suffixes() -> PublicSuffixes:
    """The list that is installed with `publicsuffixlist`; nothing is fetched."""
    text = Path(publicsuffixlist.PSLFILE).read_text("utf-8")
    return parse_suffixes(text[text.index(BEGIN) : text.index(END)])


def parse_suffixes(text: str) -> PublicSuffixes:
    """Read rules in the notation of publicsuffix.org/list/."""
    exact: set[str] = set()
    wild: set[str] = set()
    exceptions: set[str] = set()
    for line in text.splitlines():
        rule = line.split(" ")[0].strip()
        if not rule or rule.startswith("//"):
            continue
        try:
            name = canonical_host(rule.lstrip("!").removeprefix("*."))
        except NameProblem:
            continue
        if rule.startswith("!"):
            exceptions.add(name)
        else:
            exact.add(name)
            if rule.startswith("*."):
                wild.add(name)
    return PublicSuffixes(frozenset(exact), frozenset(wild), frozenset(exceptions))
