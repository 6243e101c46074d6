"""How are the datagrams of one moment received and answered, each in a slot of its own?

An answer is written over its query's octets and leaves from the same place. `OneByOne` does it with the
socket module; `many_at_once` with fewer calls, where the system has them.
"""

import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

AT_ONCE = 64
MAX_DATAGRAM = 4096
# No power of two: the slots' beginnings must not share the same lines of a CPU's cache.
SLOT = MAX_DATAGRAM + 64

IP_PKTINFO = 8  # Linux; the socket module names only the one for IPv6

STARTS = tuple(range(0, AT_ONCE * SLOT, SLOT))

type Peer = tuple[Any, Any]
"""Where an answer goes, and what makes it leave from the address that was asked; for `send_to` alone."""
type Address = int | bytes
"""Packed: an IPv4 one as the number that its octets make on this machine, an IPv6 one as 16 octets."""


class Sizes(Protocol):
    """A row of numbers to write into."""

    def __setitem__(self, slot: int, octets: int, /) -> None: ...


class Datagrams(Protocol):
    """One socket's datagrams of the present moment, each in its slot.

    octets   slot n begins at STARTS[n]; an answer is written over the query in it
    sizes    how many octets of answer were written into each slot
    """

    @property
    def octets(self) -> memoryview: ...
    @property
    def sizes(self) -> "Sizes": ...

    def receive(self) -> int:
        """Fill slots from the first on and return how many; 0 when nothing is there."""

    def lengths(self, count: int) -> Sequence[int]:
        """Lengths of the first `count` datagrams."""

    def addresses(self, count: int) -> Sequence[Address]:
        """Whom they came from."""

    def host(self, slot: int) -> str:
        """Whom a slot's datagram came from, as text."""

    def peer(self, slot: int) -> Peer:
        """What `send_to` needs to answer a slot's datagram later."""

    def send(self, first: int, behind: int) -> None:
        """Send the answers in a run of slots. One that cannot be sent is dropped: its asker asks again."""

    def send_some(self, slots: Sequence[int]) -> None:
        """Send the answers in some slots, as `send` does."""

    def send_to(self, answers: Sequence[tuple[Peer, bytes]]) -> None:
        """Send answers to datagrams of earlier moments. Overwrites slots."""


type _Asker = tuple[Any, list[tuple[int, int, bytes]]]


class OneByOne:
    """Datagrams by the socket module's calls."""

    def __init__(self, sock: socket.socket, everywhere: bool) -> None:
        self._socket = sock
        self._ancillary_octets = 64 if everywhere else 0
        self._lengths = [0] * AT_ONCE
        self.sizes = [0] * AT_ONCE
        self._askers: list[_Asker] = [((), [])] * AT_ONCE
        self.octets = memoryview(bytearray(AT_ONCE * SLOT))

    def receive(self) -> int:
        """Fill slots from the first on and return how many; 0 when nothing is there."""
        count = 0
        while count < AT_ONCE:
            slot = self.octets[STARTS[count] : STARTS[count] + MAX_DATAGRAM]
            try:
                length, ancillary, _, peer = self._socket.recvmsg_into([slot], self._ancillary_octets)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:  # an ICMP error for an answer of ours to a client that is gone
                continue
            self._lengths[count], self._askers[count] = length, (peer, _answering_from(ancillary))
            count += 1
        return count

    def lengths(self, count: int) -> Sequence[int]:
        """Lengths of the first `count` datagrams."""
        return self._lengths[:count]

    def addresses(self, count: int) -> Sequence[Address]:
        """Whom they came from."""
        return [_packed(self.host(slot)) for slot in range(count)]

    def host(self, slot: int) -> str:
        """Whom a slot's datagram came from, as text."""
        return str(self._askers[slot][0][0]).partition("%")[0]

    def peer(self, slot: int) -> Peer:
        """What `send_to` needs to answer a slot's datagram later."""
        return self._askers[slot]

    def send(self, first: int, behind: int) -> None:
        """Send the answers in a run of slots. One that cannot be sent is dropped: its asker asks again."""
        self.send_some(range(first, behind))

    def send_some(self, slots: Sequence[int]) -> None:
        """Send the answers in some slots, as `send` does."""
        for slot in slots:
            start = STARTS[slot]
            self._send(self._askers[slot], self.octets[start : start + self.sizes[slot]])

    def send_to(self, answers: Sequence[tuple[Peer, bytes]]) -> None:
        """Send answers to datagrams of earlier moments."""
        for asker, octets in answers:
            self._send(asker, octets)

    def _send(self, asker: _Asker, octets: bytes | memoryview) -> None:
        peer, ancillary = asker
        with suppress(OSError):
            self._socket.sendmsg((octets,), ancillary, 0, peer)


def _answering_from(ancillary: list[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """What makes an answer leave from the address that a datagram came to."""
    for level, kind, info in ancillary:
        if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
            return [(level, kind, bytes(4) + info[4:])]
        if (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
            return [(level, kind, info)]
    return []


def _packed(host: str) -> Address:
    """Write an address as `ManyAtOnce` does."""
    if ":" in host:
        return socket.inet_pton(socket.AF_INET6, host)
    return int.from_bytes(socket.inet_pton(socket.AF_INET, host), sys.byteorder)
