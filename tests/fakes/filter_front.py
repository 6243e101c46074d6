"""What a client of a filter sees: a resolver and a proxy that answer as a test tells them to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from proxy.authority.authority import Authority
from proxy.authority.leaves import Leaves

PAGE = "192.0.2.80"
OWN_NAME = "block.example.org"
BLOCK_PAGE = "<h1>This page is blocked</h1><p>{host}</p><p>Federal law (CIPA) requires this.</p>"


@dataclass(frozen=True)
class Said:
    """A resolver's answer: address (None: none), response code and Extended DNS Error codes."""

    address: str | None = PAGE
    rcode: str = "NOERROR"
    ede: tuple[int, ...] = (4, 16)


def blocking(client: str, name: str) -> Said:
    """The resolver of a filter in order, with the block page's address."""
    return Said(ede=()) if name == OWN_NAME else Said()


def blocked_page(client: str, host: str) -> tuple[int, str]:
    """The proxy of a filter in order."""
    return 403, BLOCK_PAGE.format(host=host)


@dataclass
class FilterFront:
    """Listens on loopback while used as an asynchronous context.

    dns       client address and name -> answer; None keeps silent
    web       client address and host -> status and page; None closes the connection
    tunnels   what CONNECT does: "inspect", "close", "refuse" (403), or "foreign" (a strange certificate)
    stays_open    whether connections stay open after an answer
    """

    directory: Path
    dns: Callable[[str, str], Said | None] = blocking
    web: Callable[[str, str], tuple[int, str] | None] = blocked_page
    tunnels: str = "inspect"
    tells_length: bool = True
    stays_open: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    dns_port: int = 0
    proxy_port: int = 0

    async def __aenter__(self) -> "FilterFront":
        loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self.authority = Authority.open_or_create(self.directory / "ca", "Test school")
        self._leaves = Leaves(self.authority)
        strange = Authority.open_or_create(self.directory / "strange", "Somebody else")
        self._strange = Leaves(strange)
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Resolver(self), local_addr=("127.0.0.1", 0)
        )
        self.dns_port = self._transport.get_extra_info("sockname")[1]
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.proxy_port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()
        self._server.close()
        self._over.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._exchange(reader, writer, writer.get_extra_info("peername")[0])
            if self.stays_open:
                await self._over.wait()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: str
    ) -> None:
        method, target = (await reader.readuntil(b"\r\n\r\n")).decode().split()[:2]
        if method != "CONNECT":
            self._answer(writer, self.web(client, target.split("/")[2]))
            return
        host = target.partition(":")[0]
        if self.tunnels == "refuse":
            self._answer(writer, self.web(client, host))
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if self.tunnels == "close":
            return
        leaves = self._strange if self.tunnels == "foreign" else self._leaves
        await writer.start_tls(leaves.leaf_for(host).context)
        await reader.readuntil(b"\r\n\r\n")
        self._answer(writer, self.web(client, host))

    def _answer(self, writer: asyncio.StreamWriter, page: tuple[int, str] | None) -> None:
        if page is not None:
            status, text = page
            length = f"Content-Length: {len(text)}\r\n" if self.tells_length else ""
            head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\n{length}\r\n"
            writer.write((head + text).encode())


class _Resolver(asyncio.DatagramProtocol):
    def __init__(self, front: FilterFront) -> None:
        self._front = front

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text(omit_final_dot=True)
        self._front.asked.append((addr[0], name))
        said = self._front.dns(addr[0], name)
        if said is None:
            return
        answer = dns.message.make_response(query)
        answer.set_rcode(dns.rcode.from_text(said.rcode))
        if said.address is not None:
            kind = "AAAA" if ":" in said.address else "A"
            answer.answer.append(dns.rrset.from_text(name + ".", 5, "IN", kind, said.address))
        answer.use_edns(options=[dns.edns.EDEOption(code, "why") for code in said.ede])
        self._transport.sendto(answer.to_wire(), addr)
