"""Does an opening lead outside, what does it show of itself, and what of that may be shown?"""

import ipaddress
import re

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Opening, Transport
from proxy.bypass.openings.hello import is_hello

MAX_SHOWN = 8
"""So many of the first octets are shown as evidence: the head of a protocol, not what it carries."""
_WORD = re.compile(rb"[A-Za-z]{3,8}(?=[ :\r\n])")
"""A command of a protocol in text (`PASS`, `USER`); what follows it may be secret."""


def leads_out(opening: Opening, knowledge: Knowledge) -> bool:
    """Say whether it leads outside the school, as far as is known; what is unknown does."""
    if opening.is_ours:
        return False
    return not opening.destination or knowledge.around.is_public(opening.destination)


def is_tls(opening: Opening) -> bool:
    """Say whether it is a TLS client's greeting, by its octets; by its other fields where none were kept."""
    if opening.transport not in (Transport.TCP, Transport.TLS) or opening.is_inside or opening.is_asked:
        return False
    if opening.first:
        return is_hello(opening.first)
    return (
        bool(opening.sni or opening.alpn or opening.ja3 or opening.ja4) or opening.transport is Transport.TLS
    )


def is_datagram(opening: Opening) -> bool:
    """Say whether it is the beginning of a flow of datagrams."""
    return opening.transport in (Transport.UDP, Transport.QUIC)


def is_media(opening: Opening, knowledge: Knowledge) -> bool:
    """Say whether a flow may be a meeting's sound and pictures.

    Where no ranges are known, the ports that are open for them say so.
    """
    around = knowledge.around
    if not around.media:
        return opening.port in around.udp_out
    try:
        address = ipaddress.ip_address(opening.destination)
    except ValueError:
        return False
    return any(network.version == address.version and address in network for network in around.media)


def shown(opening: Opening, **more: str) -> dict[str, object]:
    """The evidence about an opening: where to, and how it begins."""
    place = opening.destination or "unknown address"
    evidence: dict[str, object] = {"destination": f"{place} port {opening.port}", **more}
    if opening.first and not is_hello(opening.first):
        evidence["first octets"] = _head(opening.first)
    elif opening.server_first and not opening.first:
        evidence["server's first octets"] = _head(opening.server_first)
    return evidence


def _head(octets: bytes) -> str:
    word = _WORD.match(octets)
    return (word[0] if word else octets[:MAX_SHOWN]).hex()
