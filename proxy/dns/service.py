"""Which octets answer these octets? The part that the UDP and TCP servers share.

`quick` gives an answer that is finished already, and is all that a question seen before costs.
`slow` does everything else. Whatever fails inside, the answer is SERVFAIL: never one that was not judged.
"""

import time
from dataclasses import replace
from time import monotonic

from proxy import metrics
from proxy.bypass.dns.quick_look import DETECTORS, NOBODY, TUNNEL_WATCH
from proxy.decision.request import Attempt, Stage
from proxy.decision.signs import Sign
from proxy.decision.verdict import Action
from proxy.dns.answer_cache import AnswerCache, Finished
from proxy.dns.clients import Client, Clients
from proxy.dns.datagrams import Peer
from proxy.dns.errors import Malformed, NotAnswerable
from proxy.dns.labels import plain_host, readable_end
from proxy.dns.messages import type_name
from proxy.dns.odd_questions import OddQuestions
from proxy.dns.packing import Reply, pack
from proxy.dns.plan import Plan
from proxy.dns.resolver import Resolver
from proxy.dns.settling import Settling
from proxy.dns.signing import spelled, united
from proxy.dns.straight import Straight
from proxy.dns.telling import Telling
from proxy.dns.waiting import Asker
from proxy.dns.watching import Watching
from proxy.dns.wire import IN, Question, Rcode, error_reply, hot_key, parse
from proxy.gateway import Gateway
from proxy.journal.codec import ClientTag
from proxy.judgement import Change, Judgement
from proxy.lookout import NONE

STRANGERS_PER_S = 50.0


class Service:
    """Answers queries of admitted clients, from the answer cache or through the resolver."""

    def __init__(
        self,
        gateway: Gateway,
        resolver: Resolver,
        plan: Plan,
        odd: OddQuestions | None = None,
        telling: Telling | None = None,
    ) -> None:
        self.telling = telling
        self._gateway = gateway
        self._resolver = resolver
        self._plan = resolver.plan
        self._knowledge = gateway.knowledge
        self.cache = AnswerCache(plan.cache.max_entries)
        self.clients = Clients(gateway, self.cache, plan.rate_limit, plan.forwarders)
        self.watching = Watching(gateway, odd, self.clients.asks_for_many)
        self.settling = Settling(gateway, self.cache, plan.max_inflight, self.watching, telling)
        self._straight = Straight(gateway, resolver, self.cache, self.settling, self.watching, telling)
        self.report = self.settling.report
        self._strangers, self._strangers_at = STRANGERS_PER_S, 0.0
        self._hits = metrics.DNS_CACHE.bind("answers", "hit")
        self._misses = metrics.DNS_CACHE.bind("answers", "miss")
        metrics.DNS_CACHE_ENTRIES.ask(lambda: len(self.cache), "answers")
        gateway.on_swap.append(self._swapped)

    def quick(self, data: bytes, client: Client, now: float, tcp: bool = False) -> bytes | None:
        """Return the finished answer to a query that was answered before, and append its event.

        None when there is none, it ran out, or the policy changed under it.
        """
        wall = time.time()
        self.cache.at(now, wall)
        try:
            entry = self.finished(data, client, now, wall, tcp)
        except Exception as error:  # noqa: BLE001  (the slow way judges anew)
            self.report(error)
            return None
        if entry is None:
            return None
        telling = self.telling
        if telling is not None and entry.mark | client.number not in telling.at(now):
            telling.finished(entry, client, now, wall)
        entry.verdicts.value += 1
        turn, templates = self.frame()
        if entry.template is None:
            self.given(1, templates, [], [], wall)
        else:
            self.given(1, templates, [entry.number_in(turn, templates)], [client.tag], wall)
        return data[:2] + entry.spelled(data)

    def finished(
        self, data: bytes, client: Client, now: float, wall: float, tcp: bool = False
    ) -> Finished | None:
        """Return the finished answer to a query, ready for the present moment; else None."""
        return self.finished_as(hot_key(data, tcp), client, now, wall)

    def finished_as(
        self, key: bytes | str | None, client: Client, now: float, wall: float
    ) -> Finished | None:
        """Do as `finished`, for the query with this `hot_key`."""
        answers = client.answers
        if key is None or answers is None:
            return None
        entry = answers.get(key)
        if entry is None:
            entry = self.cache.former(key)
            if entry is None or not self._straight.judged_anew(entry, client, now, wall):
                return None
            self.cache.put(answers, key, entry)
        return entry if self.cache.renews(answers, key, entry, now, wall) else None

    def frame(self) -> tuple[int, list[bytes]]:
        """What tells the frame of events in the making from others, and its templates; `Spool.frame`."""
        spool = self._gateway.spool
        return (0, []) if spool is None else spool.frame()

    def given(
        self, hits: int, templates: list[bytes], numbers: list[int], tags: list[ClientTag], wall: float
    ) -> None:
        """Count answers that were given again at one moment, and append their events.

        templates, numbers   of the events, as `frame` and `Finished.number_in` gave them
        """
        self._hits.value += hits
        spool = self._gateway.spool
        if numbers and spool is not None:
            spool.append_batch(int(wall * 1e6), templates, numbers, tags)

    async def slow(
        self, data: bytes, client: Client, tcp: bool = False, first: Judgement | None = None
    ) -> bytes | None:
        """Answer any query; None when silence is the answer. Never raises.

        first   the judgement of the question's host, if it was judged just now
        """
        if not self.settling.enter(client):
            return None
        try:
            return await self._slow(data, client, tcp, first)
        except Exception as error:  # noqa: BLE001  (whatever goes wrong, no unjudged answer leaves)
            self.report(error)
            return error_reply(data, Rcode.SERVFAIL)
        finally:
            self.settling.leave(client)

    async def _slow(self, data: bytes, client: Client, tcp: bool, first: Judgement | None) -> bytes | None:
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
        began_under = client.answers, client.view_key, self.cache.epoch
        try:
            watched = self._watched(question, client, began) if first is None else NONE
            outcome = await self._resolver.answer(question, client.address, first=first, watched=watched)
        except Malformed:
            metrics.REFUSED.inc("dns", "hostile_name")
            self._record_hostile(question, client, began)
            return pack(question, Reply(Rcode.FORMERR)).message
        return self.settling.settle(question, outcome, hot_key(data, tcp), client, began_under, began)

    def _watched(self, question: Question, client: Client, now: float) -> tuple[Sign, ...]:
        """What a question shows together with others of its client."""
        method, host = type_name(question.qtype), plain_host(question.folded)
        look = DETECTORS if host is None else self._resolver.signing.look(host, method)
        if look is NOBODY and client.watched not in self.watching.suspects:
            return NONE
        ask = self.watching.signs_of_some if look is TUNNEL_WATCH else self.watching.signs
        return ask(client.watched, spelled(question.name), method, now)

    def _record_hostile(self, question: Question, client: Client, now: float) -> None:
        """Record a name that cannot be judged, where detectors say what it is."""
        method = type_name(question.qtype)
        signs = self._resolver.signing.of_name(question.folded, "", method)
        signs = united(signs, self._watched(question, client, now))
        if signs:
            host = readable_end(question.folded)
            attempt = Attempt(client.address, Stage.DNS, host, method=method, signs=signs)
            judgement = self._gateway.judge(attempt)
            if judgement.verdict.action is Action.BLOCK:
                self._gateway.record(judgement, duration_s=monotonic() - now)

    def begin(
        self, query: bytes, key: bytes | str | None, client: Client, asker: Asker, peer: Peer, now: float
    ) -> bytes | None:
        """Begin to answer a datagram, and return the answer behind the id if it is found at once.

        key   `hot_key` of it
        now   of the monotonic clock, the same for all datagrams of one wake-up

        Else the asker's server hears of it later, or of what it has to go on from.
        """
        begun: bytes | Judgement | bool | None
        try:
            begun = self._straight.begin(query, key, client, asker, peer, now)
        except Exception as error:  # noqa: BLE001  (whatever goes wrong, no unjudged answer leaves)
            self.settling.report(error)
            begun = error_reply(query, Rcode.SERVFAIL)[2:]
        if begun is None:
            return None
        if begun is True:
            self._misses.value += 1
            return None
        if isinstance(begun, bytes):
            self._misses.value += 1
            return begun
        asker.go_on(peer, query, client, begun or None)
        return None

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
        plan = self._resolver.plan
        if change.base_changed and plan != self._plan:  # answers may come from elsewhere now
            self.cache.clear()
        self._plan = plan
        knowledge, self._knowledge = self._knowledge, self._gateway.knowledge
        if change.relisted is not None and knowledge is not self._knowledge:
            change = replace(change, relisted=None)  # then more than lists may speak otherwise of a name
        policy = self._gateway.policy
        self.cache.change(change, None if policy is None else (policy.base, policy.overlay))
        self.clients.unbind()
        if change.base_changed:
            self.clients.set_limits(plan.rate_limit, plan.forwarders)
            self.watching.ask_again()
            self.settling.max_inflight = plan.max_inflight


def _refusal(question: Question) -> Rcode | None:
    """The code for a query that is well formed and yet not served."""
    if question.opcode:
        return Rcode.NOTIMP
    if question.version:
        return Rcode.BADVERS
    return None if question.qclass == IN else Rcode.REFUSED
