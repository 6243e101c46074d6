"""Which addresses and names are nobody's business outside the school?"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from proxy.dns.labels import parents, to_wire

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_6TO4 = IPv6Network("2002::/16")
_COMPATIBLE = IPv6Network("::/96")
_INWARD_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_INWARD_V6 = tuple(
    IPv6Network(text) for text in ("::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64")
)

# RFC 6303 (and RFC 7793 for 100.64.0.0/10): reverse zones of addresses that mean nothing outside.
REVERSE_ZONES = frozenset(
    to_wire(zone)
    for zone in (
        "0.in-addr.arpa",
        "10.in-addr.arpa",
        "127.in-addr.arpa",
        "254.169.in-addr.arpa",
        *(f"{n}.172.in-addr.arpa" for n in range(16, 32)),
        "168.192.in-addr.arpa",
        *(f"{n}.100.in-addr.arpa" for n in range(64, 128)),
        "2.0.192.in-addr.arpa",
        "100.51.198.in-addr.arpa",
        "113.0.203.in-addr.arpa",
        "255.255.255.255.in-addr.arpa",
        ".".join("0" * 32) + ".ip6.arpa",
        "1." + ".".join("0" * 31) + ".ip6.arpa",
        "d.f.ip6.arpa",
        "c.f.ip6.arpa",
        *(f"{n}.e.f.ip6.arpa" for n in "89ab"),
        "8.b.d.0.1.0.0.2.ip6.arpa",
    )
)

# RFC 6761, 6762, 7686: names that no public server answers, and that would tell it what pupils look for.
LOCAL_NAMES = frozenset(to_wire(name) for name in ("invalid", "local", "localhost", "onion"))

NOT_PUBLIC = REVERSE_ZONES | LOCAL_NAMES


def points_inward(address: str) -> bool:
    """Say whether an address leads to this machine, the school's networks or nowhere.

    An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4) counts as itself.
    """
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if any(parsed in network for network in _INWARD_V6):
            return True
        inner = _inner(parsed)
        if inner is None:
            return False
        parsed = inner
    return any(parsed in network for network in _INWARD_V4)


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _6TO4:
        return address.sixtofour
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def stays_here(name: bytes) -> bool:
    """Say whether a folded wire name must not be asked of public resolvers."""
    return any(parent in NOT_PUBLIC for parent in parents(name))
