"""How is a question answered for the first time without a task, a future or a timer of its own?

Nearly all questions are of one shape: an everyday query for a public name that is allowed, whose upstream
says nothing but addresses that are allowed. Each goes through here in two steps, `begin` and `finish`, and
by the same parts as any other question: the gateway judges, `Forwarding` asks. Wherever something is out
of the ordinary, the general way (`Service.slow`, `Resolver`) goes on from what is known by then.
"""

import math
from functools import lru_cache
from time import monotonic, time

from proxy.bypass.dns.quick_look import DETECTORS, TUNNEL_WATCH
from proxy.decision.request import Attempt, Stage
from proxy.decision.signs import Sign
from proxy.decision.unspoken import FOREVER
from proxy.decision.verdict import Action
from proxy.dns import messages
from proxy.dns.answer_cache import AnswerCache, Finished, Term
from proxy.dns.asking import Found, breaks_off
from proxy.dns.blocking import Blocking
from proxy.dns.clients import Client
from proxy.dns.datagrams import Peer
from proxy.dns.errors import DnsProblem, UpstreamOverload
from proxy.dns.everyday import ADDRESS_AT, Everyday
from proxy.dns.labels import MAX_NAME_OCTETS, plain_host
from proxy.dns.pending import Result
from proxy.dns.records import AAAA, HTTPS, MX, NS, PTR, SOA, SRV, A
from proxy.dns.resolver import Resolver
from proxy.dns.saying import Saying
from proxy.dns.settling import Settling, Turn, term_of
from proxy.dns.signing import spelled, united
from proxy.dns.telling import Telling
from proxy.dns.waiting import Asker, Waiting
from proxy.dns.watching import Watching
from proxy.dns.wire import Rcode, error_reply, parse
from proxy.gateway import FINAL, NO_TRAITS, Gateway
from proxy.journal.codec import Template
from proxy.judgement import Judgement
from proxy.lookout import NONE

TYPES = frozenset({A, AAAA, HTTPS, MX, NS, PTR, SOA, SRV, 16})
METHODS = {qtype.to_bytes(2) + b"\x00\x01": messages.type_name(qtype) for qtype in TYPES}
"""How a type is called in events, by type and class in a question."""
KEPT_S = 3600  # a blocked name's answer, which costs little to make anew
_RD, _AD, _DO = 0x01, 0x20, 0x80
_PLAIN_LIMIT = 512
_NOBODY: tuple[str, ...] = ()
_TTL_AT = 6
_OPT_REPLIES = {do: b"\x00\x00\x29\x04\xd0\x00\x00" + bytes((do, 0, 0, 0)) for do in (0, _DO)}


class Straight:
    """Questions that are answered for the first time, over UDP."""

    def __init__(
        self,
        gateway: Gateway,
        resolver: Resolver,
        cache: AnswerCache,
        settling: Settling,
        watching: Watching,
        telling: Telling | None = None,
    ) -> None:
        self._telling = telling
        self._gateway, self._resolver, self._cache, self._settling = gateway, resolver, cache, settling
        self._signing, self._watching = resolver.signing, watching
        self._blocking = Blocking()
        self._saying = Saying(gateway, settling)
        self._turn = Turn(-math.inf, gateway.now(), None)

    def _turn_at(self, now: float) -> Turn:
        """The turn of a wake-up: its moment is looked up once for all of its datagrams."""
        turn = self._turn
        if turn.now != now:
            turn = self._turn = Turn(now, self._gateway.now(), self._gateway.policy)
        return turn

    def begin(
        self, query: bytes, key: bytes | str | None, client: Client, asker: Asker, peer: Peer, now: float
    ) -> bytes | Judgement | bool | None:
        """Begin to answer a query.

        key   `hot_key` of it
        now   of the monotonic clock, the same for all queries of one wake-up

        Returns the answer behind the id; True when it comes later; None when there is no room for one more
        question; else what the general way may go on from: the judgement of the host, or False.

        One function for all that each question needs: what a call more costs, each name costs.
        """
        turn = self._turn if self._turn.now == now else self._turn_at(now)
        standing = client.standing
        if not isinstance(key, bytes) or standing is None or standing.policy is not turn.policy:
            return False
        end = key.find(0, 10) + 1
        behind = end + 4
        method, folded = METHODS.get(key[end:behind]), key[10:end]
        if method is None or key[0] != _RD or key[1] & ~_AD or len(folded) > MAX_NAME_OCTETS:
            return False
        host, unspoken = plain_host(folded), standing.unspoken
        if host is None or unspoken is None:
            return False
        if not self._settling.has_room_for(client):
            return None
        look = self._signing.look(host, method)
        if look or client.watched in self._watching.suspects:
            signs = self._signs(look, query, end, host, method, client, now)
            if signs:
                attempt = Attempt(client.address, Stage.DNS, host, method=method, signs=signs)
                return self._gateway.judge(attempt)
        saying, listing = self._saying, None
        try:
            found = unspoken.listings(host, NO_TRAITS)
            silent = unspoken.is_in_no_rule(host)
        except Exception:  # noqa: BLE001  (the gateway meets it again: it counts, reports and refuses)
            found, silent = (), False
        if silent and not found:
            silence = saying.silence(unspoken, turn)
            said = silence.name or saying.of_name(silence, host)
            said.counter.value += 1
        elif silent and (listed := unspoken.listed(host, found, turn.at)) is not None:
            said, listing = saying.of_listed(saying.silence(unspoken, turn), listed), found[listed.at]
            said.counter.value += 1
        else:
            said = saying.of(self._gateway.judge_name(standing, host, method, turn.at), turn.at)
        waiting = Waiting()
        waiting.query, waiting.client_key, waiting.end = query, key, end
        waiting.host, waiting.method, waiting.listing = host, method, listing
        waiting.client, waiting.standing, waiting.said, waiting.turn = client, standing, said, turn
        waiting.answers, waiting.epoch = client.answers, self._cache.epoch
        action = said.verdict.action
        if action is Action.BLOCK:
            return self._blocked(waiting) or self._settled(waiting, None)
        bits = 1 if len(key) > behind and key[end + 11] & _DO else 0
        waiting.bits = bits
        waiting.key = asked = key[10:behind] + b"\x01" if bits else key[10:behind]
        asking = self._resolver.asking
        if action is not Action.ALLOW or not asking.must_ask(folded, host[host.rfind(".") + 1 :], asked):
            return self._judgement(waiting)
        waiting.straight, waiting.asker, waiting.peer = self, asker, peer
        try:
            asking.forwarding.begin(waiting, now)
        except UpstreamOverload:
            return self._settled(waiting, None)
        self._settling.inflight += 1
        client.under_way += 1
        return True

    def _signs(
        self, look: int, query: bytes, end: int, host: str, method: str, client: Client, now: float
    ) -> tuple[Sign, ...]:
        """What detectors see in a name that is out of the ordinary, and in it with others of its client."""
        name = host if query[12 : end + 2].islower() else spelled(query[12 : end + 2])
        if look is TUNNEL_WATCH:
            return self._watching.signs_of_some(client.watched, name, method, now)
        signs = self._signing.of_plain(host, method) if look is DETECTORS else NONE
        return united(signs, self._watching.signs(client.watched, name, method, now))

    def _blocked(self, waiting: Waiting) -> bytes | None:
        """Answer a blocked name; None where the answer is one of its own kind or does not fit.

        It rests on the verdict alone, so it is kept for as long as that holds, and given each time with the
        whole of its TTL, which never reaches past the verdict's `until`.
        """
        standing, said, key, turn = waiting.standing, waiting.said, waiting.client_key, waiting.turn
        policy, view, verdict = standing.policy, standing.view, said.verdict
        assert policy is not None  # `begin` has seen to it
        ttl_s = policy.block_ttl_s
        if verdict.until is not None and messages.seconds_left(verdict.until, turn.at, ttl_s + 1) <= ttl_s:
            return None
        end = waiting.end + 4
        opt = key[end:]
        if opt:  # the answer carries the explanation
            verdict = waiting.verdict
        octets = self._blocking.octets(
            key[10:end], opt, verdict, view.block_answer, ttl_s, self._resolver.plan.block_addresses
        )
        if octets is None or len(octets) + 2 > (opt[3] << 8 | opt[4] if opt else _PLAIN_LIMIT):
            return None
        now = monotonic()
        if verdict.until is None:
            term = tuple.__new__(Term, (now, now + KEPT_S, 0.0, math.inf))
        else:
            term = term_of(now, KEPT_S, verdict.until)
            term = term._replace(until=term.until - ttl_s)
        listing, host, method = waiting.listing, waiting.host, waiting.method
        if listing is not None:
            template = self._saying.template(said, standing, host, method, listing.rule)
        else:
            template = self._gateway.name_template(standing, host, method, verdict)
        entry = Finished(octets, (), term, (), template, said.counter, waiting.epoch, is_refusal=True)
        self._keep(waiting, entry)
        if self._telling is not None:
            self._telling.finished(entry, waiting.client, now, time(), waiting.host)
        self._settling.told_soon(turn, template, waiting.client, now - turn.now, octets[1] & 0x0F)
        return octets if waiting.query.endswith(key) else entry.spelled(waiting.query)

    def _keep(self, waiting: Waiting, entry: Finished) -> None:
        """Keep an answer for the asker's view, unless it was judged under another than the one in force."""
        client, answers, standing = waiting.client, waiting.answers, waiting.standing
        if (
            answers is not None
            and answers is client.answers
            and standing.policy is self._gateway.policy
            and standing.view.key == client.view_key
        ):
            self._cache.put(answers, waiting.client_key, entry)

    def finish(self, waiting: Waiting, result: Result, now: float) -> None:
        """Answer a question by what the upstreams said. Never raises.

        now   of the monotonic clock, the same for all answers of one wake-up
        """
        self._settling.leave(waiting.client)
        try:
            said, standing = waiting.said, waiting.standing
            if standing.policy is not self._gateway.policy or (  # another came into force meanwhile,
                said.until is not FOREVER and said.until <= self._gateway.now()  # or the verdict ran out
            ):
                waiting.asker.go_on(waiting.peer, waiting.query, waiting.client, None)
                return
            answer = self._everyday(waiting, result, now) if isinstance(result, Everyday) else None
            if answer is None:
                answer = self._read(waiting, result)
        except Exception as error:  # noqa: BLE001  (whatever goes wrong, no unjudged answer leaves)
            self._settling.report(error)
            answer = error_reply(waiting.query, Rcode.SERVFAIL)[2:]
        if answer is not None:
            waiting.asker.answer_later(waiting.peer, waiting.query[:2] + answer)

    def _everyday(self, waiting: Waiting, found: Everyday, now: float) -> bytes | None:
        """Answer with addresses that nothing is to be said about; None when something is."""
        turn = self._turn if self._turn.now == now else self._turn_at(now)
        standing, said = waiting.standing, waiting.said
        if standing.unspoken is None:
            return None
        silence = self._saying.silence(standing.unspoken, turn)
        clear, method, until, behind = silence.clear, waiting.method, said.until, _NOBODY
        for address in found.packed_addresses() if found.count > 1 else (found.section[ADDRESS_AT:],):
            alone, shared = clear.get(address), silence.address
            if alone is not None and shared is not None and shared.verdict.action is not Action.BLOCK:
                shared.counter.value += 1
                holds = shared.until
            else:
                judged = self._saying.of_address(silence, address, standing, method)
                if judged is None:
                    return None
                alone, holds = judged
            if holds < until:
                until = holds
            behind = _together(behind, alone) if behind else alone
        ends: Term | None = None
        if until is not FOREVER:
            found = found.bounded(0, max(0, int((until - turn.at).total_seconds())))
            ends = term_of(now, found.ttl_s, until)
        key, end, ttl_s = waiting.client_key, waiting.end + 4, found.ttl_s
        octets = _message(key, end, found)
        if octets is None:
            return None
        around = self._saying.around(said, waiting.standing, method)
        template: Template | None = None
        if around is not None:
            joined = b"".join((around[0], waiting.host.encode(), around[1]))
            template = joined  # type: ignore[assignment]  # a `Template`; to say so costs a call
        if ttl_s > 0:
            places = _ttl_places(end + 2, found.count, found.width)
            term = ends or tuple.__new__(Term, (now, now + ttl_s, 0.0, math.inf))  # at a third of the cost
            entry = Finished(octets, places, term, behind, template, said.counter, waiting.epoch)
            self._keep(waiting, entry)
            if self._telling is not None:
                self._telling.finished(entry, waiting.client, now, time(), waiting.host)
        elif self._telling is not None:
            self._telling.answer(waiting.client.address, waiting.host, behind, False, time())
        began = waiting.turn
        self._settling.told_soon(began, template, waiting.client, now - began.now, Rcode.NOERROR)
        query = waiting.query
        return octets if query.endswith(key) else octets[:10] + query[12 : end + 2] + octets[end:]

    def judged_anew(self, entry: Finished, client: Client, now: float, wall: float) -> bool:
        """Ready an answer of the base before for the client's view in force; False when it may not leave."""
        standing, gateway = client.standing, self._gateway
        if not entry.everyday or standing is None or standing.policy is not gateway.policy:
            return False
        folded, qtype = entry.question()
        host, method, at = plain_host(folded), messages.type_name(qtype), gateway.now()
        if host is None or self._signing.look(host, method) is DETECTORS:
            return False
        verdict = gateway.judge_name(standing, host, method, at, counted=False)
        until = verdict.until
        for address in entry.behind:
            judged = gateway.judge_name(standing, address, method, at, FINAL, counted=False)
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

    def _judgement(self, waiting: Waiting) -> Judgement:
        return self._gateway.judgement(
            waiting.standing, waiting.host, waiting.method, waiting.verdict, waiting.turn.at
        )

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
            question, outcome, waiting.client_key, waiting.client, began_under, waiting.turn.now
        )[2:]


def _message(key: bytes, end: int, found: Everyday) -> bytes | None:
    """The message behind its id; None when it is too long for the asker.

    end   where the question ends in the key
    """
    edns = len(key) > end
    wants_proof = found.ad and (key[1] & _AD or (edns and key[end + 7] & _DO))
    octets = b"".join(
        (
            b"\x81\xa0\x00\x01" if wants_proof else b"\x81\x80\x00\x01", found.count.to_bytes(2),
            b"\x00\x00\x00\x01" if edns else b"\x00\x00\x00\x00", key[10:end], found.section,
            _OPT_REPLIES[key[end + 7] & _DO] if edns else b"",
        )
    )  # fmt: skip
    limit = key[end + 3] << 8 | key[end + 4] if edns else _PLAIN_LIMIT
    return octets if len(octets) + 2 <= limit else None


@lru_cache(maxsize=4096)
def _ttl_places(begin: int, count: int, width: int) -> tuple[int, ...]:
    return tuple(begin + _TTL_AT + n * (12 + width) for n in range(count))


@lru_cache(maxsize=4096)
def _together(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """One tuple for all answers with the same addresses."""
    return some + more
