"""What did the upstreams say lately, whoever asked? Records, negative answers and stale ones, bounded."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from proxy.dns.everyday import Everyday
from proxy.dns.plan import CachePlan
from proxy.dns.records import Answer, Asked, Record
from proxy.dns.wire import Rcode

STALE_TTL_S = 30
USUAL_OCTETS = 1024  # of memory, which an answer of everyday size does not reach
RECORD_OCTETS = 200  # that a record costs beside its name and data
SOA_TAIL_OCTETS = 4


class Kept:
    """An upstream's answer with the moments (of the cache's clock) it was stored and runs out.

    weight   how many answers of everyday size it takes the room of
    """

    __slots__ = ("answer", "expires", "stored", "weight")

    def __init__(self, answer: Answer, stored: float, expires: float, weight: int = 1) -> None:
        self.answer, self.stored, self.expires, self.weight = answer, stored, expires, weight


class RecordCache:
    """Answers of upstreams, the same for all views.

    A negative answer is kept for the smaller of its SOA's TTL and minimum, and not at all without an
    SOA (RFC 2308, section 5). A large answer takes the room of many, so that nobody fills the memory by
    asking for names with much behind them. For one thread.
    """

    def __init__(self, plan: CachePlan, clock: Callable[[], float] = monotonic) -> None:
        self._plan = plan
        self._clock = clock
        self._half = max(1, plan.max_entries // 2)
        self._weight = 0
        self._young: dict[bytes, Kept | Everyday] = {}  # by `Asked.key`
        self._old: dict[bytes, Kept | Everyday] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def fresh(self, asked: Asked) -> Answer | None:
        """Return an answer that has not run out, with its TTLs aged; else None."""
        kept = self._find(asked.key)
        now = self._clock()
        return _aged(kept, asked, now) if kept is not None and now < kept.expires else None

    def stale(self, asked: Asked) -> Answer | None:
        """Return an answer that has run out, but no longer ago than the settings let it serve; else None."""
        kept = self._find(asked.key)
        if kept is None or (now := self._clock()) >= kept.expires + self._plan.stale_s:
            return None
        return _aged(kept, asked, now)

    def store[T: (Everyday, Answer)](self, key: bytes, answer: T) -> T:
        """Keep the answer to the question with this `Asked.key`, and return it with its TTLs brought within
        the settings' bounds."""
        if isinstance(answer, Everyday):
            plan = self._plan
            if not plan.min_ttl_s <= answer.ttl_s <= plan.max_ttl_s or answer.count > 1:
                answer = answer.bounded(min(plan.min_ttl_s, plan.max_ttl_s), plan.max_ttl_s)
            if answer.ttl_s > 0:
                answer.stored = now = self._clock()
                answer.expires = now + answer.ttl_s
                self._add(key, answer)
            return answer
        bounded = self._bounded(answer)
        holds_s = _holds_s(bounded)
        if holds_s > 0:
            now = self._clock()
            self._add(key, Kept(bounded, now, now + holds_s, _weight(bounded)))
        return bounded

    def knows(self, key: bytes) -> bool:
        """Say whether there is an answer to a question, whether fresh, stale or too old."""
        return key in self._young or key in self._old

    def _find(self, key: bytes) -> "Kept | Everyday | None":
        kept = self._young.get(key)
        if kept is None:
            kept = self._old.get(key)
            if kept is not None:
                self._add(key, kept)
        return kept

    def _add(self, key: bytes, kept: "Kept | Everyday") -> None:
        if key in self._young:
            self._weight -= self._young[key].weight
        elif self._old:
            self._old.pop(key, None)
        self._weight += kept.weight
        if self._weight > self._half:
            self._old, self._young, self._weight = self._young, {}, kept.weight
            self._old.pop(key, None)
        self._young[key] = kept

    def _bounded(self, answer: Answer) -> Answer:
        plan = self._plan
        ceiling = plan.max_ttl_s
        if answer.is_negative:
            soa = answer.soa
            minimum = int.from_bytes(soa.rdata[-SOA_TAIL_OCTETS:]) if soa else 0
            ceiling = min(minimum, plan.negative_max_ttl_s)
        floor = min(plan.min_ttl_s, ceiling)

        def bounded(record: Record) -> Record:
            ttl = max(floor, min(record.ttl, ceiling if record in answer.authority else plan.max_ttl_s))
            return record if ttl == record.ttl else replace(record, ttl=ttl)

        return _map(answer, bounded)


def _aged(kept: Kept | Everyday, asked: Asked, now: float) -> Answer:
    """The answer with its TTLs reduced by its age; a stale one with TTLs of 30 s (RFC 8767)."""
    answer = kept.answer(asked) if isinstance(kept, Everyday) else kept.answer
    if now >= kept.expires:
        return _with_ttls(answer, lambda ttl: STALE_TTL_S)
    age = int(now - kept.stored)
    return _with_ttls(answer, lambda ttl: max(0, ttl - age)) if age else answer


def _weight(answer: Answer) -> int:
    records = answer.chain + answer.final + answer.authority
    return 1 + sum(RECORD_OCTETS + len(r.owner) + len(r.rdata) for r in records) // USUAL_OCTETS


def _holds_s(answer: Answer) -> int:
    """How many seconds an answer may be kept: the least of its TTLs."""
    if answer.rcode not in (Rcode.NOERROR, Rcode.NXDOMAIN) or (answer.is_negative and answer.soa is None):
        return 0
    return min((r.ttl for r in answer.chain + answer.final + answer.authority), default=0)


def _with_ttls(answer: Answer, change: Callable[[int], int]) -> Answer:
    return _map(answer, lambda record: replace(record, ttl=change(record.ttl)))


def _map(answer: Answer, change: Callable[[Record], Record]) -> Answer:
    return replace(
        answer,
        chain=tuple(change(r) for r in answer.chain),
        final=tuple(change(r) for r in answer.final),
        authority=tuple(change(r) for r in answer.authority),
    )
