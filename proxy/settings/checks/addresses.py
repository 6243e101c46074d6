"""Do the addresses fit together: clients, devices, listeners, upstreams?"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from proxy.settings.fields import Endpoint
from proxy.settings.schema import Settings
from proxy.settings.schema.scopes import Device
from proxy.settings.schema.who import Network
from proxy.settings.wording import Loc, Worded

ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104


def ranges_used_twice(settings: Settings) -> Iterator[Worded]:
    """The very same range in two networks or two devices; a smaller range inside a larger one is fine."""
    kinds: tuple[tuple[str, str, Sequence[Network | Device]], ...] = (
        ("networks", "network", settings.networks),
        ("devices", "device", settings.devices),
    )
    for key, word, holders in kinds:
        seen: dict[str, str] = {}
        for holder in holders:
            for number, text in enumerate(holder.addresses):
                if text in seen:
                    message = f"{text} already belongs to {word} '{seen[text]}'"
                    yield Worded((key, holder.id, "addresses", number), message, "one client, one entry")
                seen.setdefault(text, holder.id)


def devices_outside(settings: Settings) -> Iterator[Worded]:
    """Devices that nobody would serve, for they stand in no network."""
    for device in settings.devices:
        for number, text in enumerate(device.addresses):
            if not _inside(settings, text):
                path = ("devices", device.id, "addresses", number)
                yield Worded(
                    path, f"{text} lies in none of the networks", "add its network, or it gets nothing"
                )


def forwarders_outside(settings: Settings) -> Iterator[Worded]:
    """Forwarders that nobody would serve."""
    for index, forwarder in enumerate(settings.dns.forwarders):
        for number, text in enumerate(forwarder.addresses):
            if not _inside(settings, text):
                path = ("dns", "forwarders", index, "addresses", number)
                yield Worded(
                    path, f"{text} lies in none of the networks", "add its network, or it gets nothing"
                )


def same_listeners(settings: Settings) -> Iterator[Worded]:
    """Two parts that would listen on the same TCP address and port."""
    seen: list[tuple[str, Endpoint]] = []
    for path, endpoint in _listeners(settings):
        if endpoint.port == 0:
            continue
        for where, other in seen:
            if endpoint.port == other.port and _collide(endpoint.host, other.host):
                yield Worded(
                    path, f"{endpoint} is already used by {where}", "give each part its own port or address"
                )
        seen.append((".".join(str(step) for step in path if isinstance(step, str)), endpoint))


def upstream_is_ourselves(settings: Settings) -> Iterator[Worded]:
    """An upstream that is this resolver: every question would go round in a circle."""
    for number, upstream in enumerate(settings.dns.upstreams):
        for endpoint in settings.dns.listen:
            if (upstream.address, upstream.port) == (endpoint.host, endpoint.port):
                path = ("dns", "upstreams", number, "address")
                yield Worded(path, f"{endpoint} is this resolver itself", "name a resolver outside")


def _inside(settings: Settings, text: str) -> bool:
    inner = ip_network(text)
    return any(_covers(ip_network(r), inner) for network in settings.networks for r in network.addresses)


def _covers(outer: IPv4Network | IPv6Network, inner: IPv4Network | IPv6Network) -> bool:
    if isinstance(outer, IPv4Network) and isinstance(inner, IPv4Network):
        return inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and isinstance(inner, IPv6Network) and inner.subnet_of(outer)


def _listeners(settings: Settings) -> Iterator[tuple[Loc, Endpoint]]:
    yield from ((("dns", "listen", n), e) for n, e in enumerate(settings.dns.listen))
    yield ("proxy", "listen"), settings.proxy.listen
    yield from (
        (("proxy", "transparent_listen", n), e) for n, e in enumerate(settings.proxy.transparent_listen)
    )
    yield from ((("block_page", "listen_http", n), e) for n, e in enumerate(settings.block_page.listen_http))
    yield from (
        (("block_page", "listen_https", n), e) for n, e in enumerate(settings.block_page.listen_https)
    )
    if settings.console is not None:
        yield ("console", "listen"), settings.console.listen
        yield ("console", "admin_listen"), settings.console.admin_listen
    yield ("gateway", "admin_listen"), settings.gateway.admin_listen


def _collide(one: str, other: str) -> bool:
    same_family = (":" in one) == (":" in other)
    return one == other or (same_family and (one in ANY or other in ANY))
