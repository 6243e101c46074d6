"""A small upstream resolver on loopback: UDP and TCP on one port, DoT if given a certificate.

What it answers is written as zone lines; how it misbehaves is set by attributes.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

type Reply = bytes | None
type Twist = Callable[[bytes, dns.message.Message], list[bytes]]


@dataclass(frozen=True)
class Seen:
    """One query as it arrived."""

    transport: str
    port: int
    id: int
    name: str
    type: str
    has_options: bool
    connection: int = 0


@dataclass
class FakeUpstream:
    """Answers from `zone`; `dead` names are never answered.

    authority   lines for the authority section of answers without records
    twist       turns the finished UDP answer into the datagrams that are sent
    """

    zone: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    authority: list[str] = field(
        default_factory=lambda: ["example. 60 IN SOA ns.example. h.example. 1 2 3 4 60"]
    )
    seen: list[Seen] = field(default_factory=list)
    silent: bool = False
    truncates: bool = False
    lower_cases: bool = False
    rcode: int = 0
    authentic: bool = False
    twist: Twist | None = None
    port: int = 0
    dot_port: int = 0
    connections: int = 0

    def add(self, line: str) -> None:
        """Add a record, as a zone line with full names: `www.example. 300 IN A 192.0.2.1`."""
        name, _, _, type_, *_ = line.split()
        self.zone.setdefault((name.lower(), type_), []).append(line)

    def names(self) -> list[str]:
        """Names asked so far, folded, in order."""
        return [one.name.lower() for one in self.seen]

    def answer(self, data: bytes, transport: str, port: int, connection: int = 0) -> Reply:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, type_ = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
        self.seen.append(Seen(transport, port, query.id, name, type_, bool(query.options), connection))
        if self.silent:
            return None
        reply = dns.message.make_response(query, recursion_available=True)
        reply.set_rcode(dns.rcode.Rcode(self.rcode))
        if self.authentic:
            reply.flags |= dns.flags.AD
        if not self.rcode:
            self._fill(reply, name.lower(), type_)
        wire = reply.to_wire()
        if self.lower_cases:
            end = 12 + len(question.name.to_wire() or b"")
            wire = wire[:12] + wire[12:end].lower() + wire[end:]
        if self.truncates and transport == "udp":
            wire = wire[:2] + bytes((wire[2] | 2,)) + wire[3:]
        return wire

    def _fill(self, reply: dns.message.Message, name: str, type_: str) -> None:
        lines: list[str] = []
        for _ in range(8):
            lines += self.zone.get((name, type_), [])
            alias = self.zone.get((name, "CNAME"), [])
            if not alias or type_ == "CNAME":
                break
            lines += alias
            name = alias[0].split()[-1].lower()
        reply.answer = [_rrset(line) for line in lines]
        if not any(line.split()[3] == type_ for line in lines):
            reply.authority = [_rrset(line) for line in self.authority]
            if not any(owner == name for owner, _ in self.zone):
                reply.set_rcode(dns.rcode.NXDOMAIN)


def _rrset(line: str) -> dns.rrset.RRset:
    name, ttl, class_, type_, *rdata = line.split()
    return dns.rrset.from_text(name, int(ttl), class_, type_, " ".join(rdata))


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, fake: FakeUpstream) -> None:
        self.fake = fake

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self.fake.answer(data, "udp", addr[1])
        if reply is None:
            return
        twist = self.fake.twist
        for one in twist(reply, dns.message.from_wire(data)) if twist else [reply]:
            self.transport.sendto(one, addr)  # type: ignore[attr-defined]


@asynccontextmanager
async def running(fake: FakeUpstream, tls: ssl.SSLContext | None = None) -> AsyncIterator[FakeUpstream]:
    """Serve on 127.0.0.1; `port` (and `dot_port` with a TLS context) say where."""
    loop = asyncio.get_running_loop()
    udp, tcp = _pair()
    fake.port = udp.getsockname()[1]
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(fake), sock=udp)

    def serve(word: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]:
        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            fake.connections += 1
            number, port = fake.connections, writer.get_extra_info("peername")[1]
            try:
                while True:
                    length = int.from_bytes(await reader.readexactly(2))
                    reply = fake.answer(await reader.readexactly(length), word, port, number)
                    if reply is not None:
                        writer.write(len(reply).to_bytes(2) + reply)
            except (OSError, EOFError, asyncio.CancelledError):
                writer.close()

        return one

    servers = [await asyncio.start_server(serve("tcp"), sock=tcp)]
    if tls is not None:
        servers.append(await asyncio.start_server(serve("dot"), "127.0.0.1", 0, ssl=tls))
        fake.dot_port = servers[1].sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        transport.close()
        for server in servers:
            server.close()


def _pair() -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket on one free port."""
    for _ in range(50):
        udp, tcp = socket.socket(type=socket.SOCK_DGRAM), socket.socket()
        udp.bind(("127.0.0.1", 0))
        try:
            tcp.bind(udp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
            continue
        udp.setblocking(False)
        return udp, tcp
    raise RuntimeError("no port was free for both UDP and TCP")
