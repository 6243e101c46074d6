"""How is a question answered for the first time without a task, a future or a timer of its own?

Nearly all questions are of one shape: an everyday query for a public name that is allowed, whose upstream
says nothing but addresses that are allowed. Each goes through here in two steps, `begin` and `finish`, and
by the same parts as any other question: the gateway judges, `Forwarding` asks. Wherever something is out
of the ordinary, the general way (`Service.slow`, `Resolver`) goes on from what is known by then.
"""

import math
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from time import monotonic
from typing import Protocol

from proxy.decision.verdict import Action, Verdict
from proxy.dns import messages
from proxy.dns.answer_cache import AnswerCache, Answers, Finished
from proxy.dns.asking import Found, breaks_off
from proxy.dns.blocking import Blocking
from proxy.dns.clients import Client
from proxy.dns.datagrams import Peer
from proxy.dns.errors import DnsProblem, UpstreamOverload
from proxy.dns.everyday import Everyday
from proxy.dns.forwarding import Result
from proxy.dns.labels import MAX_NAME_OCTETS, plain_host
from proxy.dns.private import points_inward
from proxy.dns.records import AAAA, HTTPS, MX, NS, PTR, SOA, SRV, A, Asked
from proxy.dns.resolver import Resolver
from proxy.dns.settling import Settling, term_of
from proxy.dns.wire import HEADER_OCTETS, Rcode, error_reply, hot_key, parse
from proxy.gateway import FINAL, Gateway
from proxy.judgement import Judgement, Standing

TYPES = frozenset({A, AAAA, HTTPS, MX, NS, PTR, SOA, SRV, 16})
KEPT_S = 3600  # a blocked name's answer, which costs little to make anew
_RD, _AD, _DO = 0x01, 0x20, 0x80
_IN = b"\x00\x01"
_PLAIN_LIMIT = 512
_TTL_AT = 6
_OPT_REPLIES = {do: b"\x00\x00\x29\x04\xd0\x00\x00" + bytes((do, 0, 0, 0)) for do in (0, _DO)}


class Asker(Protocol):
    """The server that a question came to."""

    def answer_later(self, peer: Peer, answer: bytes) -> None:
        """Send an answer that was found."""

    def go_on(self, peer: Peer, query: bytes, client: Client, first: Judgement | None) -> None:
        """Answer a question the general way, from the judgement of its host on."""


class Waiting:
    """A question under way and what is known about it."""

    __slots__ = (
        "answers", "asked", "asker", "at", "began", "client", "epoch", "host", "key", "peer", "query",
        "standing", "straight", "verdict",
    )  # fmt: skip

    straight: "Straight"
    asker: Asker
    peer: Peer
    query: bytes
    key: bytes
    client: Client
    standing: Standing
    answers: Answers | None
    epoch: int
    asked: Asked
    host: str
    verdict: Verdict
    at: datetime
    began: float

    def take(self, result: Result) -> None:
        """Take what the upstreams said."""
        self.straight.finish(self, result)


class Straight:
    """Questions that are answered for the first time, over UDP."""

    def __init__(self, gateway: Gateway, resolver: Resolver, cache: AnswerCache, settling: Settling) -> None:
        self._gateway, self._resolver, self._cache, self._settling = gateway, resolver, cache, settling
        self._blocking = Blocking()
        self._methods = {qtype: messages.type_name(qtype) for qtype in TYPES}

    def begin(self, query: bytes, client: Client, asker: Asker, peer: Peer) -> bytes | Judgement | bool:
        """Begin to answer a query of a client with room for one more.

        Returns the answer behind the id; True when it comes later; else what the general way may go on
        from: the judgement of the host, or False.
        """
        key, standing = hot_key(query), client.standing
        if not isinstance(key, bytes) or standing is None or standing.policy is None:
            return False
        end = key.find(0, 10) + 1
        qtype = key[end] << 8 | key[end + 1]
        if key[0] != _RD or key[1] & ~_AD or qtype not in TYPES or key[end + 2 : end + 4] != _IN:
            return False
        folded = key[10:end]
        host = plain_host(folded) if end - 10 <= MAX_NAME_OCTETS else None
        if host is None:
            return False
        waiting = Waiting()
        waiting.began, waiting.at = monotonic(), self._gateway.now()
        waiting.epoch, waiting.answers = self._cache.epoch, client.answers
        waiting.standing, waiting.client, waiting.host = standing, client, host
        verdict = self._gateway.judge_name(standing, host, self._methods[qtype], waiting.at)
        waiting.query, waiting.key, waiting.verdict = query, key, verdict
        if verdict.action is Action.BLOCK:
            return self._blocked(waiting) or self._settled(waiting, None)
        waiting.asked = asked = Asked(folded, qtype, len(key) > end + 4 and key[end + 11] >= _DO)
        asking = self._resolver.asking
        if verdict.action is not Action.ALLOW or not asking.must_ask(asked):
            return self._judgement(waiting)
        waiting.straight, waiting.asker, waiting.peer = self, asker, peer
        try:
            asking.forwarding.begin(asked, waiting.take)
        except UpstreamOverload:
            return self._settled(waiting, None)
        return True

    def _blocked(self, waiting: Waiting) -> bytes | None:
        """Answer a blocked name; None where the answer is one of its own kind or does not fit.

        It rests on the verdict alone, so it is kept for as long as that holds, and given each time with the
        whole of its TTL, which never reaches past the verdict's `until`.
        """
        standing, verdict, key = waiting.standing, waiting.verdict, waiting.key
        policy, view = standing.policy, standing.view
        assert policy is not None  # `begin` has seen to it
        ttl_s = policy.block_ttl_s
        if verdict.until is not None and messages.seconds_left(verdict.until, waiting.at, ttl_s + 1) <= ttl_s:
            return None
        end = 10 + len(waiting.host) + 2 + 4
        opt = key[end:]
        octets = self._blocking.octets(
            key[10:end], opt, verdict, view.block_answer, ttl_s, self._resolver.plan.block_addresses
        )
        if octets is None or len(octets) + 2 > (opt[3] << 8 | opt[4] if opt else _PLAIN_LIMIT):
            return None
        now = monotonic()
        term = term_of(now, KEPT_S, verdict.until)
        term = term._replace(until=term.until - ttl_s)
        method = self._methods[key[end - 4] << 8 | key[end - 3]]
        template = self._gateway.name_template(standing, waiting.host, method, verdict)
        counter = self._settling.counter(verdict)
        entry = Finished(octets, (), term, (), template, counter, waiting.epoch)
        client, answers = waiting.client, waiting.answers
        if answers is not None and answers is client.answers and self._is_in_force(waiting):
            self._cache.put(answers, key, entry)
        self._settling.told(template, waiting.at, client, now - waiting.began, octets[1] & 0x0F)
        return entry.spelled(waiting.query)

    def finish(self, waiting: Waiting, result: Result) -> None:
        """Answer a question by what the upstreams said. Never raises."""
        client = waiting.client
        self._settling.leave(client)
        try:
            answer = self._everyday(waiting, result) if isinstance(result, Everyday) else None
            if answer is None:
                answer = self._read(waiting, result)
        except Exception as error:  # noqa: BLE001  (whatever goes wrong, no unjudged answer leaves)
            self._settling.report(error)
            answer = error_reply(waiting.query, Rcode.SERVFAIL)[2:]
        if answer is not None:
            waiting.asker.answer_later(waiting.peer, waiting.query[:2] + answer)

    def _everyday(self, waiting: Waiting, found: Everyday) -> bytes | None:
        """Answer with addresses that nothing is to be said about; None when something is."""
        gateway, standing, verdict = self._gateway, waiting.standing, waiting.verdict
        asked = waiting.asked
        method, at = self._methods[asked.qtype], gateway.now()
        until, behind = verdict.until, []
        for packed in found.packed_addresses():
            text, inward = _address(packed)
            judged = gateway.judge_name(standing, text, method, at, FINAL)
            if inward or judged.action is Action.BLOCK:
                return None
            if judged.until is not None and (until is None or judged.until < until):
                until = judged.until
            behind.append(text)
        if until is not None:
            found = found.bounded(0, max(0, int((until - at).total_seconds())))
        octets = self._octets(waiting, found)
        if octets is None:
            return None
        now = monotonic()
        template = gateway.name_template(standing, waiting.host, method, verdict)
        entry = Finished(
            octets,
            _ttl_places(HEADER_OCTETS + len(asked.name) + 4, found.count, found.width),
            term_of(now, found.ttl_s, until),
            _behind(tuple(behind)),
            template,
            self._settling.counter(verdict),
            waiting.epoch,
        )
        client, answers = waiting.client, waiting.answers
        if (
            found.ttl_s > 0
            and answers is not None
            and answers is client.answers
            and self._is_in_force(waiting)
        ):
            self._cache.put(answers, waiting.key, entry)
        self._settling.told(template, waiting.at, client, now - waiting.began, Rcode.NOERROR)
        return entry.spelled(waiting.query)

    def judged_anew(self, entry: Finished, client: Client, now: float, wall: float) -> bool:
        """Ready an answer of the base before for the client's view in force; False when it may not leave."""
        standing, gateway = client.standing, self._gateway
        if not entry.everyday or standing is None or standing.policy is not gateway.policy:
            return False
        folded, qtype = entry.question()
        host, method, at = plain_host(folded), self._methods[qtype], gateway.now()
        if host is None:
            return False
        verdict = gateway.judge_name(standing, host, method, at)
        until = verdict.until
        for address in entry.behind:
            judged = gateway.judge_name(standing, address, method, at, FINAL)
            if judged.action is Action.BLOCK:
                return False
            if judged.until is not None and (until is None or judged.until < until):
                until = judged.until
        if verdict.action is not Action.ALLOW:
            return False
        template = gateway.name_template(standing, host, method, verdict)
        ends = math.inf if until is None else until.timestamp()
        counter = self._settling.counter(verdict)
        return entry.judged_anew(now, wall, ends, template, counter, self._cache.epoch)

    def _is_in_force(self, waiting: Waiting) -> bool:
        """Whether a question was judged under the asker's view in force."""
        standing = waiting.standing
        return standing.policy is self._gateway.policy and standing.view.key == waiting.client.view_key

    def _octets(self, waiting: Waiting, found: Everyday) -> bytes | None:
        """The message behind its id; None when it is too long for the asker."""
        key, end = waiting.key, 10 + len(waiting.asked.name) + 4
        wants_proof = waiting.asked.do or key[1] & _AD
        flags = b"\x81\xa0" if found.ad and wants_proof else b"\x81\x80"
        edns = len(key) > end
        limit = key[end + 3] << 8 | key[end + 4] if edns else _PLAIN_LIMIT
        octets = b"".join(
            (
                flags, b"\x00\x01", found.count.to_bytes(2), b"\x00\x00\x00", b"\x01" if edns else b"\x00",
                key[10:end], found.section, _OPT_REPLIES[key[end + 7] & _DO] if edns else b"",
            )
        )  # fmt: skip
        return octets if len(octets) + 2 <= limit else None

    def _judgement(self, waiting: Waiting) -> Judgement:
        at = 10 + len(waiting.host) + 2  # a name's wire form has two octets more than its host
        method = self._methods[waiting.key[at] << 8 | waiting.key[at + 1]]
        return self._gateway.judgement(waiting.standing, waiting.host, method, waiting.verdict, waiting.at)

    def _read(self, waiting: Waiting, result: Result) -> bytes | None:
        """Answer with what is out of the ordinary; None when a task does it."""
        if isinstance(result, DnsProblem):
            return self._settled(waiting, None)
        answer = result.answer(waiting.asked) if isinstance(result, Everyday) else result
        if breaks_off(answer):
            first = self._judgement(waiting)
            waiting.asker.go_on(waiting.peer, waiting.query, waiting.client, first)
            return None
        return self._settled(waiting, Found(answer))

    def _settled(self, waiting: Waiting, found: Found | None) -> bytes:
        """Answer as the resolver does in general: blocked, or with an answer, or that there is none."""
        question = parse(waiting.query)
        outcome = self._resolver.settle(question, found, self._judgement(waiting))
        began_under = waiting.answers, waiting.standing.view.key, waiting.epoch
        return self._settling.settle(
            question, outcome, waiting.key, waiting.client, began_under, waiting.began
        )[2:]


@lru_cache(maxsize=16_384)
def _address(packed: bytes) -> tuple[str, bool]:
    """An address as text, and whether it leads into the school's own networks."""
    text = str(ip_address(packed))
    return text, points_inward(text)


@lru_cache(maxsize=4096)
def _ttl_places(begin: int, count: int, width: int) -> tuple[int, ...]:
    return tuple(begin + _TTL_AT + n * (12 + width) for n in range(count))


@lru_cache(maxsize=4096)
def _behind(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """One tuple for all answers with the same addresses."""
    return addresses
