"""Was this very question decided before, and does that verdict still hold?"""

from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.decision.names import suffixes
from proxy.decision.request import Attempt, Stage, Trait
from proxy.decision.verdict import Verdict
from proxy.letting_go import LettingGo
from proxy.metrics import Cell

MAX_CHANGES = 64
FREED_AT_ONCE = 20  # for each that comes

type Key = tuple[Hashable, Stage, str, frozenset[Trait]]


def key_of(view_key: Hashable, attempt: Attempt) -> Key:
    """Return what a verdict about a host alone depends on, for an attempt without a URL: no check reads
    the client, the method or the referring host."""
    return (view_key, attempt.stage, attempt.host, attempt.traits)


FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True, eq=False)
class Kept:
    """A verdict that is remembered.

    made, until   it is given from the first moment on, and no longer at the second
    counter       counts verdicts like it, for whoever gives it
    epoch         how many changes of names it has outlived
    """

    made: datetime
    until: datetime
    verdict: Verdict
    counter: Cell
    epoch: int


class VerdictCache:
    """Verdicts by question, bounded, each served only for moments at which it is known to hold.

    max_entries    at most this many are held; the ones not asked for longest go first, in bulk

    Forgetting names costs nothing when it happens: a verdict is compared with them when it is next asked
    for. What goes in bulk is freed little by little, as others come. For one thread.
    """

    def __init__(self, max_entries: int = 100_000) -> None:
        self._half = max(1, max_entries // 2)
        self._young: dict[Key, Kept] = {}
        self._old: dict[Key, Kept] = {}
        self._gone = LettingGo(FREED_AT_ONCE)
        self._changes: deque[frozenset[str]] = deque(maxlen=MAX_CHANGES)
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: Key, at: datetime) -> Verdict | None:
        """Return the verdict that holds at an aware moment, or None."""
        kept = self.find(key, at)
        return None if kept is None else kept.verdict

    def find(self, key: Key, at: datetime) -> Kept | None:
        """Return the verdict that holds at an aware moment, as it is kept, or None.

        A verdict holds from the moment it was made until its `until`; a clock that was set back
        therefore finds nothing.
        """
        entry = self._young.get(key)
        if entry is None:
            entry = self._old.pop(key, None)
            if entry is None:
                return None
            self._add(key, entry)
        if entry.made <= at < entry.until and (entry.epoch == self._epoch or self._survives(entry, key[2])):
            return entry
        self._young.pop(key, None)
        return None

    def put(self, key: Key, at: datetime, verdict: Verdict, counter: Cell) -> None:
        """Keep a verdict that was made at an aware moment, with what counts verdicts like it."""
        self._old.pop(key, None)
        until = FOREVER if verdict.until is None else verdict.until
        self._add(key, Kept(at, until, verdict, counter, self._epoch))

    def forget(self, names: Iterable[str]) -> None:
        """Drop every verdict about one of these names or a name below it."""
        changed = frozenset(names)
        if changed:
            self._changes.append(changed)
            self._epoch += 1

    def _survives(self, entry: Kept, host: str) -> bool:
        """Say whether a verdict is untouched by the names forgotten since it was last asked for."""
        missed = self._epoch - entry.epoch
        if missed > len(self._changes):
            return False
        since = list(self._changes)[len(self._changes) - missed :]
        if any(suffix in names for names in since for suffix in suffixes(host)):
            return False
        entry.epoch = self._epoch
        return True

    def clear(self) -> None:
        """Drop everything."""
        self._gone.take((self._young, self._old))
        self._young, self._old = {}, {}

    def _add(self, key: Key, entry: Kept) -> None:
        if len(self._young) >= self._half:
            self._gone.take((self._old,))
            self._old, self._young = self._young, {}
        self._young[key] = entry
        self._gone.free_some()
