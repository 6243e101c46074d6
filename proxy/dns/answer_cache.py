"""Was this very question answered under this view before, and may the same octets leave again?"""

import math
from collections import deque
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from proxy.decision.names import suffixes
from proxy.dns.errors import Malformed
from proxy.dns.labels import host_of
from proxy.dns.packing import Packed
from proxy.dns.wire import HEADER_OCTETS
from proxy.journal.codec import Template
from proxy.judgement import Change
from proxy.metrics import Cell

MAX_CHANGES = 64
MAX_VIEWS = 4096
USUAL_OCTETS = 1024  # that a finished answer over UDP rarely has
LATELY_S = 60.0  # an answer given in this time is spared when room is needed,
MOST_SPARED = 8  # so many at a time
FORMER_S = 60.0  # for which answers of the base before are laid by
MOST_FORMER = 8  # views, the largest, whose answers are
FREED_AT_ONCE = 200
CLOCK_STEP_S = 0.02  # by which the clocks may drift apart before all answers are looked at anew

type Answers = dict[bytes | str, Finished]


class Term(NamedTuple):
    """For how long a finished answer may be given.

    born, expires   moments of the monotonic clock, in seconds
    made, until     wall-clock moments, in seconds since 1970, from and up to which the verdicts hold
    """

    born: float
    expires: float
    made: float = 0.0
    until: float = math.inf


class Finished:
    """An answer as octets, with its event ready to append. Tens of thousands are held: small things count.

    octets    the message behind its id, with the question in lower case and TTLs of the present second
    fresh     moment of the monotonic clock up to which `octets` may leave as they are, within one epoch
    template  event without time and client; None where the view's log level keeps none
    verdicts  the counter of this answer's verdict
    epoch     the cache's epoch when judging began, or when the entry was last found untouched
    everyday  it is what the upstreams say, and rests on nothing of ours but that its hosts are allowed
    """

    __slots__ = (
        "_age", "_behind", "_born", "_expires", "_made", "_ttls", "_until",
        "epoch", "everyday", "fresh", "octets", "template", "verdicts",
    )  # fmt: skip

    def __init__(
        self,
        octets: bytes,
        ttls: tuple[int, ...],
        term: Term,
        behind: tuple[str, ...],
        template: Template | None,
        verdicts: Cell,
        epoch: int,
    ) -> None:
        """Keep a message whose question is in lower case.

        ttls     where in the message its TTLs stand; none of them: the answer is ours, and as good at any age
        behind   hosts and addresses that were judged beside the question's own host
        """
        self.octets, self._ttls = octets, ttls
        self._born, self._expires, self._made, self._until = term
        self._behind = behind
        self.template = template
        self.verdicts = verdicts
        self.epoch = epoch
        self.everyday = False
        self._age = 0
        self.fresh = 0.0

    @classmethod
    def of(
        cls,
        packed: Packed,
        folded: bytes,
        term: Term,
        hosts: Iterable[str],
        template: Template | None,
        verdicts: Cell,
        epoch: int,
    ) -> "Finished":
        """Keep a packed message, whatever the spelling of its question.

        hosts   all that were judged for it
        """
        message = packed.message
        octets = message[2:HEADER_OCTETS] + folded + message[HEADER_OCTETS + len(folded) :]
        own = _host(folded)
        behind = tuple(host for host in hosts if host != own)
        return cls(octets, packed.ttls, term, behind, template, verdicts, epoch)

    @property
    def weight(self) -> int:
        """How many answers of everyday size it takes the room of."""
        return 1 + len(self.octets) // USUAL_OCTETS

    def hosts(self) -> Iterable[str]:
        """Every host and address that was judged for it."""
        yield from self._behind
        yield _host(self.question()[0])

    def question(self) -> tuple[bytes, int]:
        """Name (in lower case, wire form) and type that were asked for."""
        octets = self.octets
        end = octets.index(0, HEADER_OCTETS - 2) + 1
        return octets[HEADER_OCTETS - 2 : end], octets[end] << 8 | octets[end + 1]

    @property
    def behind(self) -> tuple[str, ...]:
        """Hosts and addresses that were judged beside the question's own host."""
        return self._behind

    def judged_anew(
        self, now: float, wall: float, until: float, template: Template | None, verdicts: Cell, epoch: int
    ) -> bool:
        """Take note that the answer may leave under another policy, too; False where its TTL would outlive
        the new verdicts.

        until   wall-clock moment up to which they hold
        """
        if until - wall < self._expires - now:
            return False
        self._made, self._until = wall, until
        self.template, self.verdicts, self.epoch, self.fresh = template, verdicts, epoch, 0.0
        return True

    def was_asked_since(self, moment: float) -> bool:
        """Say whether an answer that ages, and so came from afar, was given after a moment, in seconds of the
        monotonic clock."""
        return bool(self._ttls) and self.fresh > moment

    def renew(self, now: float, wall: float) -> bool:
        """Bring the TTLs to the present second; False when the answer may not be given any more."""
        if now >= self._expires or not self._made <= wall < self._until:
            return False
        fresh = self._expires
        if self._ttls:
            age = int(now - self._born)
            if age != self._age:
                self._grow_older(age)
            fresh = min(fresh, self._born + age + 1)
        self.fresh = min(fresh, now + (self._until - wall) - CLOCK_STEP_S)
        return True

    def spelled(self, query: bytes) -> bytes:
        """The message behind its id, with the question spelled as in a query that has this entry's key."""
        end = query.index(0, HEADER_OCTETS)
        return self.octets[: HEADER_OCTETS - 2] + query[HEADER_OCTETS:end] + self.octets[end - 2 :]

    def _grow_older(self, age: int) -> None:
        octets, older = self.octets, age - self._age
        for at in self._ttls:
            ttl = int.from_bytes(octets[at - 2 : at + 2]) - older
            octets = octets[: at - 2] + max(0, ttl).to_bytes(4) + octets[at + 2 :]
        self.octets, self._age = octets, age


def _host(folded: bytes) -> str:
    try:
        return host_of(folded)
    except Malformed:  # a refusal to judge it made the answer; no change speaks of it
        return ""


class AnswerCache:
    """Finished answers, apart for each view, bounded in all.

    max_entries   of everyday size; a large one (over TCP, up to 64 KiB) takes the room of many

    A change of the overlay costs nothing when it comes: views it names are let go, and an entry is
    compared with the changed names when it is next asked for. Nor does a change of the base, when lists are
    refreshed: what the views held is laid by for a minute, and may be had by who judges it anew. What is
    let go is let go little by little, so that nobody waits for it. For one thread.
    """

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._views: dict[Hashable, Answers] = {}
        self._weight = 0
        self._changes: deque[frozenset[str]] = deque(maxlen=MAX_CHANGES)
        self._skew = self._now = 0.0
        self._former: list[Answers] = []
        self._former_until = 0.0
        self._gone: list[Answers] = []
        self.epoch = 0

    def __len__(self) -> int:
        return sum(map(len, self._views.values()))

    def of_view(self, key: Hashable) -> Answers:
        """Return the answers of a view, to be looked into; only `put` and `drop` may change them."""
        return self._views.setdefault(key, {})

    @property
    def is_crowded(self) -> bool:
        """Whether so many views are held that all should be let go, and looked up anew."""
        return len(self._views) >= MAX_VIEWS

    def put(self, answers: Answers, key: bytes | str, entry: Finished) -> None:
        """Keep an answer; when there is no room, one of the same view goes, or of the largest: the oldest
        that nobody asked for lately."""
        gone = answers.pop(key, None)
        self._weight += entry.weight - (gone.weight if gone is not None else 0)
        spared = 0
        while self._weight > self._max_entries:
            crowded = answers or max(self._views.values(), key=len)
            if not crowded:
                break
            oldest = next(iter(crowded))
            if spared < MOST_SPARED and crowded[oldest].was_asked_since(self._now - LATELY_S):
                crowded[oldest] = crowded.pop(oldest)
                spared += 1
            else:
                self.drop(crowded, oldest)
        answers[key] = entry

    def drop(self, answers: Answers, key: bytes | str) -> None:
        """Forget one answer."""
        gone = answers.pop(key, None)
        if gone is not None:
            self._weight -= gone.weight

    def at(self, now: float, wall: float) -> int:
        """Take the present moment by both clocks, and return the epoch that answers are to be compared with.

        A wall clock that was set begins another epoch: all answers are then looked at anew.
        """
        self._now = now
        if self._former and now >= self._former_until:
            self._gone += self._former
            self._former = []
        if self._gone:
            self._let_go_some()
        skew = wall - now
        if not -CLOCK_STEP_S < skew - self._skew < CLOCK_STEP_S:
            self._skew = skew
            self._begin_epoch(frozenset())
        return self.epoch

    def renews(self, answers: Answers, key: bytes | str, entry: Finished, now: float, wall: float) -> bool:
        """Make an entry ready for the present moment, or drop it and say False."""
        if (entry.epoch == self.epoch or self.survives(entry)) and entry.renew(now, wall):
            return True
        self.drop(answers, key)
        return False

    def survives(self, entry: Finished) -> bool:
        """Say whether an entry is untouched by the changes since it was last asked for."""
        missed = self.epoch - entry.epoch
        if missed > len(self._changes):
            return False
        for names in list(self._changes)[len(self._changes) - missed :]:
            if any(suffix in names for host in entry.hosts() for suffix in suffixes(host)):
                return False
        entry.epoch = self.epoch
        return True

    def change(self, change: Change) -> None:
        """Take up a swap of the policy."""
        if change.base_changed:
            largest = sorted(self._views.values(), key=len, reverse=True)
            self._gone += [*self._former, *largest[MOST_FORMER:]]
            self._former, self._former_until = largest[:MOST_FORMER], self._now + FORMER_S
            self._views, self._weight = {}, 0
            return
        for key in change.view_keys:
            answers = self._views.pop(key, {})
            self._weight -= sum(entry.weight for entry in answers.values())
        if change.names:
            self._begin_epoch(change.names)

    def former(self, key: bytes | str) -> Finished | None:
        """Take an answer that was given under the base before, whatever the view; None when there is none.
        It may leave again only when it is everyday and has been judged anew."""
        for answers in self._former:
            entry = answers.pop(key, None)
            if entry is not None:
                return entry
        return None

    def _begin_epoch(self, names: frozenset[str]) -> None:
        self._changes.append(names)
        self.epoch += 1

    def clear(self) -> None:
        """Forget everything."""
        self._gone += [*self._views.values(), *self._former]
        self._former = []
        self._views, self._weight = {}, 0

    def _let_go_some(self) -> None:
        """Free some of what is let go: tens of thousands of answers at once would keep everybody waiting."""
        answers = self._gone[-1]
        for _ in range(min(len(answers), FREED_AT_ONCE)):
            answers.popitem()
        if not answers:
            self._gone.pop()
