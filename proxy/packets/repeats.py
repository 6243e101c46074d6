"""Was the same thing refused a moment ago? Devices try again and again what does not answer.

State: at most MAX_KEPT keys, the least recently told ones leaving first.
"""

from collections import OrderedDict
from collections.abc import Hashable

MAX_KEPT = 8192
QUIET_S = 60.0


class Repeats:
    """Remembers what was told of within the last minute."""

    def __init__(self, quiet_s: float = QUIET_S, max_kept: int = MAX_KEPT) -> None:
        self._quiet_s, self._max_kept = quiet_s, max_kept
        self._told: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._told)

    def is_new(self, key: Hashable, at: float) -> bool:
        """Say whether this is to be told of, and remember that it was.

        at   seconds on a clock that only goes forward
        """
        told = self._told.get(key)
        if told is not None and at - told < self._quiet_s:
            return False
        self._told[key] = at
        self._told.move_to_end(key)
        if len(self._told) > self._max_kept:
            self._told.popitem(last=False)
        return True
