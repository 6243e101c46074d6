"""How is one question asked over UDP? From a random port, with a random id and spelling (RFC 5452).

What an off-path forger has to guess for each question: the port, an id (16 bits) and the case of each letter
in the name (one bit a letter). Up to 64 ports out of 55,296 are in use at a time, so that one guess in 864
(9.8 bits) hits one of them, and one in 55,296 (15.7 bits) that of a certain question. A port serves sixteen
questions, for five seconds at most, and is then closed for good: what a forger finds out about it is soon
worth nothing. All draws come from the operating system (`dice.py`).

What nobody answers is sent again after `repeat_after` (RFC 1035 section 4.2.1), with another id and spelling
and, by chance, from another port. The first is still waited for: whichever is answered counts. Equal
questions under way help a forger (RFC 5452 section 5): there are three at most with the same DO and CD bits.
"""

import asyncio
import select
import socket
from contextlib import suppress
from math import inf
from time import monotonic
from typing import Protocol

from proxy import metrics
from proxy.dns.dice import Dice
from proxy.dns.errors import (
    NO_ROOM,
    DnsProblem,
    SpellingLost,
    UpstreamOverload,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from proxy.dns.plan import Endpoint
from proxy.dns.wire import HEADER_OCTETS

MAX_PORTS = 64
USES_PER_PORT = 16
PORT_AGE_S = 5.0
BIND_TRIES = 20
MAX_DATAGRAM = 4096
PER_WAKE_UP = 64
MAX_REPEATS = 2


class Waiter(Protocol):
    """Who waits for an answer. One of the two is called, once."""

    def arrived(self, data: bytes, now: float) -> None:
        """Take an answer to the very question that was sent.

        now   of the monotonic clock, the same for all that arrive at once
        """

    def failed(self, problem: DnsProblem) -> None:
        """Learn that there is none."""


class Port:
    """One socket with a random source port, for a few questions: one of C's making, without the layer that
    Python puts around sockets.

    until     it is used; a moment of the monotonic clock
    waiting   by id: the question as it was spelled, and who waits for its answer
    """

    __slots__ = ("recv", "send", "sock", "until", "uses", "waiting")

    def __init__(self, sock: socket.SocketType, until: float) -> None:
        self.sock, self.until = sock, until
        self.recv, self.send = sock.recv, sock.send
        self.uses = USES_PER_PORT
        self.waiting: dict[bytes, tuple[bytes, Waiter]] = {}


type Ticket = tuple[Port, bytes]


def repeat_after(repeats: int, repeat_s: float) -> float:
    """Seconds after the first datagram when the next is due; infinite when there were enough.

    repeat_s   before the first repeat; each wait is twice as long as the one before
    """
    return repeat_s * (2 ** (repeats + 1) - 1) if repeats < MAX_REPEATS else inf


class UdpExchange:
    """Questions and answers over UDP with one upstream.

    An answer counts when it comes from the upstream's address and port to the port that asked, with
    the id, and with the question's octets in our spelling. Everything else is ignored.
    """

    def __init__(self, endpoint: Endpoint, dice: Dice) -> None:
        self._endpoint = endpoint
        self._family = socket.AF_INET6 if endpoint.is_ipv6 else socket.AF_INET
        self._dice = dice
        self._usable: list[Port] = []
        self._open: dict[int, Port] = {}
        self._poll: select.epoll | None = None

    def begin(self, head: bytes, question: bytes, tail: bytes, waiter: Waiter, now: float) -> Ticket:
        """Send a query and return a ticket for `give_up`. An answer comes in a later turn of the loop.

        head       the header behind the id, which is drawn here
        question   in lower case, spelled at random here; see `Dice.for_question`
        tail       what follows the question
        now        of the monotonic clock

        Raises UpstreamUnreachable, or UpstreamOverload when this machine has no room for it.
        """
        ident, number, spelled = self._dice.for_question(question)
        usable = self._usable
        port = usable[number % MAX_PORTS] if len(usable) >= MAX_PORTS else self._opened(now)
        if now >= port.until:
            port = self._opened_instead(now)
        waiting = port.waiting
        while ident in waiting:
            ident = self._dice.ident()
        port.uses -= 1
        if port.uses <= 0:
            usable.remove(port)
        waiting[ident] = spelled, waiter
        try:
            port.send(ident + head + spelled + tail)
        except OSError as error:
            self.give_up((port, ident))
            if error.errno in NO_ROOM:
                raise UpstreamOverload(f"no question can be sent over UDP: {error}") from error
            raise UpstreamUnreachable(f"{self._endpoint} cannot be reached over UDP: {error}") from error
        return port, ident

    def give_up(self, ticket: Ticket) -> None:
        """Wait no longer for an answer. Harmless when it has come."""
        port, ident = ticket
        port.waiting.pop(ident, None)
        if port.uses <= 0 and not port.waiting:
            self._retire(port)

    def repeat(self, head: bytes, question: bytes, tail: bytes, waiter: Waiter, now: float) -> Ticket | None:
        """Send a query again as `begin` does; None when it cannot be sent, for the first may be answered."""
        try:
            ticket = self.begin(head, question, tail, waiter, now)
        except DnsProblem:
            return None
        metrics.UPSTREAM_QUERIES.inc(str(self._endpoint), "repeated")
        return ticket

    async def ask(
        self, head: bytes, question: bytes, tail: bytes, timeout_s: float, repeat_s: float = inf
    ) -> bytes:
        """Send a query as `begin` does, repeat it after so many seconds of silence, and return the answer.

        Raises SpellingLost, UpstreamTimeout or UpstreamUnreachable.
        """
        loop = asyncio.get_running_loop()
        waiter = _Future(loop.create_future())
        began = monotonic()
        tickets: list[Ticket | None] = [self.begin(head, question, tail, waiter, began)]
        try:
            while (due := repeat_after(len(tickets) - 1, repeat_s)) < timeout_s:
                with suppress(TimeoutError):
                    async with asyncio.timeout(began + due - monotonic()):
                        return await asyncio.shield(waiter.future)
                tickets.append(self.repeat(head, question, tail, waiter, monotonic()))
            async with asyncio.timeout(began + timeout_s - monotonic()):
                return await waiter.future
        except TimeoutError as error:
            raise UpstreamTimeout("no answer over UDP in time") from error
        finally:
            for ticket in tickets:
                if ticket is not None:
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

    def _opened_instead(self, now: float) -> Port:
        """Use the ports that are too old no more, and open another."""
        for port in [port for port in self._usable if now >= port.until]:
            self._usable.remove(port)
            port.uses = 0
            if not port.waiting:
                self._retire(port)
        return self._opened(now)

    def _opened(self, now: float) -> Port:
        """A new port; where this machine has no room for one, one of those in use.

        Raises UpstreamUnreachable, or UpstreamOverload when there is none in use either.
        """
        try:
            return self._new(now)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise UpstreamUnreachable(f"{self._endpoint} cannot be reached over UDP: {error}") from error
            young = [port for port in self._usable if now < port.until]
            if not young:
                raise UpstreamOverload(f"no question can be sent over UDP: {error}") from error
            return young[self._dice.below(len(young))]

    def _new(self, now: float) -> Port:
        sock = socket.SocketType(self._family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            for _ in range(BIND_TRIES):
                with suppress(OSError):
                    sock.bind(("", self._dice.port()))
                    break
            sock.connect((self._endpoint.address, self._endpoint.port))
            port = Port(sock, now + PORT_AGE_S)
            self._watch(port)
        except OSError:
            sock.close()
            raise
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
        """Hand the answers that are in to those who wait for them; the true ones without a call more."""
        now = monotonic()
        for number, _ in self._poll.poll(0, PER_WAKE_UP) if self._poll is not None else ():
            port = self._open.get(number)
            if port is None:
                continue
            try:
                data = port.recv(MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                continue
            except OSError as error:
                self._fail(port, UpstreamUnreachable(f"{self._endpoint} refuses UDP: {error}"))
                continue
            ident = data[:2]
            waiting = port.waiting.get(ident)
            if waiting is None:
                continue
            asked, waiter = waiting
            echoed = data[HEADER_OCTETS : HEADER_OCTETS + len(asked)]
            if echoed == asked and data[2] & 0x80:
                del port.waiting[ident]
                if port.uses <= 0 and not port.waiting:
                    self._retire(port)
                waiter.arrived(data, now)
            elif echoed.lower() == asked.lower() and echoed[-4:] == asked[-4:] and data[2] & 0x80:
                self.give_up((port, ident))
                waiter.failed(SpellingLost())

    def _fail(self, port: Port, problem: UpstreamUnreachable) -> None:
        for ident, (_, waiter) in list(port.waiting.items()):
            self.give_up((port, ident))
            waiter.failed(problem)


class _Future:
    """A waiter for `await`."""

    def __init__(self, future: asyncio.Future[bytes]) -> None:
        self.future = future

    def arrived(self, data: bytes, now: float) -> None:
        if not self.future.done():
            self.future.set_result(data)

    def failed(self, problem: DnsProblem) -> None:
        if not self.future.done():
            self.future.set_exception(problem)
