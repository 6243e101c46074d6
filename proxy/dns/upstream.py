"""Which upstream is asked, and what if it fails?"""

import asyncio
from collections.abc import Callable
from math import inf
from struct import Struct
from time import monotonic

from proxy import metrics
from proxy.dns.dice import Dice
from proxy.dns.errors import (
    DnsProblem,
    Malformed,
    SpellingLost,
    UpstreamOverload,
    UpstreamProblem,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from proxy.dns.plan import Protocol, UpstreamServer
from proxy.dns.records import Asked, Message, read_message
from proxy.dns.upstream_stream import StreamExchange
from proxy.dns.upstream_udp import Ticket, UdpExchange, Waiter
from proxy.dns.wire import EDNS_LIMIT, OPT, Rcode

FAILURES_BEFORE_REST = 2
LONGEST_REST_S = 30.0
REPEAT_S, LONGEST_REPEAT_S = 0.4, 1.6  # silence before a question is sent again
PATIENT_S = 10.0  # for so long it gets more, after one answer that came late
USABLE = frozenset({Rcode.NOERROR, Rcode.NXDOMAIN})

_HEADER = Struct("!HHHHHH")
_OPT = Struct("!BHHIH")
_OPTS = tuple(_OPT.pack(0, OPT, EDNS_LIMIT, do << 15, 0) for do in (0, 1))
# By whether there is an OPT record, and by CD.
_HEADS = [[_HEADER.pack(0, 0x0100 | cd << 4, 1, 0, 0, opt)[2:] for cd in (0, 1)] for opt in (0, 1)]

type Clock = Callable[[], float]
type Begun = bytes | DnsProblem
"""What came of the first try of a question: the datagram that answers it, or what went wrong."""


class Upstream:
    """One upstream resolver and how it is doing."""

    def __init__(self, server: UpstreamServer, dice: Dice, clock: Clock = monotonic) -> None:
        self.server = server
        self._dice = dice
        self._clock = clock
        self._udp = UdpExchange(server.endpoint, dice) if server.protocol is Protocol.UDP else None
        self._stream = StreamExchange(server, dice)
        self._failures = 0
        self._rests_until = 0.0
        self._speaks_edns = True
        self._label = str(server.endpoint)
        self._unheard = True
        self._patience_s = REPEAT_S
        self._patient_until = 0.0
        self.at_once = self._udp  # while a question may be sent to it without asking the clock
        self._answers = metrics.UPSTREAM_QUERIES.bind(self._label, "answered")
        self._seconds = metrics.UPSTREAM_SECONDS.bind(self._label)

    @property
    def is_healthy(self) -> bool:
        """Whether it may be asked; one that failed repeatedly rests for up to half a minute."""
        return self._clock() >= self._rests_until

    @property
    def takes_datagrams(self) -> bool:
        """Whether a question may be sent to it without more ado: it answered the last ones, over UDP."""
        return (
            self._udp is not None
            and self._speaks_edns
            and self._failures < FAILURES_BEFORE_REST
            and self._clock() >= self._rests_until
        )

    @property
    def repeat_s(self) -> float:
        """Seconds of silence before a question is sent again; infinite for one that failed last."""
        if self._failures:
            return inf
        if self._patience_s > REPEAT_S and self._clock() >= self._patient_until:
            self._patience_s = REPEAT_S  # one name that was slow says little of the others
        return self._patience_s

    def send(self, question: bytes, bits: int, waiter: Waiter, now: float) -> Ticket:
        """Send a question over UDP and return the ticket to give it up by.

        question, bits   of `Asked.key`
        now              of the monotonic clock

        Raises UpstreamUnreachable, or UpstreamOverload when this machine has no room for it.
        """
        assert self._udp is not None
        return self._udp.begin(_HEADS[1][bits >> 1], question, _OPTS[bits & 1], waiter, now)

    def repeat(self, question: bytes, bits: int, waiter: Waiter, now: float) -> Ticket | None:
        """Send a question again that `send` sent; None when it cannot be sent."""
        assert self._udp is not None
        return self._udp.repeat(_HEADS[1][bits >> 1], question, _OPTS[bits & 1], waiter, now)

    def learn(self, first: Ticket, silent_s: float) -> None:
        """Take note of the answer to a question that was sent again. For a while, an upstream that is so late
        is given more time; one that needed the repeat is not.

        first, silent_s   the first datagram's, and how long ago it was sent; called before it is given up
        """
        port, ident = first
        needed_it = ident in port.waiting
        self._patient_until = self._clock() + PATIENT_S
        self._patience_s = REPEAT_S if needed_it else min(LONGEST_REPEAT_S, max(REPEAT_S, 1.5 * silent_s))

    def give_up(self, ticket: Ticket) -> None:
        """Wait no longer for the answer to a question that was sent."""
        if self._udp is not None:
            self._udp.give_up(ticket)

    async def ask(
        self, asked: Asked, timeout_s: float, begun: Begun | None = None, began: float | None = None
    ) -> Message:
        """Ask one question and return the message that answers it.

        begun, began   what came of sending it over UDP, and when that was

        Raises UpstreamProblem, or Malformed when the answer is no DNS message.
        """
        began = self._clock() if began is None else began
        if self._failures >= FAILURES_BEFORE_REST:
            self._rests_until = began + timeout_s  # this question tries it; the others need not wait
        left_s = max(0.0, timeout_s - (self._clock() - began))
        try:
            async with asyncio.timeout(left_s):
                message = await self._with_or_without_edns(asked, left_s, begun)
        except TimeoutError as error:
            self._failed()
            raise UpstreamTimeout(f"{self._label} did not answer in time") from error
        except UpstreamOverload:  # says nothing about the upstream
            raise
        except (UpstreamProblem, Malformed):
            self._failed()
            raise
        self.answered(began)
        return message

    def answered(self, began: float) -> None:
        """Take note that it answered a question which it was asked at a moment."""
        if self._failures or self._unheard:
            self._failures, self._rests_until, self._unheard = 0, 0.0, False
            self.at_once = self._udp if self._speaks_edns else None
            metrics.UPSTREAM_HEALTHY.set(1, self._label)
        self._answers.value += 1
        self._seconds.observe(self._clock() - began)

    async def _with_or_without_edns(self, asked: Asked, timeout_s: float, begun: Begun | None) -> Message:
        """Ask, and ask again without EDNS an upstream that does not understand it; remember what helps."""
        message = await self._exchange(asked, timeout_s, self._speaks_edns, begun)
        if message.rcode == Rcode.FORMERR and self._speaks_edns:
            message = await self._exchange(asked, timeout_s, False)
            self._speaks_edns = message.rcode == Rcode.FORMERR
            self.at_once = self._udp if self._speaks_edns and not self._failures else None
        return message

    async def _exchange(
        self, asked: Asked, timeout_s: float, edns: bool, begun: Begun | None = None
    ) -> Message:
        head = _HEADS[edns][asked.cd]
        question = asked.name + asked.qtype.to_bytes(2) + b"\x00\x01"
        opt = _OPTS[asked.do] if edns else b""
        if self._udp is not None:
            try:
                if isinstance(begun, DnsProblem):
                    raise begun
                message = read_message(
                    begun or await self._udp.ask(head, question, opt, timeout_s, self.repeat_s)
                )
                if not message.tc:
                    return message
            except SpellingLost:
                metrics.UPSTREAM_QUERIES.inc(self._label, "spelling_lost")
        spelled = self._dice.spelling(asked.name) + question[len(asked.name) :]
        query = b"\x00\x00" + head + spelled + opt
        message = read_message(await self._stream.ask(query, len(question), timeout_s))
        if message.tc:
            raise Malformed("an answer over TCP is marked as cut short")
        return message

    def _failed(self) -> None:
        self._failures += 1
        self.at_once = None
        metrics.UPSTREAM_QUERIES.inc(self._label, "failed")
        if self._failures >= FAILURES_BEFORE_REST:
            rest_s = min(LONGEST_REST_S, 0.5 * 2 ** min(self._failures, 10))
            self._rests_until = self._clock() + rest_s
            metrics.UPSTREAM_HEALTHY.set(0, self._label)

    async def close(self) -> None:
        """Close all sockets."""
        if self._udp is not None:
            self._udp.close()
        await self._stream.close()


class Upstreams:
    """Upstreams that can answer the same questions, in the order of the settings."""

    def __init__(self, members: tuple[Upstream, ...], timeout_s: float) -> None:
        self._members = members
        self._timeout_s = timeout_s

    @property
    def first(self) -> Upstream | None:
        """The one to ask first, if it takes datagrams."""
        if self._members and self._members[0].at_once is not None:
            return self._members[0]
        for upstream in self._members:
            if upstream.is_healthy:
                return upstream if upstream.takes_datagrams else None
        return None

    @property
    def each_s(self) -> float:
        """How long one try may take."""
        return self._timeout_s / max(2, len(self._members))

    async def ask(
        self,
        asked: Asked,
        first: Upstream | None = None,
        begun: Begun | None = None,
        began: float | None = None,
    ) -> Message:
        """Ask the first healthy one, and the others in turn when it fails; a lone one is asked twice.

        first, begun, began   who was sent the question already, what came of it, and when that was

        The timeout is for all tries together. An answer with SERVFAIL or REFUSED moves on to the next,
        and is returned when nobody has a better one.

        Raises UpstreamProblem when nobody answered.
        """
        order = sorted(self._members, key=lambda one: not one.is_healthy)
        if first is not None:
            order = [first, *(one for one in order if one is not first)]
        order = order * 2 if len(order) == 1 else order
        problem: UpstreamProblem = UpstreamUnreachable("no upstream resolver is set")
        poor: Message | None = None
        for upstream in order:
            try:
                message = await upstream.ask(asked, self._timeout_s / len(order), begun, began)
            except UpstreamProblem as error:
                problem = error
            except Malformed as error:
                problem = UpstreamUnreachable(f"{upstream.server.endpoint} sent no usable message: {error}")
            else:
                if message.rcode in USABLE:
                    return message
                poor = message
            finally:
                begun = began = None
        if poor is None:
            raise problem
        return poor

    async def close(self) -> None:
        """Close all sockets."""
        for upstream in self._members:
            await upstream.close()
