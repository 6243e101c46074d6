"""What does the live resolver answer a client at this address? A DNS client of its own, on raw octets.

It shares no code with the resolver's writing side, so that a fault there cannot hide itself here.
"""

import asyncio
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from struct import Struct

from proxy.dns.errors import Malformed
from proxy.dns.labels import read_name, to_wire

A, AAAA, OPT = 1, 28, 41
EDE_OPTION = 15
TRIES = 2
MAX_OCTETS = 4096

_HEADER = Struct("!HHHHHH")
_RECORD = Struct("!HHIH")
_QUERY_FLAGS = 0x0100


class NoAnswer(Exception):
    """The resolver could not be asked, or kept silent; the message says which."""


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """An answer, as far as a self-test looks at it.

    addresses    of A and AAAA records in the answer section
    ede          Extended DNS Errors (RFC 8914): info code and text
    """

    rcode: int
    addresses: tuple[str, ...] = ()
    ede: tuple[tuple[int, str], ...] = ()


async def ask(
    server: tuple[str, int], source: str, name: str, qtype: int = A, *, timeout_s: float = 3.0
) -> DnsAnswer:
    """Ask over UDP with EDNS, from one address of this machine.

    timeout_s    for each of TRIES tries

    Raises NoAnswer.
    """
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        try:
            asking.bind((source, 0))
            asking.connect(server)
            for _ in range(TRIES):
                query = make_query(name, qtype)
                await asyncio.get_running_loop().sock_sendall(asking, query)
                answer = await _answer(asking, query, timeout_s)
                if answer is not None:
                    return answer
        except OSError as error:
            raise NoAnswer(f"the resolver at {_shown(server)}: {error.strerror or error}") from error
    raise NoAnswer(f"the resolver at {_shown(server)} did not answer within {TRIES * timeout_s:g} s")


async def _answer(asking: socket.socket, query: bytes, timeout_s: float) -> DnsAnswer | None:
    """Wait for the answer to this very query; what does not belong to it is passed over."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                data = await loop.sock_recv(asking, MAX_OCTETS)
                if data[:2] == query[:2]:
                    return read_answer(data)
    except TimeoutError:
        return None
    except Malformed as error:
        raise NoAnswer(f"the resolver's answer cannot be read: {error}") from error


def make_query(name: str, qtype: int) -> bytes:
    """Write a query with an OPT record (RFC 6891) that offers 1232 octets."""
    header = _HEADER.pack(secrets.randbelow(65536), _QUERY_FLAGS, 1, 0, 0, 1)
    question = to_wire(name) + qtype.to_bytes(2) + b"\x00\x01"
    return header + question + b"\x00" + _RECORD.pack(OPT, 1232, 0, 0)


def read_answer(data: bytes) -> DnsAnswer:
    """Read a response to one question.

    Raises Malformed for what is no such response.
    """
    if len(data) < _HEADER.size:
        raise Malformed("it is shorter than a header")
    _, flags, questions, answers, authority, additional = _HEADER.unpack_from(data)
    if not flags & 0x8000 or questions != 1:
        raise Malformed("it is no response to one question")
    _, at = read_name(data, _HEADER.size)
    records = list(_records(data, at + 4, answers + authority + additional))
    addresses = tuple(
        str(ip_address(rdata))
        for rtype, _, rdata in records[:answers]
        if (rtype, len(rdata)) in ((A, 4), (AAAA, 16))
    )
    ttl, options = next(((ttl, rdata) for rtype, ttl, rdata in records if rtype == OPT), (0, b""))
    return DnsAnswer(ttl >> 24 << 4 | flags & 15, addresses, _errors(options))


def _records(data: bytes, at: int, count: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield type, TTL and data of each record. Raises Malformed."""
    for _ in range(count):
        _, at = read_name(data, at)
        if at + _RECORD.size > len(data):
            raise Malformed("a record is cut short")
        rtype, _, ttl, length = _RECORD.unpack_from(data, at)
        at += _RECORD.size + length
        if at > len(data):
            raise Malformed("a record's data runs past the end")
        yield rtype, ttl, data[at - length : at]


def _errors(options: bytes) -> tuple[tuple[int, str], ...]:
    """Find the Extended DNS Errors among an OPT record's options."""
    found: list[tuple[int, str]] = []
    at = 0
    while at + 4 <= len(options):
        code, length = int.from_bytes(options[at : at + 2]), int.from_bytes(options[at + 2 : at + 4])
        value = options[at + 4 : at + 4 + length]
        at += 4 + length
        if code == EDE_OPTION and len(value) >= 2:
            found.append((int.from_bytes(value[:2]), value[2:].decode("utf-8", "replace")))
    return tuple(found)


def _shown(server: tuple[str, int]) -> str:
    host = f"[{server[0]}]" if ":" in server[0] else server[0]
    return f"{host} port {server[1]}"
