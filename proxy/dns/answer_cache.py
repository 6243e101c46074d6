"""Was this very question answered under this view before, and may the same octets leave again?"""

from collections import OrderedDict, deque
from collections.abc import Hashable

from proxy.dns.finished import CLOCK_STEP_S, Finished, Term
from proxy.dns.laid_by import LaidBy
from proxy.journal.codec import at_revision
from proxy.judgement import Change
from proxy.lists.relisted import NOTHING, Relisted

__all__ = ["AnswerCache", "Answers", "Finished", "Term"]

MAX_CHANGES = 64
MAX_VIEWS = 4096
LATELY_S = 60.0  # an answer given in this time is spared when room is needed,
MOST_SPARED = 8  # so many at a time
MOST_CHANGED = 250_000  # names in all changes that are remembered


class Answers(OrderedDict[bytes | str, Finished]):
    """The finished answers of one view, to be looked into; only the cache changes them.

    weight   of all of them

    Ordered by links: in a plain dict the oldest is found behind the gaps of all that went before it.
    """

    __slots__ = ("weight",)

    def __init__(self) -> None:
        super().__init__()
        self.weight = 0


class AnswerCache:
    """Finished answers, apart for each view, bounded in all.

    max_entries   of everyday size; a large one (over TCP, up to 64 KiB) takes the room of many

    A change of the overlay costs nothing when it comes: views it names are let go, and an entry is
    compared with the changed names when it is next asked for. So is it when lists are refreshed and it is
    known of which hosts they say something else. With any other base, what the views held is laid by for a
    minute, and may be had by who judges it anew. For one thread.
    """

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._views: dict[Hashable, Answers] = {}
        self._weight = 0
        self._changes: deque[Relisted] = deque(maxlen=MAX_CHANGES)
        self._skew = self._now = 0.0
        self._laid_by = LaidBy[bytes | str, Finished]()
        self._revision: tuple[int, int] | None = None
        self.epoch = 0

    def __len__(self) -> int:
        return sum(map(len, self._views.values()))

    def of_view(self, key: Hashable) -> Answers:
        """Return the answers of a view, to be looked into; only `put` and `drop` may change them."""
        answers = self._views.get(key)
        if answers is None:
            answers = self._views[key] = Answers()
        return answers

    @property
    def is_crowded(self) -> bool:
        """Whether so many views are held that all should be let go, and looked up anew."""
        return len(self._views) >= MAX_VIEWS

    def put(self, answers: Answers, key: bytes | str, entry: Finished) -> None:
        """Keep an answer; when there is no room, one of the same view goes, or of the largest: the oldest
        that nobody asked for lately."""
        if key in answers:
            self.drop(answers, key)
        weight = entry.weight
        self._weight += weight
        answers.weight += weight
        spared = 0
        while self._weight > self._max_entries:
            crowded = answers or max(self._views.values(), key=len)
            if not crowded:
                break
            oldest = next(iter(crowded))
            if spared < MOST_SPARED and crowded[oldest].was_asked_since(self._now - LATELY_S):
                crowded.move_to_end(oldest)
                spared += 1
            else:
                self.drop(crowded, oldest)
        answers[key] = entry

    def drop(self, answers: Answers, key: bytes | str) -> None:
        """Forget one answer."""
        gone = answers.pop(key, None)
        if gone is not None:
            weight = gone.weight
            self._weight -= weight
            answers.weight -= weight

    def at(self, now: float, wall: float) -> int:
        """Take the present moment by both clocks, and return the epoch that answers are to be compared with.

        A wall clock that was set begins another epoch: all answers are then looked at anew.
        """
        self._now = now
        self._laid_by.at(now)
        skew = wall - now
        if not -CLOCK_STEP_S < skew - self._skew < CLOCK_STEP_S:
            self._skew = skew
            self._begin_epoch(NOTHING)
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
        for number in range(-missed, 0):
            if any(map(self._changes[number].touches, entry.hosts())):
                return False
        entry.epoch = self.epoch
        if self._revision is not None and entry.template is not None:
            entry.tell(at_revision(entry.template, *self._revision))
        return True

    def change(self, change: Change, revision: tuple[int, int] | None = None) -> None:
        """Take up a swap of the policy.

        revision   of base and overlay, for the events of answers that outlive it
        """
        self._revision = revision
        if change.base_changed and change.relisted is None:
            self._laid_by.lay(self._views.values(), self._now)
            self._views, self._weight = {}, 0
            return
        stale = [self._views.pop(key) for key in change.view_keys if key in self._views]
        self._weight -= sum(answers.weight for answers in stale)
        self._laid_by.let_go(stale)
        self._begin_epoch(Relisted(change.names))
        if change.relisted is not None:
            self._begin_epoch(change.relisted)

    def former(self, key: bytes | str) -> Finished | None:
        """Take an answer that was given under the base before, whatever the view; None when there is none.
        It may leave again only when it is everyday and has been judged anew."""
        return self._laid_by.take(key)

    def _begin_epoch(self, change: Relisted) -> None:
        """Begin an epoch with what changes by it, and forget the first changes when they are too many."""
        self._changes.append(change)
        self.epoch += 1
        while sum(len(one.names) for one in self._changes) > MOST_CHANGED:
            self._changes.popleft()

    def clear(self) -> None:
        """Forget everything."""
        self._laid_by.clear()
        self._laid_by.let_go(self._views.values())
        self._views, self._weight = {}, 0
