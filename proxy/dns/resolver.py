"""What does this client get for this name? Judged before anything is asked, and again when it is known
where the name leads. The server and the proxy ask here alike, so that what is dialled is what was judged.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from proxy.decision.names import is_address
from proxy.decision.policy import BlockAnswer
from proxy.decision.signs import Sign
from proxy.decision.values import quickly_made
from proxy.decision.verdict import Action, Reason, Verdict
from proxy.dns import messages
from proxy.dns.asking import Asking, Found
from proxy.dns.errors import DnsProblem, Malformed, UpstreamProblem
from proxy.dns.forwarding import SWEEP_S
from proxy.dns.from_settings import plan_from
from proxy.dns.judging import ALIAS, FINAL, Judging, rebound
from proxy.dns.labels import host_of, to_wire
from proxy.dns.packing import Reply
from proxy.dns.plan import Plan
from proxy.dns.private import points_inward
from proxy.dns.records import AAAA, ANY, CNAME, A, Asked, Record, addresses_of
from proxy.dns.relay import Relayed, relayed
from proxy.dns.replies import bounded, failure, own_answer, reply_of
from proxy.dns.signing import CODE, Signing, of_client, united
from proxy.dns.wire import Question, Rcode
from proxy.gateway import Gateway
from proxy.judgement import Change, Judgement
from proxy.settings.schema import Settings

ALIAS_TTL_S = 300
FAILURE_TTL_S = 1

log = logging.getLogger(__name__)


@quickly_made
@dataclass(frozen=True, slots=True)
class Outcome:
    """A reply and how it came about.

    judgement   of the question; where what stands behind the name is blocked, with that verdict
    hosts       every host and address that was judged
    until       the first moment at which one of the verdicts could change
    holds_s     how many seconds the finished reply may be given again
    addresses   final addresses of an answer that is let through
    """

    reply: Reply
    judgement: Judgement
    hosts: frozenset[str]
    until: datetime | None
    holds_s: int
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What the proxy may dial for a host.

    addresses   judged addresses, IPv4 first; empty unless the verdict lets the host pass
    verdict     of the host, or of what stands behind it
    error       in plain words, when the host is allowed and yet has no address; else None
    holds_s     for how many seconds the addresses may be used again for whoever has the same view
    until       the first moment at which a verdict on the host, an alias or an address could change
    """

    addresses: tuple[str, ...]
    verdict: Verdict
    error: str | None = None
    holds_s: int = 0
    until: datetime | None = None


class Resolver:
    """Names for clients under their policy. For one process and one event loop."""

    def __init__(self, gateway: Gateway, plan: Plan, clock: Callable[[], float] = monotonic) -> None:
        self._gateway = gateway
        self._clock = clock
        self.plan = plan
        self.signing = Signing(gateway)
        self.asking = Asking(plan, clock)
        self._retiring: set[asyncio.Task[None]] = set()

    @classmethod
    def from_settings(cls, gateway: Gateway, settings: Settings) -> "Resolver":
        """Make a resolver from the settings; it takes up those of each base that is published later.

        Reads /etc/resolv.conf when the settings ask for it.
        """
        resolver = cls(gateway, plan_from(settings))
        gateway.on_swap.append(resolver._swapped)
        return resolver

    def _swapped(self, change: Change) -> None:
        if not change.base_changed or self._gateway.settings is None:
            return
        plan = plan_from(self._gateway.settings)
        if plan == self.plan:
            return
        try:
            asking = Asking(plan, self._clock)
        except DnsProblem as problem:
            log.error("the resolver goes on with its upstreams and local records as they were: %s", problem)
            return
        wait_s = max(self.plan.timeout_s, plan.timeout_s) + 2 * SWEEP_S
        self.plan, retired, self.asking = plan, self.asking, asking
        with suppress(RuntimeError):  # no loop runs yet: nothing is under way either
            self._retiring.add(asyncio.get_running_loop().create_task(_close_later(retired, wait_s)))

    async def lookup(self, client: str, host: str, login: str | None = None) -> Looked:
        """Find the addresses that the proxy may dial for a client: A, then AAAA.

        host    canonical; an address is judged as it stands

        Never raises. Records no event: the proxy records the attempt it asks for.
        """
        if is_address(host):
            return self._literal(client, host, login)
        try:
            name = to_wire(host)
            outcomes = await asyncio.gather(
                *(self.answer(Question(0, name, name, qtype), client, login) for qtype in (A, AAAA))
            )
        except DnsProblem as problem:
            verdict = Judging(self._gateway, client, login, "A").judge(host).verdict
            why = f"{host} is no name that can be asked for: {problem}"
            return Looked((), verdict, why, until=verdict.until)
        until = min((one.until for one in outcomes if one.until is not None), default=None)
        for outcome in outcomes:
            if outcome.judgement.verdict.action is Action.BLOCK:
                return Looked((), outcome.judgement.verdict, until=until)
        addresses = tuple(address for outcome in outcomes for address in outcome.addresses)
        error = None if addresses else _why_none(host, [outcome.reply.rcode for outcome in outcomes])
        holds_s = min((outcome.holds_s for outcome in outcomes if outcome.addresses), default=0)
        return Looked(addresses, outcomes[0].judgement.verdict, error, holds_s, until)

    def _literal(self, client: str, host: str, login: str | None) -> Looked:
        verdict = Judging(self._gateway, client, login, "").judge(host, FINAL).verdict
        return Looked(() if verdict.action is Action.BLOCK else (host,), verdict, until=verdict.until)

    async def answer(
        self,
        question: Question,
        client: str,
        login: str | None = None,
        first: Judgement | None = None,
        watched: tuple[Sign, ...] = (),
    ) -> Outcome:
        """Answer a question of class IN.

        first     the judgement of the question's host, if it was judged just now
        watched   what it shows together with others of the client; in `first` already, if there is one

        Raises Malformed when the question's name cannot be judged.
        """
        host = host_of(question.folded)
        judged = Judging(self._gateway, client, login, messages.type_name(question.qtype))
        if first is None:
            signs = self.signing.of_name(question.folded, host, messages.type_name(question.qtype))
            first = judged.judge(host, signs=united(signs, watched))
        else:
            judged.met(host, first.verdict)
        verdict = first.verdict
        if verdict.action is Action.BLOCK:
            return self._blocked(question, first, judged)
        try:
            if verdict.action is Action.REWRITE and verdict.rewrite and question.qtype in messages.ALIASED:
                return await self._renamed(question, first, judged)
            own = own_answer(question, host)
            if own is not None:
                return self._done(own, first, judged)
            found = await self.asking.find(_asked(question, question.folded))
            if not self._holds(first):
                watched = of_client(first.attempt.signs)
                return await self.answer(question, client, login, watched=watched)
            return self._let_through(question, found, first, judged)
        except (UpstreamProblem, Malformed):
            return self._done(failure(), first, judged)

    def _holds(self, first: Judgement) -> bool:
        """Say whether a judgement still holds now that an answer has come."""
        until = first.verdict.until
        return first.policy is self._gateway.policy and (until is None or self._gateway.now() < until)

    def settle(self, question: Question, found: Found | None, first: Judgement) -> Outcome:
        """Answer a question that was judged, at once: blocked, or by what the upstreams said.

        found   None: they said nothing usable
        """
        attempt = first.attempt
        judged = Judging(self._gateway, attempt.client, attempt.login, attempt.method)
        judged.met(attempt.host, first.verdict)
        if first.verdict.action is Action.BLOCK:
            return self._blocked(question, first, judged)
        try:
            if found is not None:
                return self._let_through(question, found, first, judged)
        except Malformed:
            pass
        return self._done(failure(), first, judged)

    def _let_through(self, question: Question, found: Found, first: Judgement, judged: Judging) -> Outcome:
        """Judge where an answer leads and make the reply of what may leave."""
        out = relayed(found.answer)
        first = judged.again(first, self.signing.of_answer(first.attempt, out))
        if first.verdict.action is Action.BLOCK:
            return self._blocked(question, first, judged)
        closed = judged.first_block(out.aliases, ALIAS, first) or judged.first_block(
            out.addresses, FINAL, first
        )
        if closed is not None:
            return self._blocked(question, closed, judged)
        inward = self._inward(question.folded, out, first)
        if inward is not None:
            return self._refused(inward, judged)
        reply = reply_of(question, out, found.stale, self.asking.may_point_inward(out.answer.end))
        return self._done(reply, first, judged, addresses_of(out.answer.final))

    async def _renamed(self, question: Question, first: Judgement, judged: Judging) -> Outcome:
        """Answer as the restricted service that the verdict names, for addresses and type 65 alike."""
        target = to_wire(first.verdict.rewrite)
        alias = Record(question.folded, CNAME, ALIAS_TTL_S, target)
        ede = messages.reasons(first.verdict, forged=True)
        if question.qtype in (CNAME, ANY):
            return self._done(Reply(Rcode.NOERROR, (alias,), ede=ede), first, judged)
        try:
            found = await self.asking.find(_asked(question, target))
        except UpstreamProblem:
            failed = failure()
            return self._done(replace(failed, answer=(alias,), ede=ede + failed.ede), first, judged)
        if not self._holds(first):
            attempt = first.attempt
            watched = of_client(attempt.signs)
            return await self.answer(question, attempt.client, attempt.login, watched=watched)
        out = relayed(found.answer)
        closed = judged.first_block(out.aliases, ALIAS, first) or judged.first_block(
            out.addresses, FINAL, first
        )
        if closed is not None:
            return self._blocked(question, closed, judged)
        inward = self._inward(target, out, first)
        if inward is not None:
            return self._refused(inward, judged)
        reply = reply_of(question, out, found.stale, self.asking.may_point_inward(out.answer.end))
        reply = replace(reply, answer=(alias, *reply.answer), ad=False, ede=ede + reply.ede)
        return self._done(reply, first, judged, addresses_of(out.answer.final))

    def _inward(self, name: bytes, out: Relayed, first: Judgement) -> Judgement | None:
        """Refuse an answer that leads a public name into the school's own networks (DNS rebinding)."""
        if self.asking.may_point_inward(name):
            return None
        address = next((address for address in out.addresses if points_inward(address)), None)
        if address is None:
            return None
        host = first.attempt.host
        if address.startswith(CODE) and self.signing.answers_in_codes(host):
            return None
        return rebound(first, address, self.signing.of_inward(host, first.attempt.method, address))

    def _blocked(self, question: Question, judgement: Judgement, judged: Judging) -> Outcome:
        policy = judgement.policy
        most_s = self.plan.block_ttl_s if policy is None else policy.block_ttl_s
        ttl_s = messages.seconds_left(judged.until, judgement.at, most_s)
        how = judgement.view.block_answer
        if judgement.verdict.reason is Reason.NO_POLICY:
            how = BlockAnswer.REFUSED
        reply = messages.blocked(
            question.folded, question.qtype, judgement.verdict, how, ttl_s, self.plan.block_addresses
        )
        holds_s = FAILURE_TTL_S if reply.rcode == Rcode.SERVFAIL else ttl_s
        return Outcome(reply, judgement, frozenset(judged.hosts), judged.until, holds_s)

    def _refused(self, judgement: Judgement, judged: Judging) -> Outcome:
        reply = Reply(Rcode.REFUSED, ede=messages.reasons(judgement.verdict, forged=False))
        return Outcome(reply, judgement, frozenset(judged.hosts), judged.until, self.plan.block_ttl_s)

    def _done(
        self, reply: Reply, first: Judgement, judged: Judging, addresses: tuple[str, ...] = ()
    ) -> Outcome:
        """Bound the TTLs by the verdicts' `until`, and say how long the finished reply may be kept."""
        reply = bounded(reply, judged.until, first.at)
        holds_s = reply.min_ttl_s or 0
        if reply.rcode == Rcode.SERVFAIL:
            holds_s = FAILURE_TTL_S
        return Outcome(reply, first, frozenset(judged.hosts), judged.until, holds_s, addresses)

    async def close(self) -> None:
        """Close the upstreams' sockets."""
        for task in self._retiring:
            task.cancel()
        await self.asking.close()


async def _close_later(asking: Asking, wait_s: float) -> None:
    """Let what is under way end before its sockets close."""
    try:
        await asyncio.sleep(wait_s)
    finally:
        await asking.close()


def _asked(question: Question, name: bytes) -> Asked:
    return Asked(name, question.qtype, question.do, question.cd)


def _why_none(host: str, rcodes: list[int]) -> str:
    if Rcode.SERVFAIL in rcodes:
        return f"the address of {host} cannot be found right now: the upstream resolvers do not answer"
    if Rcode.NXDOMAIN in rcodes:
        return f"there is no site {host}"
    return f"{host} has no address"
