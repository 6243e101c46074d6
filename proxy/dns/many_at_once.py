"""How do many datagrams cross into the kernel and back in one call?

By recvmmsg and sendmmsg (Linux) through ctypes: up to 64 datagrams a call, into buffers that are laid out
once. Datagram, peer and ancillary data stay where the kernel wrote them, so that neither an address nor a
control message is ever taken apart.
"""

import ctypes
import errno
import socket
from collections.abc import Sequence
from functools import cache
from typing import Any

from proxy.dns.datagrams import AT_ONCE, MAX_DATAGRAM, SLOT, STARTS, Address, Datagrams, OneByOne, Peer

NAME_OCTETS, _NAME_WORDS = 28, 7  # of a sockaddr_in6; a sockaddr_in has 16

_V4_INFO, _V6_INFO = socket.CMSG_SPACE(12), socket.CMSG_SPACE(20)
_CONTROL_HEAD = socket.CMSG_LEN(0)


def datagrams(sock: socket.socket, everywhere: bool) -> Datagrams:
    """Return the quickest way that this machine has.

    everywhere   the socket is bound to all addresses, so that answers must say where they leave from
    """
    many = _libc() is not None
    return ManyAtOnce(sock, everywhere) if many else OneByOne(sock, everywhere)


class _Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class _Header(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_octets", ctypes.c_uint32),
        ("vectors", ctypes.c_void_p),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_octets", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class _Message(ctypes.Structure):
    _fields_ = [("header", _Header), ("length", ctypes.c_uint32)]


_MESSAGE = ctypes.sizeof(_Message)
_LENGTH_AT, _LENGTH_STEP = _Message.length.offset // 4, _MESSAGE // 4
_WORD = ctypes.sizeof(ctypes.c_size_t)
_CONTROL_AT, _CONTROL_STEP = _Header.control_octets.offset // _WORD, _MESSAGE // _WORD


@cache
def _libc() -> Any:
    """The C library, if it has both calls; else None."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        for call in (library.recvmmsg, library.sendmmsg):
            call.restype = ctypes.c_int
        library.recvmmsg.argtypes = (
            ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p,
        )  # fmt: skip
        library.sendmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
    except (OSError, AttributeError):
        return None
    return library


class ManyAtOnce:
    """Datagrams by recvmmsg and sendmmsg. Two rows of message headers share slots, names and control
    buffers: the kernel changes lengths in the one for receiving, we in the one for sending."""

    def __init__(self, sock: socket.socket, everywhere: bool) -> None:
        libc = _libc()
        self._receive, self._send = libc.recvmmsg, libc.sendmmsg
        self._fd = sock.fileno()
        ipv6 = sock.family == socket.AF_INET6
        self._name_octets = 28 if ipv6 else 16
        self._ipv6 = ipv6
        self._control_octets = (_V6_INFO if ipv6 else _V4_INFO) if everywhere else 0
        self._forget_interface = everywhere and not ipv6  # an answer leaves by whichever leads back
        self._keep: list[object] = []
        self.octets, slots = self._buffer(AT_ONCE * SLOT)
        self._names, names = self._buffer(AT_ONCE * NAME_OCTETS)
        self._words = self._names.cast("I")
        self._controls, controls = self._buffer(AT_ONCE * max(1, self._control_octets))
        into, self._in, _ = self._row(slots, names, controls)
        out, self._out, vectors = self._row(slots, names, controls)
        self._headers = [out[at : at + _MESSAGE].tobytes() for at in range(0, AT_ONCE * _MESSAGE, _MESSAGE)]
        self._picked, self._picked_at = self._buffer(AT_ONCE * _MESSAGE)
        self._lengths_in = into.cast("I")
        self._control_room = into.cast("L")[_CONTROL_AT::_CONTROL_STEP]
        self.sizes = vectors.cast("L")[1::2]

    def _buffer(self, octets: int) -> tuple[memoryview, int]:
        """Make a buffer; return a view of it and its address."""
        made = bytearray(octets)
        held = (ctypes.c_char * octets).from_buffer(made)
        self._keep.append(held)
        return memoryview(made), ctypes.addressof(held)

    def _row(self, slots: int, names: int, controls: int) -> tuple[memoryview, int, memoryview]:
        """Lay out message headers for all slots; return their octets and address, and the vectors' octets."""
        headers, headers_at = self._buffer(AT_ONCE * _MESSAGE)
        vectors, vectors_at = self._buffer(AT_ONCE * ctypes.sizeof(_Vector))
        messages = (_Message * AT_ONCE).from_buffer(headers)
        pieces = (_Vector * AT_ONCE).from_buffer(vectors)
        for n, (message, piece) in enumerate(zip(messages, pieces, strict=True)):
            piece.base, piece.length = slots + n * SLOT, MAX_DATAGRAM
            header = message.header
            header.name, header.name_octets = names + n * NAME_OCTETS, self._name_octets
            header.vectors, header.vector_count = vectors_at + n * ctypes.sizeof(_Vector), 1
            if self._control_octets:
                header.control = controls + n * self._control_octets
                header.control_octets = self._control_octets
        return headers, headers_at, vectors

    def receive(self) -> int:
        """Fill slots from the first on and return how many; 0 when nothing is there."""
        count = int(self._receive(self._fd, self._in, AT_ONCE, socket.MSG_DONTWAIT, None))
        if count <= 0:
            return 0
        for slot in range(count if self._control_octets else 0):
            self._control_room[slot] = self._control_octets  # the kernel wrote how much it used
        if self._forget_interface:
            at, step = _CONTROL_HEAD, self._control_octets
            for start in range(at, at + count * step, step):
                self._controls[start : start + 4] = b"\0\0\0\0"
        return count

    def lengths(self, count: int) -> Sequence[int]:
        """Lengths of the first `count` datagrams."""
        return self._lengths_in[_LENGTH_AT : _LENGTH_STEP * count : _LENGTH_STEP].tolist()

    def addresses(self, count: int) -> Sequence[Address]:
        """Whom they came from."""
        if not self._ipv6:
            return self._words[1 : count * _NAME_WORDS : _NAME_WORDS].tolist()
        names = self._names.tobytes()
        return [names[at : at + 16] for at in range(8, count * NAME_OCTETS, NAME_OCTETS)]

    def host(self, slot: int) -> str:
        """Whom a slot's datagram came from, as text."""
        at = slot * NAME_OCTETS
        if self._ipv6:
            return socket.inet_ntop(socket.AF_INET6, self._names[at + 8 : at + 24])
        return socket.inet_ntop(socket.AF_INET, self._names[at + 4 : at + 8])

    def peer(self, slot: int) -> Peer:
        """What `send_to` needs to answer a slot's datagram later."""
        at, control = slot * NAME_OCTETS, slot * self._control_octets
        name = self._names[at : at + self._name_octets].tobytes()
        if not self._control_octets:
            return name, b""
        return name, self._controls[control : control + self._control_octets].tobytes()

    def send(self, first: int, behind: int) -> None:
        """Send the answers in a run of slots. One that cannot be sent is dropped: its asker asks again."""
        self._send_row(self._out, first, behind)

    def send_some(self, slots: Sequence[int]) -> None:
        """Send the answers in some slots, as `send` does: their headers are put side by side."""
        headers = b"".join([self._headers[slot] for slot in slots])
        self._picked[: len(headers)] = headers
        self._send_row(self._picked_at, 0, len(slots))

    def _send_row(self, row: int, first: int, behind: int) -> None:
        while first < behind:
            at = row + first * _MESSAGE
            sent = int(self._send(self._fd, at, behind - first, socket.MSG_DONTWAIT))
            if sent > 0:
                first += sent
            elif ctypes.get_errno() in (errno.EAGAIN, errno.ENOBUFS):
                return
            else:
                first += 1

    def send_to(self, answers: Sequence[tuple[Peer, bytes]]) -> None:
        """Send answers to datagrams of earlier moments. Overwrites slots."""
        for done in range(0, len(answers), AT_ONCE):
            some = answers[done : done + AT_ONCE]
            for n, ((name, control), octets) in enumerate(some):
                self._names[n * NAME_OCTETS : n * NAME_OCTETS + self._name_octets] = name
                if control:
                    self._controls[n * len(control) : (n + 1) * len(control)] = control
                start = STARTS[n]
                self.octets[start : start + len(octets)] = octets
                self.sizes[n] = len(octets)
            self.send(0, len(some))
