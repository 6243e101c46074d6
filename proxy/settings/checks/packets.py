"""Do the packets that are turned round arrive at something?"""

from collections.abc import Iterator
from ipaddress import ip_address

from proxy.settings.schema import Settings
from proxy.settings.wording import Worded


def packets_reach_the_proxy(settings: Settings) -> Iterator[Worded]:
    """Pages are turned to the proxy, which has to listen for them."""
    if settings.packets is not None and not settings.proxy.transparent_listen:
        yield Worded(
            ("packets",),
            "ports 80 and 443 are turned to the proxy, and it does not listen for them",
            'write `transparent_listen: "[::]:8081"` under `proxy`, one for each worker',
        )


def packets_reach_the_resolver(settings: Settings) -> Iterator[Worded]:
    """Questions are turned to the resolver, at addresses that devices can reach."""
    if settings.packets is None:
        return
    hosts = [ip_address(listen.host) for listen in settings.dns.listen]
    for number, text in enumerate(settings.packets.gateway):
        address = ip_address(text)
        if not any(h == address or (h.is_unspecified and h.version == address.version) for h in hosts):
            yield Worded(
                ("packets", "gateway", number), f"the resolver does not listen on {text}", "see `dns.listen`"
            )
    if not settings.packets.gateway and all(h.is_loopback or h.is_unspecified for h in hosts):
        yield Worded(
            ("packets",),
            "questions to other resolvers are turned to this one, and `dns.listen` does not say where",
            "write this machine's addresses towards the devices in `packets.gateway`",
        )


def further_networks_exist(settings: Settings) -> Iterator[Worded]:
    """More is let out of networks that there are."""
    known = {network.id for network in settings.networks}
    for number, further in enumerate(settings.packets.further if settings.packets is not None else ()):
        if further.network not in known:
            yield Worded(
                ("packets", "further", number, "network"),
                f"there is no network '{further.network}'",
                "known: " + ", ".join(sorted(known)),
            )
