"""How does a name or address in a list line become an entry?"""

import ipaddress

from proxy.decision.listing import ListingKind
from proxy.decision.names import canonical_host, is_address
from proxy.lists.formats.entry import Complaint, Entry, Exemption, Item, Reach, Why, complain

LOCAL_NAMES = frozenset(
    {
        "localhost",
        "localhost.localdomain",
        "localhost4",
        "localhost4.localdomain4",
        "localhost6",
        "localhost6.localdomain6",
        "local",
        "broadcasthost",
        "ip6-localhost",
        "ip6-loopback",
        "ip6-localnet",
        "ip6-mcastprefix",
        "ip6-allnodes",
        "ip6-allrouters",
        "ip6-allhosts",
    }
)
WIDEST = {4: 8, 6: 16}

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def host_entry(
    line: int,
    text: str,
    reach: Reach = Reach.ALL,
    exemption: Exemption | None = None,
    categories: tuple[str, ...] = (),
) -> Item:
    """Read a name, or an address that stands where a name is expected."""
    try:
        host = canonical_host(text)
    except ValueError as problem:
        return complain(line, Why.NOT_A_NAME, text, str(problem))
    if (host[-1].isdigit() or ":" in host) and is_address(host):
        item = address_entry(line, host, exemption)
        if isinstance(item, Entry) and categories:
            return Entry(line, item.kind, item.text, item.reach, exemption, categories)
        return item
    if host in LOCAL_NAMES:
        return complain(line, Why.LOCAL_NAME, text, "it names this machine or its network, not a site")
    return Entry(line, ListingKind.NAME, host, reach, exemption, categories)


def address_entry(line: int, text: str, exemption: Exemption | None = None) -> Item:
    """Read an address or a CIDR range."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as problem:
        return complain(line, Why.NOT_AN_ADDRESS, text, f"{problem}; right is 192.0.2.7 or 192.0.2.0/24")
    return network_entry(line, network, exemption)


def network_entry(line: int, network: Network, exemption: Exemption | None = None) -> Entry | Complaint:
    """Make an entry of a range, unless it is local or too wide to be meant."""
    network = _unmapped(network)
    single = network.prefixlen == network.max_prefixlen
    if network.network_address.is_loopback or (single and network.network_address.is_unspecified):
        return complain(line, Why.LOCAL_NAME, str(network), "it is an address of this machine, not of a site")
    if network.prefixlen < WIDEST[network.version] and exemption is None:
        widest = WIDEST[network.version]
        return complain(line, Why.TOO_WIDE, str(network), f"a range wider than /{widest} is not taken")
    text = str(network.network_address) if single else str(network)
    return Entry(line, ListingKind.ADDRESS, text, Reach.ALL, exemption)


def _unmapped(network: Network) -> Network:
    """Turn an IPv4-mapped IPv6 range into the IPv4 range it stands for."""
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= 96:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return ipaddress.IPv4Network((mapped, network.prefixlen - 96))
    return network
