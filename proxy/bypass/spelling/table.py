"""What do detectors of misleading hosts and claims go by? Made from `blocklists/bypass/*.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from proxy.decision.names import tails


class Claim(Enum):
    """What a header field claims.

    PERSON   who somebody is, as proxies tell each other
    ROLE     the same, in fields that pages' own programs send to their servers too
    SOURCE   where a request comes from
    HOST     another host than the request names
    PATH     another path
    """

    PERSON = "person"
    ROLE = "role"
    SOURCE = "source"
    HOST = "host"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Spellings:
    """The tables.

    wildcards    names below which every name leads to the address that it spells
    letters      a character -> the ASCII letters it may be taken for
    claims       header fields, in lower case, that claim something
    privileged   words for those whom a school filters less
    """

    wildcards: frozenset[str] = frozenset()
    letters: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    privileged: frozenset[str] = frozenset()

    def wildcard(self, host: str) -> str:
        """The listed name that a canonical host is or stands below; "" when there is none."""
        for name in tails(host):
            if name in self.wildcards:
                return name
        return ""
