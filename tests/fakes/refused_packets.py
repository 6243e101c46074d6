"""Packets as devices send them, for the packet filter's tests: headers around any payload."""

import struct
from ipaddress import ip_address

ACKNOWLEDGED = struct.pack("=LHHLLi", 20, 2, 0, 1, 0, 0)


def udp(payload: bytes = b"", port: int = 443) -> bytes:
    """A datagram's header and payload; nobody looks at its checksum here."""
    return struct.pack("!HHHH", 40000, port, 8 + len(payload), 0) + payload


def tcp(payload: bytes = b"", port: int = 443) -> bytes:
    """A segment that opens a connection."""
    return struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 5 << 4, 2, 64240, 0, 0) + payload


def ipv4(
    carried: bytes, protocol: int, client: str = "198.51.100.2", place: str = "192.0.2.7", **also: int
) -> bytes:
    """An IPv4 packet; `fragment` is its field of flags and offset, `options` octets of options."""
    options = also.get("options", 0)
    length = 20 + options + len(carried)
    head = struct.pack(
        "!BBHHHBBH", (4 << 4) | (5 + options // 4), 0, length, 1, also.get("fragment", 0), 64, protocol, 0
    )
    return head + ip_address(client).packed + ip_address(place).packed + bytes(options) + carried


def ipv6(
    carried: bytes,
    protocol: int,
    client: str = "2001:db8:1::2",
    place: str = "2001:db8:ffff::7",
    extensions: int = 0,
) -> bytes:
    """An IPv6 packet, with so many empty extension headers (destination options) before what it carries."""
    kinds = [60] * extensions + [protocol]
    chain = b"".join(bytes((following, 0, 1, 4, 0, 0, 0, 0)) for following in kinds[1:])
    head = struct.pack("!IHBB", 6 << 28, len(chain) + len(carried), kinds[0], 64)
    return head + ip_address(client).packed + ip_address(place).packed + chain + carried


def attribute(kind: int, value: bytes) -> bytes:
    """A netlink attribute, padded."""
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def told(*packets: bytes, family: int = 2, group: int = 40) -> bytes:
    """What the kernel sends of packets that it logged: one message each, one end of all."""
    messages = b""
    for packet in packets:
        body = struct.pack("!BBH", family, 0, group)
        body += attribute(1, struct.pack("!HBB", 0x0800, 2, 0)) + attribute(10, b"\0") + attribute(9, packet)
        messages += struct.pack("=LHHLL", 16 + len(body), 4 << 8, 0, 0, 0) + body
    return messages + struct.pack("=LHHLLI", 20, 3, 0, 0, 0, 0)
