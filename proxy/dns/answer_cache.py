"""Was this very question answered under this view before, and may the same octets leave again?"""

import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass

from proxy.decision.names import suffixes
from proxy.dns.packing import Packed
from proxy.dns.wire import HEADER_OCTETS
from proxy.journal.codec import Template
from proxy.judgement import Change
from proxy.metrics import Cell

MAX_CHANGES = 64
MAX_VIEWS = 4096
USUAL_OCTETS = 1024  # that a finished answer over UDP rarely has

type Answers = dict[bytes, Finished]


@dataclass(frozen=True, slots=True)
class Term:
    """For how long a finished answer may be given.

    born, expires   moments of the monotonic clock, in seconds
    made, until     wall-clock moments, in seconds since 1970, from and up to which the verdicts hold
    """

    born: float
    expires: float
    made: float = 0.0
    until: float = math.inf


class Finished:
    """An answer as octets, cut where the asker's id and spelling go, with its event ready to append.

    end       offset of the closing zero octet of the question's name, from the message's start
    template  event without time and client; None where the view's log level keeps none
    verdicts  the counter of this answer's verdict
    epoch     the cache's epoch when judging began, or when the entry was last found untouched
    weight    how many answers of everyday size it takes the room of
    """

    __slots__ = (
        "_age",
        "_ttls",
        "born",
        "end",
        "epoch",
        "expires",
        "head",
        "hosts",
        "made",
        "tail",
        "template",
        "until",
        "verdicts",
        "weight",
    )

    def __init__(
        self,
        packed: Packed,
        name_octets: int,
        term: Term,
        hosts: frozenset[str],
        template: Template | None,
        verdicts: Cell,
        epoch: int,
    ) -> None:
        self.end = HEADER_OCTETS + name_octets - 1
        self.head = packed.message[2:HEADER_OCTETS]
        self.tail = packed.message[self.end :]
        self.born, self.expires = term.born, term.expires
        self.made, self.until = term.made, term.until
        self.hosts = hosts
        self.template = template
        self.verdicts = verdicts
        self.epoch = epoch
        self.weight = 1 + len(packed.message) // USUAL_OCTETS
        self._ttls = tuple(at - self.end for at in packed.ttls)
        self._age = 0

    def octets(self, query: bytes, now: float) -> bytes:
        """Finish the answer for one query that has this entry's key, at a moment before `expires`."""
        age = int(now - self.born)
        if age != self._age:
            self._grow_older(age)
        return query[:2] + self.head + query[12 : self.end] + self.tail

    def _grow_older(self, age: int) -> None:
        tail = bytearray(self.tail)
        for at in self._ttls:
            ttl = int.from_bytes(tail[at : at + 4]) - (age - self._age)
            tail[at : at + 4] = max(0, ttl).to_bytes(4)
        self.tail, self._age = bytes(tail), age


class AnswerCache:
    """Finished answers, apart for each view, bounded in all.

    max_entries   of everyday size; a large one (over TCP, up to 64 KiB) takes the room of many

    A change of the overlay costs nothing when it comes: views it names are let go, and an entry is
    compared with the changed names when it is next asked for. For one thread.
    """

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._views: dict[Hashable, Answers] = {}
        self._weight = 0
        self._changes: deque[frozenset[str]] = deque(maxlen=MAX_CHANGES)
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

    def put(self, answers: Answers, key: bytes, entry: Finished) -> None:
        """Keep an answer; when there is no room, the oldest of the same view goes, or of the largest."""
        self.drop(answers, key)
        self._weight += entry.weight
        while self._weight > self._max_entries:
            crowded = answers or max(self._views.values(), key=len)
            if not crowded:
                break
            self.drop(crowded, next(iter(crowded)))
        answers[key] = entry

    def drop(self, answers: Answers, key: bytes) -> None:
        """Forget one answer."""
        gone = answers.pop(key, None)
        if gone is not None:
            self._weight -= gone.weight

    def survives(self, entry: Finished) -> bool:
        """Say whether an entry is untouched by the changes since it was last asked for."""
        missed = self.epoch - entry.epoch
        if missed > len(self._changes):
            return False
        for names in list(self._changes)[len(self._changes) - missed :]:
            if any(suffix in names for host in entry.hosts for suffix in suffixes(host)):
                return False
        entry.epoch = self.epoch
        return True

    def change(self, change: Change) -> None:
        """Take up a swap of the policy."""
        if change.base_changed:
            self.clear()
            return
        for key in change.view_keys:
            self._weight -= sum(entry.weight for entry in self._views.pop(key, {}).values())
        if change.names:
            self._changes.append(change.names)
            self.epoch += 1

    def clear(self) -> None:
        """Forget everything."""
        self._views.clear()
        self._weight = 0
