"""From which address does a request come, and is it one of the administrators' networks?

Where web proxies stand in front of the console, `proxy.console.site.behind` has already put the client's
address in place of theirs.
"""

from collections.abc import Collection
from ipaddress import ip_address, ip_network

from django.http import HttpRequest

from proxy.console.site.config import config


def client_address(request: HttpRequest) -> str:
    """The client's address as text; "" where there is none."""
    return str(request.META.get("REMOTE_ADDR", ""))


def from_admin_networks(request: HttpRequest) -> bool:
    """Say whether a request comes from a network for administration (S92)."""
    return lies_in(client_address(request), config().console.admin_networks)


def lies_in(address: str, ranges: Collection[str]) -> bool:
    """Say whether an address lies in one of some ranges. What is no address lies in none."""
    try:
        client = ip_address(address)
    except ValueError:
        return False
    client = getattr(client, "ipv4_mapped", None) or client
    networks = (ip_network(each) for each in ranges)
    return any(client.version == network.version and client in network for network in networks)
