"""How is one question asked over UDP? From a random port, with a random id and spelling (RFC 5452).

What an off-path forger has to guess for each question: a port out of 55,296 (15.7 bits), an id (16 bits)
and the case of each letter in the name (one bit a letter). A port serves a few questions and is then closed
for good; the one for a question is drawn among 64 in use, so that who learns of one port does not know
which question goes through it. All draws come from the operating system (`dice.py`).
"""

import asyncio
import select
import socket
from contextlib import suppress
from typing import Protocol

from proxy.dns.dice import Dice
from proxy.dns.errors import DnsProblem, SpellingLost, UpstreamTimeout, UpstreamUnreachable
from proxy.dns.plan import Endpoint
from proxy.dns.wire import HEADER_OCTETS

MAX_PORTS = 64
USES_PER_PORT = 8
BIND_TRIES = 20
MAX_DATAGRAM = 4096
PER_WAKE_UP = 64


class Waiter(Protocol):
    """Who waits for an answer. One of the two is called, once."""

    def arrived(self, data: bytes) -> None:
        """Take an answer to the very question that was sent."""

    def failed(self, problem: DnsProblem) -> None:
        """Learn that there is none."""


class Port:
    """One socket with a random source port, for a few questions.

    waiting   by id: the question as it was spelled, and who waits for its answer
    """

    __slots__ = ("sock", "uses", "waiting")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.uses = USES_PER_PORT
        self.waiting: dict[bytes, tuple[bytes, Waiter]] = {}


type Ticket = tuple[Port, bytes]


class UdpExchange:
    """Questions and answers over UDP with one upstream.

    An answer counts when it comes from the upstream's address and port to the port that asked, with
    the id, and with the question's octets in our spelling. Everything else is ignored.
    """

    def __init__(self, endpoint: Endpoint, dice: Dice) -> None:
        self._endpoint = endpoint
        self._dice = dice
        self._usable: list[Port] = []
        self._open: dict[int, Port] = {}
        self._poll: select.epoll | None = None

    def begin(self, head: bytes, question: bytes, tail: bytes, waiter: Waiter) -> Ticket:
        """Send a query and return a ticket for `give_up`. An answer comes in a later turn of the loop.

        head       the header behind the id, which is drawn here
        question   its name already in a random spelling
        tail       what follows the question

        Raises UpstreamUnreachable.
        """
        usable = self._usable
        port = usable[self._dice.below(MAX_PORTS)] if len(usable) >= MAX_PORTS else self._opened()
        ident = self._dice.ident()
        while ident in port.waiting:
            ident = self._dice.ident()
        port.uses -= 1
        if port.uses <= 0:
            usable.remove(port)
        port.waiting[ident] = question, waiter
        try:
            port.sock.send(ident + head + question + tail)
        except OSError as error:
            self.give_up((port, ident))
            raise UpstreamUnreachable(f"{self._endpoint} cannot be reached over UDP: {error}") from error
        return port, ident

    def give_up(self, ticket: Ticket) -> None:
        """Wait no longer for an answer. Harmless when it has come."""
        port, ident = ticket
        port.waiting.pop(ident, None)
        if port.uses <= 0 and not port.waiting:
            self._retire(port)

    async def ask(self, query: bytes, question_octets: int, timeout_s: float) -> bytes:
        """Send a query (its id is replaced by a random one) and return the answer.

        question_octets   length of the question section, which follows the header

        Raises SpellingLost, UpstreamTimeout or UpstreamUnreachable.
        """
        loop = asyncio.get_running_loop()
        waiter = _Future(loop.create_future())
        behind = HEADER_OCTETS + question_octets
        ticket = self.begin(query[2:HEADER_OCTETS], query[HEADER_OCTETS:behind], query[behind:], waiter)
        timer = loop.call_later(timeout_s, waiter.failed, UpstreamTimeout("no answer over UDP in time"))
        try:
            return await waiter.future
        finally:
            timer.cancel()
            self.give_up(ticket)

    def close(self) -> None:
        """Close all sockets; questions under way fail."""
        for port in list(self._open.values()):
            self._fail(port, UpstreamUnreachable("the resolver is shutting down"))
            self._retire(port)
        if self._poll is not None:
            asyncio.get_running_loop().remove_reader(self._poll.fileno())
            self._poll.close()
            self._poll = None

    def _opened(self) -> Port:
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
            port = Port(sock)
            self._watch(port)
        except OSError as error:
            sock.close()
            raise UpstreamUnreachable(f"{self._endpoint} cannot be reached over UDP: {error}") from error
        self._usable.append(port)
        return port

    def _watch(self, port: Port) -> None:
        """Add to the set of our sockets: the loop sees one wake-up for all answers that are in."""
        if self._poll is None:
            self._poll = select.epoll()
            asyncio.get_running_loop().add_reader(self._poll.fileno(), self._readable)
        self._poll.register(port.sock.fileno(), select.EPOLLIN)
        self._open[port.sock.fileno()] = port

    def _retire(self, port: Port) -> None:
        number = port.sock.fileno()
        if self._open.get(number) is port:
            del self._open[number]
            if port in self._usable:
                self._usable.remove(port)
            port.sock.close()  # which takes it out of the set, too

    def _readable(self) -> None:
        if self._poll is None:
            return
        for number, _ in self._poll.poll(0, PER_WAKE_UP):
            port = self._open.get(number)
            if port is None:
                continue
            try:
                data = port.sock.recv(MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                continue
            except OSError as error:
                self._fail(port, UpstreamUnreachable(f"{self._endpoint} refuses UDP: {error}"))
                continue
            self._take(port, data)

    def _take(self, port: Port, data: bytes) -> None:
        """Hand an answer to who waits for it, when it is one to the very question."""
        waiting = port.waiting.get(data[:2])
        if waiting is None or len(data) < HEADER_OCTETS or not data[2] & 0x80:
            return
        asked, waiter = waiting
        echoed = data[HEADER_OCTETS : HEADER_OCTETS + len(asked)]
        if echoed == asked:
            self.give_up((port, data[:2]))
            waiter.arrived(data)
        elif echoed.lower() == asked.lower() and echoed[-4:] == asked[-4:]:
            self.give_up((port, data[:2]))
            waiter.failed(SpellingLost())

    def _fail(self, port: Port, problem: UpstreamUnreachable) -> None:
        for ident, (_, waiter) in list(port.waiting.items()):
            self.give_up((port, ident))
            waiter.failed(problem)


class _Future:
    """A waiter for `await`."""

    def __init__(self, future: asyncio.Future[bytes]) -> None:
        self.future = future

    def arrived(self, data: bytes) -> None:
        if not self.future.done():
            self.future.set_result(data)

    def failed(self, problem: DnsProblem) -> None:
        if not self.future.done():
            self.future.set_exception(problem)
