"""Whose is an address: a known service's, or the same owner's as another address?"""

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from proxy.bypass.surroundings import Network

type Packed = tuple[int, int, int]
"""Version, and the first and last address as numbers."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges of addresses with what each belongs to; where two overlap, the one that begins later counts.

    packed   in order
    values   of the same length
    """

    packed: tuple[Packed, ...] = ()
    values: tuple[str, ...] = ()

    def of(self, address: str) -> str:
        """What a canonical address belongs to; "" when to nothing, or when the text is no address."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return ""
        number = int(found)
        at = bisect_right(self.packed, (found.version, number, 1 << 128)) - 1
        for each in range(at, max(at - 3, -1), -1):  # a range may lie within one that began before it
            version, _, last = self.packed[each]
            if version == found.version and number <= last:
                return self.values[each]
        return ""


def ranges(of: Iterable[tuple[Network, str]]) -> Ranges:
    """Make a table of ranges."""
    rows = sorted(
        (
            (network.version, int(network.network_address), int(network.broadcast_address)),
            value,
        )
        for network, value in of
    )
    return Ranges(tuple(packed for packed, _ in rows), tuple(value for _, value in rows))


@dataclass(frozen=True, slots=True)
class AddressTable:
    """What `blocklists/bypass` says about addresses.

    services   range -> technique
    owners     range -> who has it: a site of a large owner is reached at any of its addresses
    """

    services: Ranges = Ranges()
    owners: Ranges = Ranges()
