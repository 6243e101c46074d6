"""Which TCP or UDP octets does a packet carry, from whom to whom?

Ethernet (with VLAN tags), Linux cooked captures, BSD loopback and raw IP; IPv4 and IPv6. Fragments of IP are
not put together: their datagrams count as not there.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

TCP, UDP = 6, 17
_FRAGMENT = 44
_EXTENSIONS = frozenset({0, 43, 60, 135})
MAX_EXTENSIONS = 8
MAX_TAGS = 4
_TAGS = frozenset({0x8100, 0x88A8, 0x9100})
_NULL, _ETHERNET, _LOOP, _COOKED, _COOKED_2 = 0, 1, 108, 113, 276
_RAW = frozenset({12, 14, 101, 228, 229})


@dataclass(frozen=True, slots=True)
class Segment:
    """The payload of one TCP segment or UDP datagram.

    number, is_first   sequence number of the first octet, and whether the segment opens its connection;
                       both of TCP alone
    is_last            the sender has nothing more to say (FIN or RST)
    """

    source: str
    source_port: int
    destination: str
    destination_port: int
    is_tcp: bool
    payload: bytes
    number: int = 0
    is_first: bool = False
    is_last: bool = False


def segment_in(link: int, octets: bytes) -> Segment | None:
    """Return what a packet carries; None when it is neither TCP nor UDP over IP, or not whole."""
    packet = _ip_in(link, octets)
    version = packet[0] >> 4 if packet else 0
    if version == 4:
        return _of_ipv4(packet)
    return _of_ipv6(packet) if version == 6 else None


def is_known_link(link: int) -> bool:
    """Say whether packets of a link type can be read."""
    return link in _RAW or link in (_NULL, _ETHERNET, _LOOP, _COOKED, _COOKED_2)


def _ip_in(link: int, octets: bytes) -> bytes:
    """The IP packet in a frame; empty when the frame carries something else."""
    if link in _RAW:
        return octets
    if link in (_NULL, _LOOP):
        return octets[4:]
    head = {_ETHERNET: 14, _COOKED: 16, _COOKED_2: 20}.get(link)
    if head is None:
        return b""
    at = 0 if link == _COOKED_2 else head - 2
    for _ in range(MAX_TAGS):
        if int.from_bytes(octets[at : at + 2]) not in _TAGS or link == _COOKED_2:
            break
        at, head = at + 4, head + 4
    return octets[head:] if int.from_bytes(octets[at : at + 2]) in (0x0800, 0x86DD) else b""


def _of_ipv4(packet: bytes) -> Segment | None:
    if len(packet) < 20:
        return None
    head, total = (packet[0] & 15) * 4, int.from_bytes(packet[2:4])
    if head < 20 or int.from_bytes(packet[6:8]) & 0x3FFF:
        return None
    source, destination = str(IPv4Address(packet[12:16])), str(IPv4Address(packet[16:20]))
    # A total length of 0 is what a network card leaves to be filled in (segmentation offload).
    body = packet[head : total or len(packet)]
    return _transported(packet[9], source, destination, body)


def _of_ipv6(packet: bytes) -> Segment | None:
    if len(packet) < 40:
        return None
    total = int.from_bytes(packet[4:6])
    source, destination = str(IPv6Address(packet[8:24])), str(IPv6Address(packet[24:40]))
    kind, body = packet[6], packet[40 : 40 + total] if total else packet[40:]
    for _ in range(MAX_EXTENSIONS):
        if kind not in _EXTENSIONS:
            break
        if len(body) < 8:
            return None
        kind, body = body[0], body[8 + body[1] * 8 :]
    return None if kind == _FRAGMENT else _transported(kind, source, destination, body)


def _transported(kind: int, source: str, destination: str, body: bytes) -> Segment | None:
    if kind == UDP and len(body) >= 8:
        length = int.from_bytes(body[4:6])
        if length > len(body) or 0 < length < 8:
            return None
        payload = body[8 : length or len(body)]
        return Segment(
            source, int.from_bytes(body[:2]), destination, int.from_bytes(body[2:4]), False, payload
        )
    if kind == TCP and len(body) >= 20:
        head, flags = (body[12] >> 4) * 4, body[13]
        if head < 20:
            return None
        return Segment(
            source=source,
            source_port=int.from_bytes(body[:2]),
            destination=destination,
            destination_port=int.from_bytes(body[2:4]),
            is_tcp=True,
            payload=body[head:],
            number=int.from_bytes(body[4:8]),
            is_first=bool(flags & 2),
            is_last=bool(flags & 5),
        )
    return None
