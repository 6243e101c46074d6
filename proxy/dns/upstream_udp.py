"""How is one question asked over UDP? From a random port, with a random id and spelling (RFC 5452)."""

import asyncio
import socket
from contextlib import suppress

from proxy.dns.dice import Dice
from proxy.dns.errors import SpellingLost, UpstreamTimeout, UpstreamUnreachable
from proxy.dns.plan import Endpoint
from proxy.dns.wire import HEADER_OCTETS

MAX_PORTS = 64
USES_PER_PORT = 8
BIND_TRIES = 20
MAX_DATAGRAM = 4096


class _Port:
    """One socket with a random source port, for a few questions."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.uses = USES_PER_PORT
        self.waiting: dict[int, tuple[bytes, asyncio.Future[bytes]]] = {}


class UdpExchange:
    """Questions and answers over UDP with one upstream.

    An answer counts when it comes from the upstream's address and port to the port that asked, with
    the id, and with the question's octets in our spelling. Everything else is ignored.
    """

    def __init__(self, endpoint: Endpoint, dice: Dice) -> None:
        self._endpoint = endpoint
        self._dice = dice
        self._ports: list[_Port] = []

    async def ask(self, query: bytes, question_octets: int, timeout_s: float) -> bytes:
        """Send a query (its id is replaced by a random one) and return the answer.

        question_octets   length of the question section, which follows the header

        Raises SpellingLost, UpstreamTimeout or UpstreamUnreachable.
        """
        loop = asyncio.get_running_loop()
        port = self._port(loop)
        ident = self._dice.ident()
        while ident in port.waiting:
            ident = self._dice.ident()
        future: asyncio.Future[bytes] = loop.create_future()
        port.waiting[ident] = query[HEADER_OCTETS : HEADER_OCTETS + question_octets], future
        timer = loop.call_later(timeout_s, _expire, future)
        try:
            port.sock.send(ident.to_bytes(2) + query[2:])
            return await future
        except OSError as error:
            raise UpstreamUnreachable(f"{self._endpoint} cannot be reached over UDP: {error}") from error
        finally:
            timer.cancel()
            port.waiting.pop(ident, None)
            if port.uses <= 0 and not port.waiting:
                self._retire(port, loop)

    def close(self) -> None:
        """Close all sockets; questions under way fail."""
        loop = asyncio.get_running_loop()
        for port in list(self._ports):
            for _, future in port.waiting.values():
                _fail(future, UpstreamUnreachable("the resolver is shutting down"))
            self._retire(port, loop)

    def _port(self, loop: asyncio.AbstractEventLoop) -> _Port:
        usable = [port for port in self._ports if port.uses > 0] if len(self._ports) >= MAX_PORTS else []
        port = usable[self._dice.below(len(usable))] if usable else self._open(loop)
        port.uses -= 1
        return port

    def _open(self, loop: asyncio.AbstractEventLoop) -> _Port:
        family = socket.AF_INET6 if self._endpoint.is_ipv6 else socket.AF_INET
        try:
            sock = socket.socket(family, socket.SOCK_DGRAM)
        except OSError as error:  # no file descriptor is left
            raise UpstreamUnreachable(f"{self._endpoint} cannot be asked over UDP: {error}") from error
        sock.setblocking(False)
        try:
            for _ in range(BIND_TRIES):
                with suppress(OSError):
                    sock.bind(("", self._dice.port()))
                    break
            sock.connect((self._endpoint.address, self._endpoint.port))
        except OSError as error:
            sock.close()
            raise UpstreamUnreachable(f"{self._endpoint} cannot be reached over UDP: {error}") from error
        port = _Port(sock)
        self._ports.append(port)
        loop.add_reader(sock, self._readable, port)
        return port

    def _retire(self, port: _Port, loop: asyncio.AbstractEventLoop) -> None:
        if port in self._ports:
            self._ports.remove(port)
            loop.remove_reader(port.sock)
            port.sock.close()

    def _readable(self, port: _Port) -> None:
        while True:
            try:
                data = port.sock.recv(MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                for _, future in port.waiting.values():
                    _fail(future, UpstreamUnreachable(f"{self._endpoint} refuses UDP: {error}"))
                return
            waiting = port.waiting.get(int.from_bytes(data[:2]))
            if waiting is not None:
                _take(data, *waiting)


def _take(data: bytes, asked: bytes, future: asyncio.Future[bytes]) -> None:
    """Hand an answer to who waits for it, when it is one to the very question."""
    if future.done() or len(data) < HEADER_OCTETS or not data[2] & 0x80:
        return
    echoed = data[HEADER_OCTETS : HEADER_OCTETS + len(asked)]
    if echoed == asked:
        future.set_result(data)
    elif echoed.lower() == asked.lower() and echoed[-4:] == asked[-4:]:
        future.set_exception(SpellingLost())


def _expire(future: asyncio.Future[bytes]) -> None:
    _fail(future, UpstreamTimeout("no answer over UDP in time"))


def _fail(future: asyncio.Future[bytes], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
