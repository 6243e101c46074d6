"""What is done with an outcome: octets for the asker, an entry for the answer cache, an event, counts.

The part that the straight and the general way share, with the count of what is under way.
"""

import asyncio
import logging
import time
from collections.abc import Hashable
from contextlib import suppress
from datetime import datetime
from time import monotonic

from proxy import metrics
from proxy.decision.verdict import Verdict
from proxy.dns.answer_cache import AnswerCache, Answers, Finished, Term
from proxy.dns.clients import Client
from proxy.dns.packing import pack
from proxy.dns.resolver import Outcome
from proxy.dns.wire import Question, Rcode
from proxy.gateway import Gateway
from proxy.journal.codec import Template
from proxy.journal.event import microseconds
from proxy.metrics import Cell

LEAST_SHARE = 16

log = logging.getLogger("proxy.dns.service")

type BeganUnder = tuple[Answers | None, Hashable, int]
"""The client's answers and view key and the cache's epoch, when judging began."""


class Settling:
    """Finishes questions, and knows how many are under way."""

    def __init__(self, gateway: Gateway, cache: AnswerCache, max_inflight: int) -> None:
        self._gateway, self._cache = gateway, cache
        self.max_inflight = max_inflight
        self._inflight = 0
        self._quiet: asyncio.Event | None = None
        self._logged: set[str] = set()
        self._counters: dict[str, Cell] = {}
        self._rcodes: dict[int, Cell] = {}
        self._cold = metrics.DNS_ANSWER_SECONDS.bind("cold")

    def enter(self, client: Client) -> bool:
        """Count one more question of a client as under way; False when there is no room for it."""
        share = max(LEAST_SHARE, int(client.share * self.max_inflight))
        if self._inflight >= self.max_inflight or client.under_way >= share:
            metrics.REFUSED.inc("dns", "overload")
            return False
        self._inflight += 1
        client.under_way += 1
        return True

    def leave(self, client: Client) -> None:
        """Count one less."""
        self._inflight -= 1
        client.under_way -= 1
        if self._inflight == 0 and self._quiet is not None:
            self._quiet.set()

    async def quiet(self, grace_s: float) -> None:
        """Wait until nothing is under way, for at most the grace in seconds."""
        self._quiet = asyncio.Event() if self._quiet is None else self._quiet
        if self._inflight:
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
        verdict = outcome.judgement.verdict
        holds = outcome.holds_s > 0 and outcome.judgement.view.key == view_key
        if holds and key is not None and answers is not None and answers is client.answers:
            term = term_of(monotonic(), outcome.holds_s, outcome.until)
            counter = self.counter(verdict)
            entry = Finished.of(packed, question.folded, term, outcome.hosts, template, counter, epoch)
            self._cache.put(answers, key, entry)
        self.told(template, outcome.judgement.request.at, client, monotonic() - began, outcome.reply.rcode)
        return packed.message

    def told(
        self, template: Template | None, at: datetime, client: Client, took_s: float, rcode: int
    ) -> None:
        """Record the event of a first answer, and count it.

        at   when it was judged
        """
        spool = self._gateway.spool
        if template is not None and spool is not None:
            spool.append_as(template, microseconds(at), client.tag, int(took_s * 1_000_000))
        self._cold.observe(took_s)
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
