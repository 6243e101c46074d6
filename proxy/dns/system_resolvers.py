"""Which resolvers does this machine itself use?"""

import logging
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

from proxy.dns.plan import Endpoint, UpstreamServer

MAX_SERVERS = 3

log = logging.getLogger(__name__)


def system_resolvers(path: Path, own: Iterable[Endpoint]) -> tuple[UpstreamServer, ...]:
    """Read the `nameserver` lines of a resolv.conf; none when the file cannot be read.

    own    where this resolver listens: an upstream that is ourselves would ask in a circle
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        log.warning("%s names no resolvers: %s; set `dns.upstreams` instead", path, error.strerror)
        return ()
    ours = tuple(own)
    found: list[UpstreamServer] = []
    for line in text.splitlines():
        words = line.split()
        if len(words) < 2 or words[0] != "nameserver":
            continue
        try:
            endpoint = Endpoint(str(ip_address(words[1])), 53)
        except ValueError:
            log.warning("%s: 'nameserver %s' is no address and is left out", path, words[1][:60])
            continue
        if not any(_is_ours(endpoint, one) for one in ours):
            found.append(UpstreamServer(endpoint))
    return tuple(found[:MAX_SERVERS])


def _is_ours(endpoint: Endpoint, listening: Endpoint) -> bool:
    """Say whether an upstream is where we listen ourselves, at that address or at all of them."""
    everywhere = ip_address(listening.address).is_unspecified and ip_address(endpoint.address).is_loopback
    same_kind = everywhere and endpoint.is_ipv6 == listening.is_ipv6
    return endpoint == listening or (same_kind and endpoint.port == listening.port)
