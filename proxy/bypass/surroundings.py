"""Where does this filter stand: which addresses and names are the school's own, and what may leave at all?"""

import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache

from proxy.decision.names import tails

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOCAL: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/127", "fc00::/7", "fe80::/10", "ff00::/8",
    )
)  # fmt: skip
"""What is never on the public internet (IANA's special-purpose registries). The ranges for documentation
(RFC 5737, 3849) are left out: examples and recordings stand for public addresses with them."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The school's own network, as detectors need to know it.

    networks    the school's, beside LOCAL
    zones       the school's own domains, canonical
    resolvers   the gateway's addresses as a resolver; a question sent elsewhere went around it
    proxies     `address:port` at which the school itself offers an explicit proxy
    tcp_out     ports that may leave over TCP; likewise udp_out
    media       ranges that meetings send their sound and pictures to
    privileged  networks of those whom the school filters less (staff, technicians)
    """

    networks: tuple[Network, ...] = ()
    zones: frozenset[str] = frozenset()
    resolvers: frozenset[str] = frozenset()
    proxies: frozenset[str] = frozenset()
    tcp_out: frozenset[int] = frozenset({80, 443})
    udp_out: frozenset[int] = field(default=frozenset())
    media: tuple[Network, ...] = ()
    privileged: tuple[Network, ...] = ()

    def is_public(self, address: str) -> bool:
        """Say whether a canonical IP address lies outside the school; a text that is none does not."""
        found = _address(address)
        if found is None or _is_local(address):
            return False
        return not any(found in network for network in self.networks if network.version == found.version)

    def is_privileged(self, address: str) -> bool:
        """Say whether a text is an IP address in a network of those whom the school filters less."""
        found = _address(address)
        return found is not None and any(
            found in network for network in self.privileged if network.version == found.version
        )

    def is_own_name(self, host: str) -> bool:
        """Say whether a canonical name is one of the school's zones or stands below one."""
        return any(name in self.zones for name in tails(host))


@lru_cache(maxsize=4096)
def _is_local(text: str) -> bool:
    found = _address(text)
    if found is None:
        return False
    return any(found in network for network in LOCAL if network.version == found.version)


@lru_cache(maxsize=4096)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
