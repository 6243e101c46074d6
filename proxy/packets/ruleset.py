"""Which rules does the packet filter follow? Text for `nft -f`, made from the settings.

One `inet` table, so that what holds for IPv4 holds for IPv6. Loading is one transaction: the table of before
is replaced by this one, or stays as it was.
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network

from proxy.settings.fields import Endpoint
from proxy.settings.schema import Settings
from proxy.settings.schema.packets import NEVER_TCP, NEVER_UDP, FurtherSettings, PacketSettings, Ports

FAMILIES = {4: "ip", 6: "ip6"}
TUNNELS = "4, 41, 94, 97, 115, gre, esp, ah, sctp"
"""What carries other packets past any filter (IANA's protocol numbers); never let out but by `further`."""
QUIC = "udp dport 443 @th,64,2 3"
"""A long header with its fixed bit (RFC 9000, section 17.2): the first two bits behind the UDP header."""
HEAD = """\
# Made from the settings by `schoolgate packets rules`; what is changed here is gone with the next load.
# The first two lines make loading it a second time the same as loading it once, in one transaction.
table inet schoolgate
delete table inet schoolgate

table inet schoolgate {"""


def ruleset(settings: Settings) -> str:
    """Return the whole table.

    Raises ValueError when the settings have no part `packets`.
    """
    packets = settings.packets
    if packets is None:
        raise ValueError("the settings have no part `packets`")
    lines = [HEAD, *_sets(packets), *_redirecting(settings, packets), *_forwarding(packets)]
    lines += [*_further(settings, packets), *_closed(packets), *_leaving(packets), *_refused(packets), "}"]
    return "\n".join(lines) + "\n"


def resolver_addresses(settings: Settings) -> dict[int, Endpoint]:
    """Where redirected questions go, by version of IP; without one, they are refused."""
    found: dict[int, Endpoint] = {}
    wanted = settings.packets.gateway if settings.packets is not None else ()
    for text in wanted:
        version = ip_address(text).version
        for listen in settings.dns.listen:
            host = ip_address(listen.host)
            if listen.host == text or (host.is_unspecified and host.version == version):
                found.setdefault(version, Endpoint(text, listen.port))
    if not wanted:
        for listen in settings.dns.listen:
            host = ip_address(listen.host)
            if not (host.is_loopback or host.is_unspecified or host.is_link_local):
                found.setdefault(host.version, listen)
    return found


def proxy_ports(settings: Settings) -> dict[int, list[int]]:
    """Ports that redirected connections are spread over, by version of IP; without one, they are refused."""
    found: dict[int, list[int]] = {4: [], 6: []}
    for listen in settings.proxy.transparent_listen:
        host = ip_address(listen.host)
        for version in (4, 6) if listen.host == "::" else (host.version,):
            found[version].append(listen.port)
    return found


def _sets(packets: PacketSettings) -> Iterator[str]:
    yield from _set("lan", "ifname", (f'"{name}"' for name in packets.lan))
    for version in FAMILIES:
        yield from _ranges(f"local{version}", version, packets.local)
        yield from _ranges(f"media{version}", version, packets.media.ranges)
    yield from _ports("open_tcp", packets.tcp)
    yield from _ports("open_udp", packets.udp)
    yield from _ports("media_udp", packets.media.ports)
    for version, word in ((4, "ipv4_addr"), (6, "ipv6_addr")):
        for name in ("told", "pinged"):  # clients that were told of, or pinged, within the last minute
            yield f"  set {name}{version} {{ type {word}; size 65535; flags dynamic, timeout; timeout 1m; }}"


def _set(name: str, kind: str, elements: Iterable[str], flags: str = "") -> Iterator[str]:
    written = ", ".join(elements)
    inside = f" elements = {{ {written} }};" if written else ""
    yield f"  set {name} {{ type {kind};{flags}{inside} }}"


def _ranges(name: str, version: int, ranges: Iterable[str]) -> Iterator[str]:
    mine = (text for text in ranges if ip_network(text).version == version)
    yield from _set(name, f"ipv{version}_addr", mine, " flags interval; auto-merge;")


def _ports(name: str, ports: Iterable[Ports]) -> Iterator[str]:
    yield from _set(name, "inet_service", map(str, ports), " flags interval; auto-merge;")


def _redirecting(settings: Settings, packets: PacketSettings) -> Iterator[str]:
    """Turn names to the resolver and pages to the proxy."""
    yield "\n  chain redirecting {"
    yield "    type nat hook prerouting priority dstnat; policy accept;"
    yield "    iifname != @lan return"
    yield "    fib daddr type local return"
    if packets.local:
        yield from (f"    {word} daddr @local{version} return" for version, word in FAMILIES.items())
    for version, listen in sorted(resolver_addresses(settings).items()):
        word = FAMILIES[version]
        match = f"meta nfproto ipv{version} meta l4proto {{ tcp, udp }} th dport 53"
        yield f"    {match} counter dnat {word} to {listen}"
    for version, ports in proxy_ports(settings).items():
        if ports:
            match = f"meta nfproto ipv{version} tcp dport {{ 80, 443 }}"
            yield f"    {match} counter redirect to :{_spread(FAMILIES[version], ports)}"
    yield "  }"


def _spread(word: str, ports: list[int]) -> str:
    if len(ports) == 1:
        return str(ports[0])
    each = ", ".join(f"{number} : {port}" for number, port in enumerate(ports))
    return f"jhash {word} saddr mod {len(ports)} map {{ {each} }}"


def _forwarding(packets: PacketSettings) -> Iterator[str]:
    """What is never let out stands before what is let go on: connections outlive rules."""
    yield "\n  chain forwarding {"
    yield "    type filter hook forward priority filter; policy drop;"
    if packets.local:
        yield from (
            f"    iifname @lan {word} daddr @local{version} accept" for version, word in FAMILIES.items()
        )
    yield "    iifname @lan jump further"
    yield "    iifname @lan jump closed"
    yield "    ct state established,related accept"
    yield "    ct state invalid counter drop"
    yield "    iifname @lan goto leaving"
    yield "    counter drop"
    yield "  }"


def _further(settings: Settings, packets: PacketSettings) -> Iterator[str]:
    """What single networks may, beside what everybody may."""
    yield "\n  chain further {"
    networks = {network.id: network for network in settings.networks}
    for further in packets.further:
        network = networks.get(further.network)
        sources = network.addresses if network is not None else ()
        for version, word in FAMILIES.items():
            for places in _places(word, version, sources, further.to):
                yield from (f"    {places} {match} accept" for match in _matches(further))
    yield "  }"


def _places(word: str, version: int, sources: Iterable[str], to: tuple[str, ...]) -> Iterator[str]:
    mine = [text for text in sources if ip_network(text).version == version]
    there = [text for text in to if ip_network(text).version == version]
    if mine and (there or not to):
        leading = f" {word} daddr {{ {', '.join(there)} }}" if there else ""
        yield f"{word} saddr {{ {', '.join(mine)} }}{leading}"


def _matches(further: FurtherSettings) -> Iterator[str]:
    for word, ports in (("tcp", further.tcp), ("udp", further.udp)):
        if ports:
            yield f"{word} dport {{ {', '.join(map(str, ports))} }}"
    if further.protocols:
        yield f"meta l4proto {{ {', '.join(further.protocols)} }}"


def _closed(packets: PacketSettings) -> Iterator[str]:
    """What nobody's connection may go on with. Browsers fall back from QUIC at once when they are told."""
    yield "\n  chain closed {"
    yield f"    {QUIC} counter reject with icmpx port-unreachable"
    yield "    udp dport 443 counter jump telling"
    yield "    udp dport 443 reject with icmpx port-unreachable"
    yield f"    meta l4proto {{ {TUNNELS} }} counter goto refused"
    yield f"    tcp dport {{ {_listed(NEVER_TCP)} }} counter goto refused"
    yield f"    udp dport {{ {_listed(NEVER_UDP)} }} counter goto refused"
    for version, kind in ((4, "icmp"), (6, "icmpv6")):
        ping = f"{kind} type echo-request"
        yield f"    {ping} meta length > {packets.ping_octets} counter goto refused"
        rate = f"{FAMILIES[version]} saddr limit rate 5/second burst 10 packets"
        yield f"    {ping} update @pinged{version} {{ {rate} }} accept"
        yield f"    {ping} counter goto refused"
    yield "  }"


def _listed(ports: Iterable[int]) -> str:
    return ", ".join(map(str, ports))


def _leaving(packets: PacketSettings) -> Iterator[str]:
    """The short list of what leaves; the rest is refused."""
    yield "\n  chain leaving {"
    yield "    tcp dport @open_tcp counter accept"
    yield "    udp dport @open_udp counter accept"
    if packets.media.ports and packets.media.ranges:
        for version, word in FAMILIES.items():
            yield f"    {word} daddr @media{version} udp dport @media_udp counter accept"
    yield "    goto refused"
    yield "  }"


def _refused(packets: PacketSettings) -> Iterator[str]:
    """Tell of it, within limits, and drop it, without any."""
    yield "\n  chain refused {"
    yield "    jump telling"
    yield "    counter drop"
    yield "  }"
    yield "\n  chain telling {"
    per_client, burst = packets.log_per_client_s, 4 * packets.log_per_client_s
    told = (
        f'log prefix "schoolgate " group {packets.log_group} snaplen {packets.log_octets} queue-threshold 1'
    )
    for version, word in FAMILIES.items():
        client = f"{word} saddr limit rate {per_client}/second burst {burst} packets"
        whole = f"limit rate {packets.log_per_s}/second burst {2 * packets.log_per_s} packets"
        yield f"    update @told{version} {{ {client} }} {whole} {told}"
    yield "  }"
