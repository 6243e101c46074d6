"""What do the headers of an IP packet say: from where, to where, what does it carry, how does that begin?

Pure; reads each octet at most once, whatever the packet claims of itself.
"""

from ipaddress import IPv4Address, IPv6Address

from proxy.bypass.observed import MAX_FIRST, Opening, Transport
from proxy.bypass.packets.seen import TCP, UDP, Refused

HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION, MOBILITY = 0, 43, 44, 60, 135
MAX_EXTENSIONS = 8
"""More extension headers than this has no packet that is meant well (RFC 8504, section 5.3)."""
TRANSPORTS = {TCP: Transport.TCP, UDP: Transport.UDP}


class Unreadable(ValueError):
    """A packet, or a message of the kernel's, that is cut short or contradicts itself."""


def refused_packet(data: bytes) -> Refused:
    """Read one packet, of which the end may be missing, from its IP header on.

    Raises Unreadable.
    """
    if not data:
        raise Unreadable("an empty packet")
    version = data[0] >> 4
    if version == 4:
        return _ipv4(data)
    if version == 6:
        return _ipv6(data)
    raise Unreadable(f"no IP packet: version {version}")


def _ipv4(data: bytes) -> Refused:
    """RFC 791, section 3.1."""
    head = (data[0] & 15) * 4
    if head < 20 or len(data) < head:
        raise Unreadable("an IPv4 header that is cut short")
    length = int.from_bytes(data[2:4])
    if length < head:
        raise Unreadable("an IPv4 packet shorter than its header")
    if int.from_bytes(data[6:8]) & 0x1FFF:
        raise Unreadable("a later fragment")
    client, place = str(IPv4Address(data[12:16])), str(IPv4Address(data[16:20]))
    return _carried(client, place, data[9], length, data[head:length])


def _ipv6(data: bytes) -> Refused:
    """RFC 8200, sections 3 and 4."""
    if len(data) < 40:
        raise Unreadable("an IPv6 header that is cut short")
    length = 40 + int.from_bytes(data[4:6])
    protocol, rest = data[6], data[40:length]
    for _ in range(MAX_EXTENSIONS):
        if protocol not in (HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION, MOBILITY):
            client, place = str(IPv6Address(data[8:24])), str(IPv6Address(data[24:40]))
            return _carried(client, place, protocol, length, rest)
        if len(rest) < 8:
            raise Unreadable("an extension header that is cut short")
        if protocol == FRAGMENT and int.from_bytes(rest[2:4]) & 0xFFF8:
            raise Unreadable("a later fragment")
        size = 8 if protocol == FRAGMENT else (rest[1] + 1) * 8
        protocol, rest = rest[0], rest[size:]
    raise Unreadable("too many extension headers")


def _carried(client: str, place: str, protocol: int, length: int, rest: bytes) -> Refused:
    transport = TRANSPORTS.get(protocol)
    if transport is None:
        return Refused(client, place, protocol, 0, length, rest[:MAX_FIRST])
    if len(rest) < 8:
        raise Unreadable("a header of TCP or UDP that is cut short")
    port = int.from_bytes(rest[2:4])
    first = rest[_head_of(protocol, rest) :][:MAX_FIRST]
    opening = Opening(transport, port, place, first)
    return Refused(client, place, protocol, port, length, first, opening)


def _head_of(protocol: int, rest: bytes) -> int:
    if protocol == UDP:
        return 8
    if len(rest) < 20 or (rest[12] >> 4) < 5:
        raise Unreadable("a header of TCP that is cut short")
    return (rest[12] >> 4) * 4
