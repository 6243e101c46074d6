"""Where does the answer to a name come from: the settings, the cache or an upstream?"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from proxy import metrics
from proxy.decision.values import quickly_made
from proxy.dns.cache import RecordCache
from proxy.dns.errors import DnsProblem, Malformed
from proxy.dns.forwarding import Forwarding
from proxy.dns.labels import ROOT, labels_of, parents, to_wire
from proxy.dns.local import LocalNames
from proxy.dns.plan import Plan
from proxy.dns.private import NOT_PUBLIC
from proxy.dns.records import MAX_CHAIN, Answer, Asked
from proxy.dns.upstream import USABLE
from proxy.dns.wire import Rcode

STALE_AFTER_S = 1.8


@quickly_made
@dataclass(frozen=True, slots=True)
class Found:
    """An answer and whether it is one that has run out and serves for want of a newer one (RFC 8767)."""

    answer: Answer
    stale: bool = False


class Asking:
    """Answers from local records, the record cache and the upstreams, with aliases followed to the end."""

    def __init__(self, plan: Plan, clock: Callable[[], float] = monotonic) -> None:
        self._local = LocalNames(plan)
        self._cache = RecordCache(plan.cache, clock)
        self.forwarding = Forwarding.from_plan(plan, self._cache.store, clock)
        inward = [*plan.local_zones, *(zone.zone for zone in plan.forward_zones if zone.allow_private)]
        self._inward = frozenset(to_wire(zone) for zone in inward)
        zones = (to_wire(zone.zone) for zone in plan.forward_zones)
        # Names for which (or for whose children) `_find_one` may do more than ask the default upstreams.
        self._special = frozenset({*self._local.names, *NOT_PUBLIC, *self._inward, *zones})
        ends = ([*labels_of(name)][-1] for name in self._special if name != ROOT)
        self._special_ends = frozenset(end.decode("latin-1") for end in ends)
        self._hits = metrics.DNS_CACHE.bind("records", "hit")
        self._misses = metrics.DNS_CACHE.bind("records", "miss")
        self._stale = metrics.DNS_CACHE.bind("records", "stale")
        metrics.DNS_CACHE_ENTRIES.ask(lambda: len(self._cache), "records")

    def may_point_inward(self, name: bytes) -> bool:
        """Say whether a folded wire name's addresses may be private: the settings answer or open it."""
        return name in self._local or any(parent in self._inward for parent in parents(name))

    def must_ask(self, name: bytes, last: str, key: bytes) -> bool:
        """Say whether nobody but the usual upstreams can answer: the settings and the cache have nothing.

        name   folded, of at least one label; the last of them as text
        key    `Asked.key` of the question

        A look into `_special` for the name and each parent, as `find` would do by the parts of it.
        """
        if last in self._special_ends:
            special, at = self._special, 0
            while length := name[at]:
                if name[at:] in special:
                    return False
                at += 1 + length
        return not self._cache.knows(key)

    async def find(self, asked: Asked) -> Found:
        """Answer a question, following aliases that their server did not follow.

        Raises UpstreamProblem when nobody answers, and Malformed when aliases run in a circle.
        """
        found = await self._find_one(asked)
        answer, stale, last = found.answer, found.stale, found.answer
        seen = {asked.name}
        while breaks_off(last):
            if last.end in seen or len(seen) > MAX_CHAIN:
                raise Malformed("the aliases run in a circle or are more than sixteen")
            seen.add(last.end)
            behind = await self._find_one(asked._replace(name=last.end))
            last, stale = behind.answer, stale or behind.stale
            answer = replace(last, chain=answer.chain + last.chain, ad=answer.ad and last.ad)
        return Found(answer, stale)

    async def _find_one(self, asked: Asked) -> Found:
        local = self._local.answer(asked.name, asked.qtype)
        if local is None and not self.forwarding.has_zone(asked.name):
            local = self._local.inside(asked.name)
        if local is not None:
            return Found(local)
        fresh = self._cache.fresh(asked)
        if fresh is not None:
            self._hits.value += 1
            return Found(fresh)
        self._misses.value += 1
        stale = self._cache.stale(asked)
        if stale is None:
            return Found(await self.forwarding.ask(asked))
        return await self._newer_or(stale, asked)

    async def _newer_or(self, stale: Answer, asked: Asked) -> Found:
        """Give the upstreams 1.8 seconds, then serve what has run out; their answer is kept when it comes."""
        try:
            async with asyncio.timeout(STALE_AFTER_S):
                answer = await self.forwarding.ask(asked)
            if answer.rcode in USABLE:
                return Found(answer)
        except (DnsProblem, TimeoutError):
            pass
        self._stale.value += 1
        return Found(stale, stale=True)

    async def close(self) -> None:
        """Close the upstreams' sockets."""
        await self.forwarding.close()


def breaks_off(answer: Answer) -> bool:
    """Say whether an answer ends with an alias, and nothing about the name it leads to."""
    return (
        bool(answer.chain) and answer.is_negative and not answer.authority and answer.rcode == Rcode.NOERROR
    )
