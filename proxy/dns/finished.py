"""Which octets answer a question that was answered before, until when, and what was judged for them?"""

import math
from collections.abc import Iterable
from itertools import count
from typing import NamedTuple

from proxy.dns.errors import Malformed
from proxy.dns.labels import host_of, plain_host
from proxy.dns.packing import Packed
from proxy.dns.wire import HEADER_OCTETS
from proxy.journal.codec import Template
from proxy.metrics import Cell

USUAL_OCTETS = 1024  # that a finished answer over UDP rarely has
CLIENT_BITS = 32
MARKS = count(1 << CLIENT_BITS, 1 << CLIENT_BITS)
CLOCK_STEP_S = 0.02  # by which the clocks may drift apart before all answers are looked at anew


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
    turn, number   in which frame of events its template last had which number
    everyday  it is what the upstreams say, and rests on nothing of ours but that its hosts are allowed
    mark      tells it from all other answers, and has no bits in common with a client's number; 0 where it
              neither leads anywhere nor refuses
    is_refusal   it says that its name is blocked
    """

    __slots__ = (
        "_age", "_behind", "_born", "_expires", "_made", "_ttls", "_until", "epoch",
        "everyday", "fresh", "is_refusal", "mark", "number", "octets", "template", "turn", "verdicts",
    )  # fmt: skip

    def __init__(
        self,
        octets: bytes,
        ttls: tuple[int, ...],
        term: tuple[float, float, float, float],
        behind: tuple[str, ...],
        template: Template | None,
        verdicts: Cell,
        epoch: int,
        is_refusal: bool = False,
    ) -> None:
        """Keep a message whose question is in lower case: everyday, or all our own.

        term     a `Term`
        ttls     where in the message its TTLs stand; none of them: the answer is ours, and as good at any age
        behind   hosts and addresses that were judged beside the question's own host
        """
        self.octets, self._ttls = octets, ttls
        self._born, self._expires, self._made, self._until = term
        self._behind = behind
        self.template = template
        self.verdicts = verdicts
        self.epoch = epoch
        self.everyday = bool(ttls)
        self.is_refusal = is_refusal
        self.mark = next(MARKS) if behind or is_refusal else 0
        self._age = self.turn = self.number = 0
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
        is_refusal: bool = False,
    ) -> "Finished":
        """Keep a packed message, whatever it says and however its question is spelled.

        hosts   all that were judged for it
        """
        message = packed.message
        octets = message[2:HEADER_OCTETS] + folded + message[HEADER_OCTETS + len(folded) :]
        own = _host(folded)
        behind = tuple(host for host in hosts if host != own)
        kept = cls(octets, packed.ttls, term, behind, template, verdicts, epoch, is_refusal)
        kept.everyday = False
        return kept

    @property
    def weight(self) -> int:
        """How many answers of everyday size it takes the room of."""
        return 1 + len(self.octets) // USUAL_OCTETS

    def hosts(self) -> Iterable[str]:
        """Every host and address that was judged for it."""
        yield from self._behind
        yield _host(self.question()[0])

    @property
    def host(self) -> str:
        """The host that was asked for; "" for a name that is none."""
        folded = self.question()[0]
        return plain_host(folded) or _host(folded)

    def left_s(self, now: float) -> float:
        """For how many seconds from a moment of the monotonic clock it may be given."""
        return self._expires - now

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
        self.verdicts, self.epoch, self.fresh = verdicts, epoch, 0.0
        self.tell(template)
        return True

    def tell(self, template: Template | None) -> None:
        """Give it another event from now on; no frame of events knows its number yet."""
        self.template, self.turn = template, 0

    def number_in(self, turn: int, templates: list[bytes]) -> int:
        """The number of its template among those of a frame of events."""
        if self.turn != turn:
            assert self.template is not None
            self.turn, self.number = turn, len(templates)
            templates.append(self.template)
        return self.number

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
