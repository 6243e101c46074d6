"""Which policy is in force now, by what is published?"""

from pathlib import Path
from threading import Lock

from proxy.bundle.load import LoadedBundle
from proxy.bundle.watch import Watcher


class _Kept:
    """The bundle of one state directory, read again only when its links have moved."""

    def __init__(self, state: Path) -> None:
        self._loaded: LoadedBundle | None = None
        self._lock = Lock()
        self._watcher = Watcher(state, self._take)

    def now(self) -> LoadedBundle | None:
        with self._lock:  # a request that finds another one reading waits for what that one reads
            self._watcher.poll()
            return self._loaded

    def _take(self, loaded: LoadedBundle) -> None:
        self._loaded = loaded


_KEPT: dict[Path, _Kept] = {}
_KEPT_LOCK = Lock()


def in_force(state: Path) -> LoadedBundle | None:
    """Return the policy in force, or None while nothing that verifies is published.

    state    the gateway's state directory

    A new overlay is put on the base that is in memory already, as in the gateways. What does not
    verify is logged, and the last good part stays, as there.
    """
    with _KEPT_LOCK:
        kept = _KEPT.get(state)
        if kept is None:
            kept = _KEPT[state] = _Kept(state)
    return kept.now()
