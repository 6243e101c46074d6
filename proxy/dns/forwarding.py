"""Who waits for the answer to a question that is under way already, and what becomes of it?

A question is sent as one datagram, without a task. Where the answer is usable as it comes, whoever waits has
it in the same turn of the loop. Everything else (silence, an answer cut short, a server that declines) is
a task's from there on, by the same rules as a question that began as one (`upstream.Upstreams.ask`).
"""

import asyncio
import logging
from collections.abc import Mapping
from time import monotonic

from proxy import metrics
from proxy.dns.dice import Dice
from proxy.dns.errors import DnsProblem, UpstreamOverload, UpstreamProblem
from proxy.dns.everyday import Everyday
from proxy.dns.labels import parents, to_wire
from proxy.dns.pending import Keep, Pending, Result
from proxy.dns.plan import Plan, UpstreamServer
from proxy.dns.records import Answer, Asked, cut
from proxy.dns.upstream import Begun, Clock, Upstream, Upstreams

SWEEP_S = 0.05  # how late silence may be noticed
REPEATS_A_SWEEP = 64  # where thousands are late at once, most of them wait for the sweeps to come

log = logging.getLogger(__name__)


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
        self._under_way: dict[bytes, Pending] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._closed = False
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
        pending = _Awaiting(asked)
        self.begin(pending, monotonic())
        result = await pending.future
        if isinstance(result, DnsProblem):
            raise result
        return result.answer(asked) if isinstance(result, Everyday) else result

    def begin(self, pending: Pending, now: float) -> None:
        """Have a question asked, or wait with those who asked the same; `take` gets what comes of it, in a
        later turn of the loop.

        pending   with `key` and `bits` set
        now       of the monotonic clock

        Raises UpstreamOverload.
        """
        key, under_way = pending.key, self._under_way
        other = under_way.get(key)
        if other is not None:
            if other.more is None:
                other.more = []
            other.more.append(pending)
            return
        if self._closed:
            raise UpstreamOverload("these upstreams are asked no more")
        if len(under_way) >= self._max_inflight:
            raise UpstreamOverload(f"{self._max_inflight} questions wait for upstreams already")
        upstreams = self._upstreams_of(key) if self._zones else self._default
        pending.forwarding, pending.upstreams, pending.more = self, upstreams, None
        pending.ticket, pending.again = None, ()
        under_way[key] = pending
        try:
            pending.first = first = upstreams.first
            pending.began, pending.sent = self.clock(), now
            if first is None:
                self.hand_over(pending, None)
            else:
                bits = pending.bits
                pending.ticket = first.send(key[:-1] if bits else key, bits, pending, now)
        except DnsProblem as problem:
            self.hand_over(pending, problem)
        except Exception:
            del under_way[key]  # or who asks the same would wait for ever
            raise
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep_late)

    def _upstreams_of(self, key: bytes) -> Upstreams:
        zones = self._zones
        return next((zones[p] for p in parents(Asked.of_key(key).name) if p in zones), self._default)

    def hand_over(self, pending: Pending, begun: Begun | None) -> None:
        """Let a task do what cannot be done at once."""
        task = asyncio.get_running_loop().create_task(self._go_on(pending, begun))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go_on(self, pending: Pending, begun: Begun | None) -> None:
        asked = Asked.of_key(pending.key)
        began = None if begun is None else pending.began
        result: Result
        try:
            message = await pending.upstreams.ask(asked, pending.first, begun, began)
            result = self.keep(pending.key, cut(message, asked.name, asked.qtype))
        except DnsProblem as problem:
            result = problem
        except asyncio.CancelledError:
            self.finish(pending, UpstreamOverload("the resolver is shutting down"), monotonic())
            raise
        except Exception:  # noqa: BLE001  (counted, logged and told to those who wait)
            result = self.fault()
        self.finish(pending, result, monotonic())

    def fault(self) -> UpstreamProblem:
        """Count and log the fault that is being handled, and return what those who wait are told."""
        metrics.ERRORS.inc("dns")
        log.exception("a question to an upstream failed inside the resolver")
        return UpstreamProblem("a fault of our own")

    def finish(self, pending: Pending, result: Result, now: float) -> None:
        """Give a result to all who wait for it; whatever comes later is nobody's."""
        key = pending.key
        if self._under_way.get(key) is not pending:
            return
        del self._under_way[key]
        pending.take(result, now)
        if pending.more is not None:
            for one in pending.more:
                one.take(result, now)

    def _sweep_late(self) -> None:
        """Notice silence. One timer for all: thousands of questions a second need none of their own."""
        self._sweep = None
        now = monotonic()
        repeats = 0
        for pending in list(self._under_way.values()):
            repeats += pending.notice(now, repeats < REPEATS_A_SWEEP)
        if self._under_way:
            self._sweep = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep_late)

    async def close(self) -> None:
        """Give up what is under way and close all sockets."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        for pending in list(self._under_way.values()):
            pending.give_up()
            self.finish(pending, UpstreamOverload("the resolver is shutting down"), monotonic())
        for task in list(self._tasks):
            task.cancel()
        for upstreams in (self._default, *self._zones.values()):
            await upstreams.close()


class _Awaiting(Pending):
    """Waits in a task."""

    __slots__ = ("future",)

    def __init__(self, asked: Asked) -> None:
        self.key, self.bits = asked.key, asked.do | asked.cd << 1
        self.future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    def take(self, result: Result, now: float) -> None:
        if not self.future.done():
            self.future.set_result(result)
