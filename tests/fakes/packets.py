"""Packets and captures as bytes, for tests: Ethernet, IP, UDP, TCP, pcap, pcapng."""

import struct
from ipaddress import ip_address

import dns.message
import dns.rrset

CLIENT, SERVER = "192.0.2.7", "192.0.2.53"
ETHERNET, RAW, COOKED, COOKED_2, NULL = 1, 101, 113, 276, 0


def ip(payload, protocol=17, source=CLIENT, destination=SERVER, fragment=0):
    one, two = ip_address(source), ip_address(destination)
    if one.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64) + one.packed + two.packed + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, fragment, 64, protocol, 0)
    return head + one.packed + two.packed + payload


def udp(payload, source_port=40000, destination_port=53, **ends):
    head = struct.pack("!4H", source_port, destination_port, 8 + len(payload), 0)
    return ip(head + payload, 17, **ends)


def tcp(payload, number, source_port=40000, destination_port=53, flags=0x10, **ends):
    head = struct.pack("!HHIIBBHHH", source_port, destination_port, number, 0, 5 << 4, flags, 1000, 0, 0)
    return ip(head + payload, 6, **ends)


def back(packet_maker, payload, source_port=53, destination_port=40000, source=SERVER, destination=CLIENT):
    return packet_maker(
        payload, source_port=source_port, destination_port=destination_port, source=source,
        destination=destination,
    )  # fmt: skip


def ethernet(packet, tags=()):
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return bytes(12) + b"".join(b"\x81\x00" + bytes([0, tag]) for tag in tags) + kind + packet


def cooked(packet):
    return bytes(14) + b"\x08\x00" + packet


def cooked_2(packet):
    return b"\x08\x00" + bytes(18) + packet


def pcap(*packets, order="<", nano=False, link=ETHERNET, every=1.0):
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 65535, link)
    for place, packet in enumerate(packets):
        at = place * every
        parts = int((at % 1) * (1e9 if nano else 1e6))
        out += struct.pack(order + "4I", int(at), parts, len(packet), len(packet)) + packet
    return out


def block(kind, body, order="<"):
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + length + body + length


def section(order="<"):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link=ETHERNET, options=b"", order="<"):
    return block(1, struct.pack(order + "HHI", link, 0, 65535) + options, order)


def enhanced(packet, ticks, order="<"):
    head = struct.pack(order + "5I", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(packet), len(packet))
    return block(6, head + packet, order)


def query(name, type_="A", id_=7):
    message = dns.message.make_query(name, type_, use_edns=False)
    message.id = id_
    return message.to_wire()


def answer(name, *lines, type_="A", id_=7, rcode=0):
    message = dns.message.make_response(dns.message.make_query(name, type_, use_edns=False))
    message.id = id_
    message.set_rcode(rcode)
    for line in lines:
        owner, kind, data = line.split(None, 2)
        message.answer.append(dns.rrset.from_text(f"{owner}.", 60, "IN", kind, data))
    return message.to_wire()


def framed(message):
    return len(message).to_bytes(2) + message
