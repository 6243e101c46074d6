"""May an address be dialled at all? The proxy leads to the public Internet and where settings say.

Judged on the address that is actually dialled, whatever name led there. Every address that is not
globally reachable is refused unless a setting opens it; so are the addresses of the gateway itself,
which a broad range never opens.
"""

import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from proxy.decision.names import covers

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
SIX_TO_FOUR = IPv6Network("2002::/16")
TEREDO = IPv6Network("2001::/32")


@dataclass(frozen=True, slots=True)
class Destinations:
    """What may be dialled besides the public Internet.

    private        ranges that a setting opens
    local_zones    names whose answers may be private or loopback addresses
    own_ports      ports of the gateway's own services, closed on its own addresses
    page_names     names of the gateway's own pages, reached on `page_ports` of its own addresses
    """

    private: tuple[Network, ...] = ()
    local_zones: tuple[str, ...] = ()
    own_ports: frozenset[int] = frozenset()
    page_ports: frozenset[int] = frozenset()

    def refusal(self, text: str, port: int, host: str, page_names: Collection[str] = ()) -> str | None:
        """Say why an address may not be dialled; None when it may.

        text    an IP address
        host    the canonical name that led to it, or the address itself
        """
        outer = ip_address(text)
        inner = embedded(outer)
        if inner.is_multicast or inner.is_unspecified or _is_broadcast(inner):
            return f"{inner} is not the address of one server"
        own = is_own(inner)
        if own and port in self.page_ports and host in page_names:
            return None
        if own and port in self.own_ports:
            return f"{inner} is the filter itself"
        if any(covers(zone, host) for zone in self.local_zones):
            return None
        if not own and inner.is_global and outer.is_global and not _is_teredo(outer):
            return None
        if any(_opens(network, inner, narrowly=own or inner.is_link_local) for network in self.private):
            return None
        kind = "an address of the filter itself" if own else "not a public address"
        return f"{inner} is {kind}, and no setting opens it"


def embedded(address: Address) -> Address:
    """The IPv4 address inside an IPv6 address that leads to one, or the address itself.

    RFC 4291 section 2.5.5.2 (mapped), RFC 6052 and RFC 8215 (NAT64), RFC 3056 (6to4).
    """
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if any(address in network for network in NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in SIX_TO_FOUR and address.sixtofour is not None:
        return address.sixtofour
    return address


def is_own(address: Address) -> bool:
    """Say whether this machine has the address: only then would it be both ends of a connection.

    Nothing is sent. Whether a socket can be bound to it says less: with `ip_nonlocal_bind`, as
    high-availability pairs set it, every address can.
    """
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    if address.is_loopback:
        return True
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))
            return ip_address(probe.getsockname()[0]) == address
    except OSError:
        return False


def _opens(network: Network, address: Address, *, narrowly: bool) -> bool:
    """Whether a configured range opens an address; a special address only a range that means it."""
    if address.version != network.version or address not in network:
        return False
    if not narrowly:
        return True
    single = network.prefixlen == network.max_prefixlen
    return single or network.is_loopback or network.is_link_local


def _is_broadcast(address: Address) -> bool:
    return address == IPv4Address("255.255.255.255")


def _is_teredo(address: Address) -> bool:
    return isinstance(address, IPv6Address) and address in TEREDO
