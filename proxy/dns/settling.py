"""What is done with an outcome: octets for the asker, an entry for the answer cache, an event, counts.

The part that the straight and the general way share, with the count of what is under way.
"""

import asyncio
import logging
import time
from bisect import bisect_left
from collections.abc import Hashable
from contextlib import suppress
from datetime import datetime
from time import monotonic

from proxy import metrics
from proxy.decision.policy import Policy
from proxy.decision.verdict import Action, Verdict
from proxy.dns.answer_cache import AnswerCache, Answers, Finished, Term
from proxy.dns.clients import Client
from proxy.dns.messages import type_name
from proxy.dns.packing import pack
from proxy.dns.resolver import Outcome
from proxy.dns.signing import CODE, of_client, spelled
from proxy.dns.telling import Telling
from proxy.dns.watching import NO_SUCH_NAME, Watching
from proxy.dns.wire import Question, Rcode
from proxy.gateway import Gateway
from proxy.journal.codec import ClientTag, Template
from proxy.journal.event import microseconds
from proxy.metrics import Cell

LEAST_SHARE = 16

log = logging.getLogger("proxy.dns.service")


class Turn:
    """One moment at which datagrams are looked at, and the events of what was judged at it.

    now      of the monotonic clock
    at       the same by the gateway's clock
    policy   in force
    """

    __slots__ = ("at", "durations_us", "now", "policy", "tags", "templates")

    def __init__(self, now: float, at: datetime, policy: Policy | None) -> None:
        self.now, self.at, self.policy = now, at, policy
        self.templates: list[Template] = []
        self.tags: list[ClientTag] = []
        self.durations_us: list[int] = []


type BeganUnder = tuple[Answers | None, Hashable, int]
"""The client's answers and view key and the cache's epoch, when judging began."""


class Settling:
    """Finishes questions, and knows how many are under way."""

    def __init__(
        self,
        gateway: Gateway,
        cache: AnswerCache,
        max_inflight: int,
        watching: Watching | None = None,
        telling: Telling | None = None,
    ) -> None:
        self._gateway, self._cache, self._watching, self._telling = gateway, cache, watching, telling
        self.max_inflight = max_inflight
        self.inflight = 0
        self._untold: list[Turn] = []
        self._quiet: asyncio.Event | None = None
        self._logged: set[str] = set()
        self._counters: dict[str, Cell] = {}
        self._rcodes: dict[int, Cell] = {}
        self._cold = metrics.DNS_ANSWER_SECONDS.bind("cold")

    def enter(self, client: Client) -> bool:
        """Count one more question of a client as under way; False when there is no room for it."""
        if not self.has_room_for(client):
            return False
        self.inflight += 1
        client.under_way += 1
        return True

    def has_room_for(self, client: Client) -> bool:
        """Say whether one more question of a client may be under way; count it as refused otherwise."""
        under_way = client.under_way
        if self.inflight < self.max_inflight and (
            under_way < LEAST_SHARE or under_way + 1 <= client.share * self.max_inflight
        ):
            return True
        metrics.REFUSED.inc("dns", "overload")
        return False

    def leave(self, client: Client) -> None:
        """Count one less."""
        self.inflight -= 1
        client.under_way -= 1
        if self.inflight == 0 and self._quiet is not None:
            self._quiet.set()

    async def quiet(self, grace_s: float) -> None:
        """Wait until nothing is under way, for at most the grace in seconds."""
        await self._until_quiet(grace_s)
        self._tell()

    async def _until_quiet(self, grace_s: float) -> None:
        self._quiet = asyncio.Event() if self._quiet is None else self._quiet
        if self.inflight:
            self._quiet.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(grace_s):
                    await self._quiet.wait()

    def settle(
        self,
        question: Question,
        outcome: Outcome,
        key: bytes | str | None,
        client: Client,
        began_under: BeganUnder,
        began: float,
    ) -> bytes:
        """Return the message for the asker; keep it for the next and record the event."""
        packed = pack(question, outcome.reply)
        template = self._gateway.template(outcome.judgement)
        answers, view_key, epoch = began_under
        verdict, signs = outcome.judgement.verdict, outcome.judgement.attempt.signs
        entry: Finished | None = None
        holds = outcome.holds_s > 0 and outcome.judgement.view.key == view_key
        if signs and of_client(signs):  # they speak of nobody else
            holds = False
        if holds and key is not None and answers is not None and answers is client.answers:
            term = term_of(monotonic(), outcome.holds_s, outcome.until)
            counter = self.counter(verdict)
            is_refusal = verdict.action is Action.BLOCK
            entry = Finished.of(
                packed, question.folded, term, outcome.hosts, template, counter, epoch, is_refusal
            )
            self._cache.put(answers, key, entry)
        self._tell_of(outcome, client, entry)
        standing, at = outcome.judgement.standing, outcome.judgement.at
        # judged under another policy than the client was bound under, it is the event of who it is by that
        tag = client.tag if standing is client.standing else self._gateway.tag_of(standing)
        self.told(template, at, tag, monotonic() - began, outcome.reply.rcode)
        if self._watching is not None:
            self._hear_of(self._watching, question, outcome, client)
        return packed.message

    def _tell_of(self, outcome: Outcome, client: Client, entry: Finished | None) -> None:
        """Write down for the proxy what the client is answered."""
        if self._telling is None:
            return
        if entry is not None:
            host = outcome.judgement.attempt.host
            self._telling.finished(entry, client, monotonic(), time.time(), host)
        else:
            judgement = outcome.judgement
            host, is_refusal = judgement.attempt.host, judgement.verdict.action is Action.BLOCK
            self._telling.answer(client.address, host, outcome.hosts - {host}, is_refusal, time.time())

    def _hear_of(self, watching: Watching, question: Question, outcome: Outcome, client: Client) -> None:
        """Let those who watch for tunnels know how lists of hashes and of addresses answer."""
        rcode = ""
        if outcome.reply.rcode == Rcode.NXDOMAIN and outcome.judgement.verdict.action is not Action.BLOCK:
            rcode = NO_SUCH_NAME
        elif any(host.startswith(CODE) for host in outcome.hosts):
            rcode = CODE
        if rcode:
            method = type_name(question.qtype)
            watching.answered(client.watched, spelled(question.name), method, rcode, monotonic())

    def told(
        self, template: Template | None, at: datetime, tag: ClientTag, took_s: float, rcode: int
    ) -> None:
        """Record the event of a first answer, and count it.

        at    when it was judged
        tag   of who asked
        """
        spool = self._gateway.spool
        if template is not None and spool is not None:
            spool.append_as(template, microseconds(at), tag, int(took_s * 1_000_000))
        self._count(took_s, rcode)

    def told_soon(
        self, turn: Turn, template: Template | None, client: Client, took_s: float, rcode: int
    ) -> None:
        """Do as `told`, but record the event together with others of this turn of the loop.

        turn   when it was judged
        """
        if template is not None:
            if not turn.templates:
                if not self._untold:
                    asyncio.get_running_loop().call_soon(self._tell)
                self._untold.append(turn)
            turn.templates.append(template)
            turn.tags.append(client.tag)
            turn.durations_us.append(int(took_s * 1_000_000))
        self._count(took_s, rcode)

    def _tell(self) -> None:
        """Record the events that were laid by."""
        untold, self._untold = self._untold, []
        spool = self._gateway.spool
        for turn in untold:
            templates, tags, durations_us = turn.templates, turn.tags, turn.durations_us
            turn.templates, turn.tags, turn.durations_us = [], [], []
            if spool is not None:
                _, in_frame = spool.frame()
                numbers = range(len(in_frame), len(in_frame) + len(templates))
                in_frame += templates
                spool.append_batch(microseconds(turn.at), in_frame, numbers, tags, durations_us)

    def _count(self, took_s: float, rcode: int) -> None:
        cold = self._cold
        cold.counts[bisect_left(cold.bounds, took_s)] += 1
        cold.total += took_s
        cell = self._rcodes.get(rcode)
        if cell is None:
            cell = self._rcodes[rcode] = metrics.DNS_ANSWERS.bind(_rcode_word(rcode))
        cell.value += 1

    def counter(self, verdict: Verdict) -> Cell:
        """The counter of verdicts like this one."""
        action, reason = verdict.action._value_, verdict.reason._value_
        cell = self._counters.get(reason + action)
        if cell is None:
            cell = self._counters[reason + action] = metrics.VERDICTS.bind("dns", action, reason)
        return cell

    def report(self, error: Exception) -> None:
        """Count a fault of our own, and log each kind once, without what was asked."""
        metrics.ERRORS.inc("dns")
        kind = type(error).__name__
        if kind not in self._logged:
            self._logged.add(kind)
            log.error("a query failed inside the resolver and was answered SERVFAIL", exc_info=error)


def term_of(now: float, holds_s: int, until: datetime | None) -> Term:
    """For how long an answer of this moment may be given again."""
    if until is None:  # then no clock, right or wrong, has a say in it
        return Term(now, now + holds_s)
    return Term(now, now + holds_s, time.time(), until.timestamp())


def _rcode_word(rcode: int) -> str:
    return Rcode(rcode).name.lower() if rcode in Rcode.__members__.values() else "other"
