"""Which probes do a school's settings call for, from which addresses of this machine?"""

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from proxy.decision.policy import FLOOR, BlockAnswer
from proxy.identity.identities import Identities
from proxy.settings.schema import Settings
from proxy.settings.schema.who import Network

TEST_ZONE = "schoolgate-test.example"
MAX_TRIED = 256

type Range = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Seat:
    """A group, and an address of this machine from which the filter takes a client for one of it.

    source         "" when there is none; `missing` then says what to do
    block_answer   what the resolver answers there for a blocked name
    """

    group: str
    source: str = ""
    block_answer: BlockAnswer = BlockAnswer.PAGE
    missing: str = ""


def reserved_name(category: str) -> str:
    """The reserved name that stands in a category's starter list and belongs to no site."""
    return f"{category.replace('_', '-')}.{TEST_ZONE}"


def floor_names() -> Mapping[str, str]:
    """Each category of the floor with its reserved name."""
    return {category: reserved_name(category) for category in FLOOR}


def can_bind(address: str) -> bool:
    """Say whether this machine has an address: a socket can be bound to it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def seats(
    settings: Settings,
    identities: Identities,
    chosen: Mapping[str, str] | None = None,
    *,
    is_ours: Callable[[str], bool] = can_bind,
) -> Iterator[Seat]:
    """Yield a seat for each group that some network leads to.

    chosen     group -> address that somebody wants used
    is_ours    whether this machine has an address
    """
    for group in settings.groups:
        networks = [n for n in settings.networks if (n.group or settings.strictest) == group.id]
        wanted = (chosen or {}).get(group.id)
        if wanted is not None:
            yield _wanted(settings, identities, group.id, wanted, is_ours)
        elif networks:
            yield _found(settings, identities, group.id, networks, is_ours)


def _wanted(
    settings: Settings, identities: Identities, group: str, source: str, is_ours: Callable[[str], bool]
) -> Seat:
    if not is_ours(source):
        return Seat(group, missing=f"this machine does not have the address {source}")
    if identities.known_network(source) is None:
        return Seat(group, missing=f"a client at {source} is in none of the networks")
    taken_for = identities.subject(source).group
    if taken_for != group:
        return Seat(group, missing=f"a client at {source} is not of this group but of '{taken_for}'")
    return _seat(settings, identities, group, source)


def _found(
    settings: Settings,
    identities: Identities,
    group: str,
    networks: Iterable[Network],
    is_ours: Callable[[str], bool],
) -> Seat:
    """Take the first address of ours that the filter takes for one of the group's.

    Addresses from which the proxy can be reached go first, then those of narrow ranges.
    """
    version = 6 if ":" in settings.proxy.listen.host else 4
    ranges = sorted(
        (r for n in networks for r in map(ip_network, n.addresses)),
        key=lambda r: (r.version != version, -r.prefixlen, int(r.network_address)),
    )
    for address in (a for r in ranges for a in _candidates(r)):
        if identities.subject(address).group == group and is_ours(address):
            return _seat(settings, identities, group, address)
    names = ", ".join(sorted(str(r) for r in ranges))
    example = next(iter(ranges[0].hosts()))
    return Seat(
        group,
        missing=f"this machine has no address in {names}; lend it one (`ip address add {example} dev lo`) "
        f"or name one with --source {group}=ADDRESS",
    )


def _seat(settings: Settings, identities: Identities, group: str, source: str) -> Seat:
    network = next(n for n in settings.networks if n.id == identities.known_network(source))
    return Seat(group, source, network.block_answer)


def _candidates(network: Range) -> Iterator[str]:
    """Addresses of a range worth trying: the one the kernel would use towards it, then the first ones."""
    if network.num_addresses > 1:
        own = _towards(network)
        if own:
            yield own
    for number, address in enumerate(network.hosts()):
        if number == MAX_TRIED:
            return
        yield str(address)


def _towards(network: Range) -> str:
    """Ask the kernel which of our addresses it would use to reach the range; "" when none inside it."""
    family = socket.AF_INET6 if network.version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((str(network[1]), 9))
            own = str(probe.getsockname()[0])
        except OSError:
            return ""
    return own if _inside(own, network) else ""


def _inside(address: str, network: Range) -> bool:
    single = ip_network(address)
    return single.version == network.version and single.network_address in network
