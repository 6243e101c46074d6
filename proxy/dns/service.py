"""Which octets answer these octets? The part that the UDP and TCP servers share.

`quick` gives an answer that is finished already, and is all that a question seen before costs.
`slow` does everything else. Whatever fails inside, the answer is SERVFAIL: never one that was not judged.
"""

import logging
import math
import time
from collections.abc import Hashable
from time import monotonic

from proxy import metrics
from proxy.dns.answer_cache import AnswerCache, Answers, Finished, Term
from proxy.dns.clients import Client, Clients
from proxy.dns.errors import Malformed, NotAnswerable
from proxy.dns.packing import Packed, Reply, pack
from proxy.dns.plan import Plan
from proxy.dns.resolver import Outcome, Resolver
from proxy.dns.wire import IN, Question, Rcode, error_reply, hot_key, parse
from proxy.gateway import Gateway
from proxy.journal.codec import Template
from proxy.journal.event import microseconds
from proxy.judgement import Change

log = logging.getLogger(__name__)

STRANGERS_PER_S = 50.0
LEAST_SHARE = 16


class Service:
    """Answers queries of admitted clients, from the answer cache or through the resolver."""

    def __init__(self, gateway: Gateway, resolver: Resolver, plan: Plan) -> None:
        self._gateway = gateway
        self._resolver = resolver
        self._cache = AnswerCache(plan.cache.max_entries)
        self.clients = Clients(gateway, self._cache, plan.rate_limit, plan.forwarders)
        self._max_inflight = plan.max_inflight
        self._inflight = 0
        self._strangers, self._strangers_at = STRANGERS_PER_S, 0.0
        self._logged: set[str] = set()
        self._hits = metrics.DNS_CACHE.bind("answers", "hit")
        self._misses = metrics.DNS_CACHE.bind("answers", "miss")
        metrics.DNS_CACHE_ENTRIES.ask(lambda: len(self._cache), "answers")
        gateway.on_swap.append(self._swapped)

    def quick(self, data: bytes, client: Client, now: float, tcp: bool = False) -> bytes | None:
        """Return the finished answer to a query that was answered before, and append its event.

        None when there is none, it ran out, or the policy changed under it.
        """
        key = hot_key(data, tcp)
        answers = client.answers
        if key is None or answers is None:
            return None
        entry = answers.get(key)
        if entry is None:
            return None
        try:
            answer = self._again(entry, data, client, now)
        except Exception as error:  # noqa: BLE001  (the slow way judges anew)
            self.report(error)
            return None
        if answer is None:
            self._cache.drop(answers, key)
        return answer

    def _again(self, entry: Finished, data: bytes, client: Client, now: float) -> bytes | None:
        """Give a finished answer again and append its event; None when it may not be given any more."""
        wall = time.time()
        if now >= entry.expires or not entry.made <= wall < entry.until:
            return None
        if entry.epoch != self._cache.epoch and not self._cache.survives(entry):
            return None
        self._hits.value += 1
        entry.verdicts.value += 1
        spool = self._gateway.spool
        if entry.template is not None and spool is not None and client.tag is not None:
            spool.append_as(entry.template, int(wall * 1e6), client.tag)
        return entry.octets(data, now)

    async def slow(self, data: bytes, client: Client, tcp: bool = False) -> bytes | None:
        """Answer any query; None when silence is the answer. Never raises."""
        share = max(LEAST_SHARE, int(client.share * self._max_inflight))
        if self._inflight >= self._max_inflight or client.under_way >= share:
            metrics.REFUSED.inc("dns", "overload")
            return None
        self._inflight += 1
        client.under_way += 1
        try:
            return await self._slow(data, client, tcp)
        except Exception as error:  # noqa: BLE001  (whatever goes wrong, no unjudged answer leaves)
            self.report(error)
            return error_reply(data, Rcode.SERVFAIL)
        finally:
            self._inflight -= 1
            client.under_way -= 1

    async def _slow(self, data: bytes, client: Client, tcp: bool) -> bytes | None:
        began = monotonic()
        try:
            question = parse(data, tcp)
        except NotAnswerable:
            metrics.REFUSED.inc("dns", "malformed")
            return None
        except Malformed:
            metrics.REFUSED.inc("dns", "malformed")
            return error_reply(data, Rcode.FORMERR)
        refusal = _refusal(question)
        if refusal is not None:
            metrics.REFUSED.inc("dns", "unsupported")
            return pack(question, Reply(refusal)).message
        self._misses.value += 1
        began_under = client.answers, client.view_key, self._cache.epoch
        try:
            outcome = await self._resolver.answer(question, client.address)
        except Malformed:
            metrics.REFUSED.inc("dns", "hostile_name")
            return pack(question, Reply(Rcode.FORMERR)).message
        packed = pack(question, outcome.reply)
        template = self._gateway.template(outcome.judgement)
        if began_under[0] is client.answers and outcome.holds_s > 0:
            self._keep(hot_key(data, tcp), question, outcome, packed, template, began_under)
        took_s = monotonic() - began
        spool = self._gateway.spool
        if template is not None and spool is not None and client.tag is not None:
            at_us = microseconds(outcome.judgement.request.at)
            spool.append_as(template, at_us, client.tag, int(took_s * 1_000_000))
        metrics.DNS_ANSWER_SECONDS.bind("cold").observe(took_s)
        metrics.DNS_ANSWERS.inc(_rcode_word(outcome.reply.rcode))
        return packed.message

    def _keep(
        self,
        key: bytes | None,
        question: Question,
        outcome: Outcome,
        packed: Packed,
        template: Template | None,
        began_under: tuple[Answers | None, Hashable, int],
    ) -> None:
        """Put a finished answer into the cache of the view that it was judged under.

        began_under   the client's answers and view key and the cache's epoch, when judging began
        """
        answers, view_key, epoch = began_under
        if key is None or answers is None or outcome.judgement.view.key != view_key:
            return
        now = monotonic()
        made, until = 0.0, math.inf
        if outcome.until is not None:  # else no clock, right or wrong, has a say in it
            made, until = time.time(), outcome.until.timestamp()
        verdict = outcome.judgement.verdict
        entry = Finished(
            packed,
            len(question.name),
            Term(now, now + outcome.holds_s, made, until),
            outcome.hosts,
            template,
            metrics.VERDICTS.bind("dns", verdict.action.value, verdict.reason.value),
            epoch,
        )
        self._cache.put(answers, key, entry)

    def stranger(self, data: bytes, now: float) -> bytes | None:
        """Answer who is in no configured network: REFUSED, fifty times a second, else silence."""
        metrics.REFUSED.inc("dns", "not_configured_network")
        allowance = min(STRANGERS_PER_S, self._strangers + (now - self._strangers_at) * STRANGERS_PER_S)
        self._strangers_at = now
        self._strangers = allowance
        if allowance < 1.0 or len(data) < 12 or data[2] & 0x80:
            return None
        self._strangers = allowance - 1.0
        return error_reply(data, Rcode.REFUSED)

    def _swapped(self, change: Change) -> None:
        self._cache.change(change)
        self.clients.unbind()
        if change.base_changed:
            plan = self._resolver.plan
            self.clients.set_limits(plan.rate_limit, plan.forwarders)
            self._max_inflight = plan.max_inflight

    def report(self, error: Exception) -> None:
        """Count a fault of our own, and log each kind once, without what was asked."""
        metrics.ERRORS.inc("dns")
        kind = type(error).__name__
        if kind not in self._logged:
            self._logged.add(kind)
            log.error("a query failed inside the resolver and was answered SERVFAIL", exc_info=error)


def _refusal(question: Question) -> Rcode | None:
    """The code for a query that is well formed and yet not served."""
    if question.opcode:
        return Rcode.NOTIMP
    if question.version:
        return Rcode.BADVERS
    return None if question.qclass == IN else Rcode.REFUSED


def _rcode_word(rcode: int) -> str:
    return Rcode(rcode).name.lower() if rcode in Rcode.__members__.values() else "other"
