"""Which upstream is asked, what if it fails, and who waits for the same answer already?"""

import asyncio
from collections.abc import Callable, Mapping
from struct import Struct
from time import monotonic

from proxy import metrics
from proxy.dns.dice import Dice
from proxy.dns.errors import (
    Malformed,
    SpellingLost,
    UpstreamOverload,
    UpstreamProblem,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from proxy.dns.labels import parents, to_wire
from proxy.dns.plan import Plan, Protocol, UpstreamServer
from proxy.dns.records import Answer, Asked, Message, cut, read_message
from proxy.dns.upstream_stream import StreamExchange
from proxy.dns.upstream_udp import UdpExchange
from proxy.dns.wire import EDNS_LIMIT, IN, OPT, Rcode

FAILURES_BEFORE_REST = 2
LONGEST_REST_S = 30.0
USABLE = frozenset({Rcode.NOERROR, Rcode.NXDOMAIN})

_HEADER = Struct("!HHHHHH")
_OPT = Struct("!BHHIH")

type Clock = Callable[[], float]
type Keep = Callable[[Asked, Answer], Answer]


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

    @property
    def is_healthy(self) -> bool:
        """Whether it may be asked; one that failed repeatedly rests for up to half a minute."""
        return self._clock() >= self._rests_until

    async def ask(self, asked: Asked, timeout_s: float) -> Message:
        """Ask one question and return the message that answers it.

        Raises UpstreamProblem, or Malformed when the answer is no DNS message.
        """
        began = self._clock()
        if self._failures >= FAILURES_BEFORE_REST:
            self._rests_until = began + timeout_s  # this question tries it; the others need not wait
        try:
            async with asyncio.timeout(timeout_s):
                message = await self._with_or_without_edns(asked, timeout_s)
        except TimeoutError as error:
            self._failed()
            raise UpstreamTimeout(f"{self._label} did not answer in time") from error
        except (UpstreamProblem, Malformed):
            self._failed()
            raise
        self._failures, self._rests_until = 0, 0.0
        metrics.UPSTREAM_QUERIES.inc(self._label, "answered")
        metrics.UPSTREAM_SECONDS.bind(self._label).observe(self._clock() - began)
        metrics.UPSTREAM_HEALTHY.set(1, self._label)
        return message

    async def _with_or_without_edns(self, asked: Asked, timeout_s: float) -> Message:
        """Ask, and ask again without EDNS an upstream that does not understand it; remember what helps."""
        message = await self._exchange(asked, timeout_s, self._speaks_edns)
        if message.rcode == Rcode.FORMERR and self._speaks_edns:
            message = await self._exchange(asked, timeout_s, False)
            self._speaks_edns = message.rcode == Rcode.FORMERR
        return message

    async def _exchange(self, asked: Asked, timeout_s: float, edns: bool) -> Message:
        query = self._query(asked, edns)
        octets = len(asked.name) + 4
        if self._udp is not None:
            try:
                message = read_message(await self._udp.ask(query, octets, timeout_s))
                if not message.tc:
                    return message
            except SpellingLost:
                metrics.UPSTREAM_QUERIES.inc(self._label, "spelling_lost")
        message = read_message(await self._stream.ask(query, octets, timeout_s))
        if message.tc:
            raise Malformed("an answer over TCP is marked as cut short")
        return message

    def _query(self, asked: Asked, edns: bool) -> bytes:
        name = self._dice.spelling(asked.name)
        header = _HEADER.pack(0, 0x0100 | asked.cd << 4, 1, 0, 0, int(edns))
        opt = _OPT.pack(0, OPT, EDNS_LIMIT, asked.do << 15, 0) if edns else b""
        return header + name + asked.qtype.to_bytes(2) + IN.to_bytes(2) + opt

    def _failed(self) -> None:
        self._failures += 1
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

    async def ask(self, asked: Asked) -> Message:
        """Ask the first healthy one, and the others in turn when it fails; a lone one is asked twice.

        The timeout is for all tries together. An answer with SERVFAIL or REFUSED moves on to the next,
        and is returned when nobody has a better one.

        Raises UpstreamProblem when nobody answered.
        """
        order = sorted(self._members, key=lambda one: not one.is_healthy)
        order = order * 2 if len(order) == 1 else order
        problem: UpstreamProblem = UpstreamUnreachable("no upstream resolver is set")
        poor: Message | None = None
        for upstream in order:
            try:
                message = await upstream.ask(asked, self._timeout_s / len(order))
            except UpstreamProblem as error:
                problem = error
            except Malformed as error:
                problem = UpstreamUnreachable(f"{upstream.server.endpoint} sent no usable message: {error}")
            else:
                if message.rcode in USABLE:
                    return message
                poor = message
        if poor is None:
            raise problem
        return poor

    async def close(self) -> None:
        """Close all sockets."""
        for upstream in self._members:
            await upstream.close()


class Forwarding:
    """Sends each name to the upstreams of its zone, and equal questions only once at a time.

    keep    takes every answer that arrives, also one that nobody waits for any more, and returns it
            as it is to be used (TTLs within bounds)
    """

    def __init__(
        self, default: Upstreams, zones: Mapping[bytes, Upstreams], max_inflight: int, keep: Keep
    ) -> None:
        self._keep = keep
        self._default = default
        self._zones = zones
        self._max_inflight = max_inflight
        self._under_way: dict[Asked, asyncio.Task[Answer]] = {}
        metrics.DNS_INFLIGHT.ask(lambda: len(self._under_way))

    @classmethod
    def from_plan(cls, plan: Plan, keep: Keep, clock: Clock = monotonic) -> "Forwarding":
        """Make the upstreams that the settings name."""
        dice = Dice()

        def group(servers: tuple[UpstreamServer, ...]) -> Upstreams:
            return Upstreams(tuple(Upstream(server, dice, clock) for server in servers), plan.timeout_s)

        zones = {to_wire(zone.zone): group(zone.upstreams) for zone in plan.forward_zones}
        return cls(group(plan.upstreams), zones, plan.max_inflight, keep)

    def has_zone(self, name: bytes) -> bool:
        """Say whether a name lies in a zone with resolvers of its own."""
        return bool(self._zones) and any(parent in self._zones for parent in parents(name))

    async def ask(self, asked: Asked) -> Answer:
        """Return what the right upstreams answer, cut to the question.

        Raises UpstreamProblem, or Malformed when the answer's aliases run in a circle.
        """
        task = self._under_way.get(asked)
        if task is None:
            if len(self._under_way) >= self._max_inflight:
                raise UpstreamOverload(f"{self._max_inflight} questions wait for upstreams already")
            task = asyncio.get_running_loop().create_task(self._ask(asked))
            self._under_way[asked] = task
            task.add_done_callback(lambda done: self._done(asked, done))
        return await asyncio.shield(task)

    async def _ask(self, asked: Asked) -> Answer:
        upstreams = next((self._zones[p] for p in parents(asked.name) if p in self._zones), self._default)
        return self._keep(asked, cut(await upstreams.ask(asked), asked.name, asked.qtype))

    def _done(self, asked: Asked, task: asyncio.Task[Answer]) -> None:
        self._under_way.pop(asked, None)
        if not task.cancelled():
            task.exception()

    async def close(self) -> None:
        """Give up what is under way and close all sockets."""
        for task in list(self._under_way.values()):
            task.cancel()
        for upstreams in (self._default, *self._zones.values()):
            await upstreams.close()
