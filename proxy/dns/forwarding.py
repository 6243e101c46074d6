"""Who waits for the answer to a question that is under way already, and what becomes of it?

A question is sent as one datagram, without a task. Where the answer is usable as it comes, whoever waits has
it in the same turn of the loop. Everything else (silence, an answer cut short, a server that declines) is
a task's from there on, by the same rules as a question that began as one (`upstream.Upstreams.ask`).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Protocol

from proxy import metrics
from proxy.dns.dice import Dice
from proxy.dns.errors import DnsProblem, Malformed, UpstreamOverload, UpstreamProblem, UpstreamTimeout
from proxy.dns.everyday import Everyday, read_everyday
from proxy.dns.labels import parents, to_wire
from proxy.dns.plan import Plan, UpstreamServer
from proxy.dns.records import Answer, Asked, cut, read_message
from proxy.dns.upstream import USABLE, Begun, Clock, Upstream, Upstreams
from proxy.dns.upstream_udp import Ticket

SWEEP_S = 0.05  # how late silence may be noticed

log = logging.getLogger(__name__)

type Result = Everyday | Answer | DnsProblem


class Keep(Protocol):
    """Takes an answer and returns it as it is to be used."""

    def __call__[T: (Everyday, Answer)](self, asked: Asked, answer: T, /) -> T: ...


type Take = Callable[[Result], None]


class Forwarding:
    """Sends each name to the upstreams of its zone, and equal questions only once at a time.

    keep    takes every answer that arrives, also one that nobody waits for any more, and returns it
            as it is to be used (TTLs within bounds)
    """

    def __init__(
        self,
        default: Upstreams,
        zones: Mapping[bytes, Upstreams],
        max_inflight: int,
        keep: Keep,
        clock: Clock = monotonic,
    ) -> None:
        self.keep = keep
        self.clock = clock
        self._default = default
        self._zones = zones
        self._max_inflight = max_inflight
        self._under_way: dict[Asked, _Pending] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweep: asyncio.TimerHandle | None = None
        metrics.DNS_INFLIGHT.ask(lambda: len(self._under_way))

    @classmethod
    def from_plan(cls, plan: Plan, keep: Keep, clock: Clock = monotonic) -> "Forwarding":
        """Make the upstreams that the settings name."""
        dice = Dice()

        def group(servers: tuple[UpstreamServer, ...]) -> Upstreams:
            return Upstreams(tuple(Upstream(server, dice, clock) for server in servers), plan.timeout_s)

        zones = {to_wire(zone.zone): group(zone.upstreams) for zone in plan.forward_zones}
        return cls(group(plan.upstreams), zones, plan.max_inflight, keep, clock)

    def has_zone(self, name: bytes) -> bool:
        """Say whether a name lies in a zone with resolvers of its own."""
        return bool(self._zones) and any(parent in self._zones for parent in parents(name))

    async def ask(self, asked: Asked) -> Answer:
        """Return what the right upstreams answer, cut to the question.

        Raises UpstreamProblem, or Malformed when the answer's aliases run in a circle.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def take(result: Result) -> None:
            if not future.done():
                future.set_result(result)

        self.begin(asked, take)
        result = await future
        if isinstance(result, DnsProblem):
            raise result
        return result.answer(asked) if isinstance(result, Everyday) else result

    def begin(self, asked: Asked, take: Take) -> None:
        """Have a question asked, or wait with those who asked the same; `take` gets what comes of it, in a
        later turn of the loop.

        Raises UpstreamOverload.
        """
        pending = self._under_way.get(asked)
        if pending is not None:
            pending.takers.append(take)
            return
        if len(self._under_way) >= self._max_inflight:
            raise UpstreamOverload(f"{self._max_inflight} questions wait for upstreams already")
        upstreams = self._default
        if self._zones:
            upstreams = next((self._zones[p] for p in parents(asked.name) if p in self._zones), upstreams)
        pending = self._under_way[asked] = _Pending(self, asked, upstreams, take)
        try:
            pending.begin()
        except Exception:
            del self._under_way[asked]  # or who asks the same would wait for ever
            raise
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep_late)

    def hand_over(self, pending: "_Pending", begun: Begun | None) -> None:
        """Let a task do what cannot be done at once."""
        task = asyncio.get_running_loop().create_task(self._go_on(pending, begun))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go_on(self, pending: "_Pending", begun: Begun | None) -> None:
        asked = pending.asked
        result: Result
        try:
            message = await pending.upstreams.ask(asked, pending.first, begun, pending.began)
            result = self.keep(asked, cut(message, asked.name, asked.qtype))
        except DnsProblem as problem:
            result = problem
        except asyncio.CancelledError:
            self.finish(pending, UpstreamOverload("the resolver is shutting down"))
            raise
        except Exception:  # noqa: BLE001  (counted, logged and told to those who wait)
            result = self.fault()
        self.finish(pending, result)

    def fault(self) -> UpstreamProblem:
        """Count and log the fault that is being handled, and return what those who wait are told."""
        metrics.ERRORS.inc("dns")
        log.exception("a question to an upstream failed inside the resolver")
        return UpstreamProblem("a fault of our own")

    def finish(self, pending: "_Pending", result: Result) -> None:
        """Give a result to all who wait for it."""
        self._under_way.pop(pending.asked, None)
        for take in pending.takers:
            take(result)

    def _sweep_late(self) -> None:
        """Notice silence. One timer for all: thousands of questions a second need none of their own."""
        self._sweep = None
        now = monotonic()
        for pending in list(self._under_way.values()):
            pending.notice(now)
        if self._under_way:
            self._sweep = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep_late)

    async def close(self) -> None:
        """Give up what is under way and close all sockets."""
        if self._sweep is not None:
            self._sweep.cancel()
        for pending in list(self._under_way.values()):
            pending.give_up()
            self.finish(pending, UpstreamOverload("the resolver is shutting down"))
        for task in list(self._tasks):
            task.cancel()
        for upstreams in (self._default, *self._zones.values()):
            await upstreams.close()


class _Pending:
    """A question under way.

    first    who was sent the datagram; None: a task asks
    began    when it was sent, by the upstream's clock; `sent`: by the machine's
    ticket   to give it up by; None when nothing is awaited over UDP any more
    """

    __slots__ = ("asked", "began", "first", "forwarding", "sent", "takers", "ticket", "upstreams")

    def __init__(self, forwarding: Forwarding, asked: Asked, upstreams: Upstreams, take: Take) -> None:
        self.forwarding, self.asked, self.upstreams = forwarding, asked, upstreams
        self.takers = [take]
        self.first: Upstream | None = None
        self.ticket: Ticket | None = None
        self.began: float | None = None
        self.sent = 0.0

    def begin(self) -> None:
        """Send the datagram, or leave it all to a task."""
        first = self.upstreams.first
        if first is None:
            self.forwarding.hand_over(self, None)
            return
        self.first, self.began, self.sent = first, self.forwarding.clock(), monotonic()
        try:
            self.ticket = first.send(self.asked, self)
        except DnsProblem as problem:
            self.forwarding.hand_over(self, problem)

    def notice(self, now: float) -> None:
        """Go on without the answer when the time for it is over."""
        if self.ticket is not None and now - self.sent >= self.upstreams.each_s:
            self.give_up()
            self.forwarding.hand_over(self, UpstreamTimeout("no answer over UDP in time"))

    def give_up(self) -> None:
        """Wait for the datagram no longer."""
        if self.ticket is not None and self.first is not None:
            self.first.give_up(self.ticket)
            self.ticket = None

    def arrived(self, data: bytes) -> None:
        """Take an answer to the very question that was sent."""
        self.ticket = None
        try:
            result = self._read(data)
        except Exception:  # noqa: BLE001  (counted, logged and told to those who wait)
            result = self.forwarding.fault()
        if result is not None:
            self.forwarding.finish(self, result)

    def _read(self, data: bytes) -> Result | None:
        """What those who wait may have at once; None when a task goes on."""
        asked, forwarding = self.asked, self.forwarding
        assert self.first is not None
        assert self.began is not None
        everyday = read_everyday(data, asked)
        if everyday is not None:
            self.first.answered(self.began)
            return forwarding.keep(asked, everyday)
        try:
            message = read_message(data)
            if message.tc or message.rcode not in USABLE:
                forwarding.hand_over(self, data)
                return None
            answer = cut(message, asked.name, asked.qtype)
        except Malformed as problem:
            forwarding.hand_over(self, problem)
            return None
        self.first.answered(self.began)
        return forwarding.keep(asked, answer)

    def failed(self, problem: DnsProblem) -> None:
        """Learn that there is no answer."""
        self.ticket = None
        self.forwarding.hand_over(self, problem)
