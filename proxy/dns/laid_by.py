"""What becomes of answers that were given under a base that is in force no more?

They are laid by for a minute, for whoever judges them anew, and then let go, little by little: to free tens
of thousands at once would keep everybody waiting.
"""

from collections.abc import Iterable, MutableMapping

from proxy.letting_go import LettingGo

LAID_BY_S = 60.0
MOST_VIEWS = 8  # the largest, whose answers are laid by
FREED_AT_ONCE = 200


class LaidBy[Key, Entry]:
    """Answers of views that are asked for no more. For one thread."""

    def __init__(self) -> None:
        self._views: list[MutableMapping[Key, Entry]] = []
        self._gone = LettingGo(FREED_AT_ONCE)
        self._until = 0.0

    def lay(self, views: Iterable[MutableMapping[Key, Entry]], now: float) -> None:
        """Lay by what views held, in place of what was laid by before.

        now   seconds of the monotonic clock
        """
        largest = sorted(views, key=len, reverse=True)
        self._gone.take([*self._views, *largest[MOST_VIEWS:]])
        self._views, self._until = largest[:MOST_VIEWS], now + LAID_BY_S

    def take(self, key: Key) -> Entry | None:
        """Take an answer out, whatever the view; None when there is none."""
        for answers in self._views:
            entry = answers.pop(key, None)
            if entry is not None:
                return entry
        return None

    def let_go(self, views: Iterable[MutableMapping[Key, Entry]]) -> None:
        """Let go what views held."""
        self._gone.take(views)

    def clear(self) -> None:
        """Let go all that is laid by."""
        self.let_go(self._views)
        self._views = []

    def at(self, now: float) -> None:
        """Free some of what is let go, and let go what was laid by for long enough."""
        if self._views and now >= self._until:
            self.clear()
        self._gone.free_some()
