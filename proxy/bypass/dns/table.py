"""Which names are ordinary although what is asked below them, or answered, looks strange?"""

from dataclasses import dataclass

from proxy.decision.names import tails


@dataclass(frozen=True, slots=True)
class NameTable:
    """What `blocklists/bypass` says about names beside the techniques they belong to.

    lookups   names below which numbers are carried by their purpose, such as hashes for an antivirus
    inward    public names that lead to addresses inside by their purpose
    """

    lookups: frozenset[str] = frozenset()
    inward: frozenset[str] = frozenset()

    def is_lookup(self, host: str) -> bool:
        """Say whether a canonical name is one, or stands below one, that carries numbers by its purpose."""
        return any(name in self.lookups for name in tails(host))

    def leads_inward(self, host: str) -> bool:
        """Say whether a canonical public name may lead to an address inside."""
        return any(name in self.inward for name in tails(host))
