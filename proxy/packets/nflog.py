"""How does the kernel tell of logged packets (NFLOG)? Its messages, written and read as octets.

linux/netlink.h, linux/netfilter/nfnetlink_log.h: netlink's own numbers stand in the machine's byte order,
netfilter's in that of the network. Pure, and linear in the input.
"""

import struct
from collections.abc import Iterator

from proxy.packets.headers import Unreadable

NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN = 1, 2, 3, 4
NLM_F_REQUEST, NLM_F_ACK = 1, 4
ULOG = 4 << 8
PACKET, CONFIG = ULOG, ULOG | 1
CFG_CMD, CFG_MODE, CFG_TIMEOUT, CFG_QTHRESH = 1, 2, 4, 5
CMD_BIND = 1
COPY_PACKET = 2
NFULA_PAYLOAD = 9
TYPE_MASK = 0x3FFF
"""The two bits above it say `nested` and `network byte order`."""

_HEADER = struct.Struct("=LHHLL")
_ATTRIBUTE = struct.Struct("=HH")
_ERROR = struct.Struct("=i")
_NFGENMSG = struct.Struct("!BBH")


class Overrun(Exception):
    """The kernel had to throw away messages that nobody took from it in time."""


def bind_requests(group: int, octets: int) -> list[bytes]:
    """The requests that make a socket hear of a group: bind it, copy so many octets, tell of each at once."""
    mode = struct.pack("!IBB", octets, COPY_PACKET, 0)
    attributes = (
        _attribute(CFG_CMD, bytes((CMD_BIND,))),
        _attribute(CFG_MODE, mode) + _attribute(CFG_QTHRESH, struct.pack("!I", 1)),
        _attribute(CFG_TIMEOUT, struct.pack("!I", 10)),
    )
    return [_request(number + 1, group, each) for number, each in enumerate(attributes)]


def packets_in(datagram: bytes) -> list[bytes]:
    """Return the packets that one datagram of the kernel's tells of, each from its IP header on.

    Raises Unreadable for what contradicts itself, Overrun for lost messages, and the OSError that an answer
    of the kernel's stands for (PermissionError without CAP_NET_ADMIN).
    """
    found: list[bytes] = []
    for kind, body in _messages(datagram):
        if kind == NLMSG_ERROR:
            _acknowledged(body)
        elif kind == NLMSG_OVERRUN:
            raise Overrun
        elif kind == PACKET:
            found += [value for type_, value in _attributes(body[_NFGENMSG.size :]) if type_ == NFULA_PAYLOAD]
    return found


def _messages(datagram: bytes) -> Iterator[tuple[int, memoryview]]:
    rest = memoryview(datagram)
    while rest:
        if len(rest) < _HEADER.size:
            raise Unreadable("a netlink header that is cut short")
        length, kind, *_ = _HEADER.unpack_from(rest)
        if not _HEADER.size <= length <= len(rest):
            raise Unreadable("a netlink message with a wrong length")
        yield kind, rest[_HEADER.size : length]
        rest = rest[_padded(length) :]


def _attributes(rest: memoryview) -> Iterator[tuple[int, bytes]]:
    while rest:
        if len(rest) < _ATTRIBUTE.size:
            raise Unreadable("an attribute that is cut short")
        length, type_ = _ATTRIBUTE.unpack_from(rest)
        if not _ATTRIBUTE.size <= length <= len(rest):
            raise Unreadable("an attribute with a wrong length")
        yield type_ & TYPE_MASK, bytes(rest[_ATTRIBUTE.size : length])
        rest = rest[_padded(length) :]


def _acknowledged(body: memoryview) -> None:
    if len(body) < _ERROR.size:
        raise Unreadable("an answer that is cut short")
    (number,) = _ERROR.unpack_from(body)
    if number:
        raise OSError(abs(number), "the kernel refused to tell of packets")


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _attribute(type_: int, value: bytes) -> bytes:
    length = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(length, type_) + value + bytes(_padded(length) - length)


def _request(number: int, group: int, attributes: bytes) -> bytes:
    body = _NFGENMSG.pack(0, 0, group) + attributes
    return _HEADER.pack(_HEADER.size + len(body), CONFIG, NLM_F_REQUEST | NLM_F_ACK, number, 0) + body
