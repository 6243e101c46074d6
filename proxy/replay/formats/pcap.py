"""Which packets does a capture hold? Reads pcap and pcapng, packet by packet, within bounds.

Forms: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng. Nothing is read of a packet but its octets, its
moment and its link type.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from proxy.replay.errors import BrokenOff, NoRecording

MAX_PACKET = 256 * 1024
"""Octets of one packet; whoever claims more is damaged."""
MAX_BLOCK = 16 * 1024 * 1024
"""Octets of one block of a pcapng file."""
MAX_INTERFACES = 256

_PCAP = {
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
}
_SECTION = b"\x0a\x0d\x0d\x0a"
_INTERFACE, _OLD_PACKET, _SIMPLE, _ENHANCED = 1, 2, 3, 6
_TICKS = 9


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet.

    number   1 for the file's first packet
    at       seconds since 1970
    link     type of the link it was seen on (IANA's LINKTYPE_ numbers)
    """

    number: int
    at: float
    link: int
    octets: bytes


def is_capture(begin: bytes) -> bool:
    """Say whether a file's first four octets are those of a capture."""
    return begin[:4] in _PCAP or begin[:4] == _SECTION


def read_packets(file: Path) -> Iterator[Packet]:
    """Read a capture's packets in the order in which it has them.

    Raises NoRecording for a file of another form, and BrokenOff where the file ends in the middle of
    something or is damaged; what stood before has been given by then. Raises OSError.
    """
    with file.open("rb") as source:
        begin = source.read(4)
        if begin in _PCAP:
            yield from _of_pcap(source, *_PCAP[begin])
        elif begin == _SECTION:
            source.seek(0)
            yield from _of_pcapng(source)
        else:
            raise NoRecording(f"{file} is neither a pcap nor a pcapng file")


def _of_pcap(source: BinaryIO, order: str, unit: float) -> Iterator[Packet]:
    head = source.read(20)
    if len(head) < 20:
        raise BrokenOff("the capture ends within its own head")
    link = struct.unpack(order + "I", head[16:])[0] & 0xFFFF
    number = 0
    while record := source.read(16):
        number += 1
        if len(record) < 16:
            raise BrokenOff(f"the capture ends within the head of packet {number}")
        seconds, parts, length, _ = struct.unpack(order + "4I", record)
        if length > MAX_PACKET:
            raise BrokenOff(f"packet {number} claims {length} octets: the capture is damaged there")
        octets = source.read(length)
        if len(octets) < length:
            raise BrokenOff(
                f"the capture ends within packet {number}, after {len(octets)} of {length} octets"
            )
        yield Packet(number, seconds + parts * unit, link, octets)


@dataclass(slots=True)
class _Section:
    """What counts until the next section: byte order, and link type and unit of time by interface."""

    order: str
    interfaces: list[tuple[int, float]]


def _of_pcapng(source: BinaryIO) -> Iterator[Packet]:
    section, number = _Section("<", []), 0
    while head := source.read(8):
        where = f"behind packet {number}"
        if len(head) < 8:
            raise BrokenOff(f"the capture ends within the head of a block {where}")
        is_section = head[:4] == _SECTION
        magic = source.read(4) if is_section else b""
        if is_section:
            section = _Section(_order_of(magic, where), [])
        kind, length = struct.unpack(section.order + "2I", head)
        if not 12 <= length <= MAX_BLOCK or length % 4:
            raise BrokenOff(f"a block {where} claims {length} octets: the capture is damaged there")
        body = magic + source.read(length - 8 - len(magic))
        if len(body) < length - 8:
            raise BrokenOff(f"the capture ends within a block {where}")
        body = body[:-4]
        if kind == _INTERFACE:
            _add_interface(section, body)
        elif kind in (_ENHANCED, _OLD_PACKET, _SIMPLE):
            number += 1
            yield _packet(section, kind, body, number)


def _order_of(magic: bytes, where: str) -> str:
    if magic == b"\x4d\x3c\x2b\x1a":
        return "<"
    if magic == b"\x1a\x2b\x3c\x4d":
        return ">"
    raise BrokenOff(f"a section {where} does not say its byte order: the capture is damaged there")


def _add_interface(section: _Section, body: bytes) -> None:
    if len(body) < 8 or len(section.interfaces) >= MAX_INTERFACES:
        raise BrokenOff("an interface's block is too short, or there are too many: the capture is damaged")
    link, unit, at = struct.unpack(section.order + "H", body[:2])[0], 1e-6, 8
    while at + 4 <= len(body):
        code, length = struct.unpack_from(section.order + "2H", body, at)
        if code == _TICKS and length >= 1 and at + 4 < len(body):
            ticks = body[at + 4]
            unit = 2.0 ** -(ticks & 0x7F) if ticks & 0x80 else 10.0**-ticks
        at += 4 + length + -length % 4
    section.interfaces.append((link, unit))


def _packet(section: _Section, kind: int, body: bytes, number: int) -> Packet:
    interface, moment, length, at = 0, 0, 0, 0
    if kind == _SIMPLE and len(body) >= 4:
        length, at = struct.unpack_from(section.order + "I", body)[0], 4
        length = min(length, len(body) - 4)
    elif kind != _SIMPLE and len(body) >= 20:
        interface, high, low, length = struct.unpack_from(section.order + "4I", body)
        interface &= 0xFFFF if kind == _OLD_PACKET and section.order == "<" else 0xFFFFFFFF
        if kind == _OLD_PACKET and section.order == ">":
            interface >>= 16
        moment, at = high << 32 | low, 20
    if not at or interface >= len(section.interfaces) or length > min(MAX_PACKET, len(body) - at):
        raise BrokenOff(f"packet {number} says impossible things: the capture is damaged there")
    link, unit = section.interfaces[interface]
    return Packet(number, moment * unit, link, body[at : at + length])
