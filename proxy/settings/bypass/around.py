"""Where does the filter stand, by what a school has set?"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network

from proxy.bypass.surroundings import Network, Surroundings
from proxy.settings.checks.levels import lineage, minor_of
from proxy.settings.schema import Settings
from proxy.settings.schema.packets import Ports


def surroundings_of(settings: Settings) -> Surroundings:
    """What detectors need to know of the school's own network.

    A network that holds every address (`0.0.0.0/0`) says nothing about which are the school's.
    """
    ranges = [ip_network(text) for network in settings.networks for text in network.addresses]
    ranges += [ip_network(text) for text in settings.proxy.private_destinations]
    packets = settings.packets
    ranges += [ip_network(text) for text in (packets.local if packets is not None else ())]
    own = {*settings.dns.local_zones, settings.block_page.host, *settings.gateway.own_names}
    own |= {forward.zone for forward in settings.dns.forward_zones if forward.allow_private}
    return Surroundings(
        networks=tuple(one for one in ranges if one.prefixlen),
        zones=frozenset(own),
        resolvers=frozenset(one.host for one in settings.dns.listen if _is_one(one.host))
        | frozenset(packets.gateway if packets is not None else ()),
        proxies=frozenset({str(settings.proxy.listen)}),
        tcp_out=frozenset({80, 443, *(_each(packets.tcp) if packets is not None else ())}),
        udp_out=frozenset(_each(packets.udp) if packets is not None else ()),
        media=tuple(ip_network(text) for text in (packets.media.ranges if packets is not None else ())),
        privileged=tuple(_of_adults(settings)),
    )


def _each(ports: Iterable[Ports]) -> Iterator[int]:
    for some in ports:
        yield from range(some.first, some.last + 1)


def _of_adults(settings: Settings) -> Iterator[Network]:
    """Networks whose clients are taken for adults where nothing else identifies them."""
    groups = {group.id: group for group in settings.groups}
    for network in settings.networks:
        group = groups.get(network.group or settings.strictest)
        if group is not None and minor_of(lineage(settings, group)) is False:
            yield from (ip_network(text) for text in network.addresses)


def _is_one(address: str) -> bool:
    return not ip_address(address).is_unspecified
