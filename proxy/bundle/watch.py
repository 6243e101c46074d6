"""Has a newer bundle been published, and can it be put in force?

The watcher keeps the parts in force. A new overlay is put on the base that is loaded already; a part
that does not verify is reported once, and the one in force stays.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from proxy import metrics
from proxy.bundle.content import Base, read_base
from proxy.bundle.errors import BundleRefused
from proxy.bundle.layout import Layout, Part
from proxy.bundle.load import LoadedBundle, StoredOverlay, assemble, newest_good, read_overlay
from proxy.bundle.relisting import relisted_since

log = logging.getLogger(__name__)

type Links = tuple[int | None, int | None]

INTERVAL_S = 0.05  # two links are read, some microseconds; an approval is to count at once
RETRY_POLLS = 200  # a disk may have refused a read for a moment only


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found at some links.

    refused    a part did not verify
    """

    base: Base | None
    stored: StoredOverlay | None
    loaded: LoadedBundle | None
    problems: tuple[str, ...]
    refused: bool


class Watcher:
    """Looks at the links of a bundle and loads what is new.

    state       the gateway's state directory
    on_change   called with each newly loaded bundle, in the thread of the caller or the event loop
    prepare     called with it before that, where files are read: for work that must keep nobody waiting
    """

    def __init__(
        self,
        state: Path,
        on_change: Callable[[LoadedBundle], object],
        prepare: Callable[[LoadedBundle], object] = lambda loaded: None,
    ) -> None:
        self.problems: tuple[str, ...] = ()
        self._layout = Layout(state)
        self._on_change = on_change
        self._prepare = prepare
        self._seen: Links | None = None
        self._base: Base | None = None
        self._stored: StoredOverlay | None = None
        self._refused = False
        self._failing = False
        self._task: asyncio.Task[None] | None = None

    def poll(self) -> bool:
        """Load and hand on what is new, now; say whether there was something to hand on.

        Raises nothing: what cannot be loaded is reported, and the one in force stays.
        """
        links = self._links()
        if links == self._seen:
            return False
        try:
            return self._take(links, self._load(links))
        except Exception:  # noqa: BLE001  (a bundle must never take down what it is loaded into)
            return self._failed(links)

    def start(self, loop: asyncio.AbstractEventLoop, interval_s: float = INTERVAL_S) -> None:
        """Poll from now on, several times a second; files are read in a thread of their own."""
        self._task = loop.create_task(self._watch(interval_s), name="bundle watcher")

    def stop(self) -> None:
        """Stop polling."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _watch(self, interval_s: float) -> None:
        polls = 0
        while True:
            await asyncio.sleep(interval_s)
            polls += 1
            links = self._links()
            if links == self._seen and not (self._refused and polls % RETRY_POLLS == 0):
                continue
            try:
                self._take(links, await asyncio.to_thread(self._load, links))
            except Exception:  # noqa: BLE001  (the watcher must go on watching)
                self._failed(links)

    def _failed(self, links: Links) -> bool:
        self._seen, self._refused = links, True
        metrics.ERRORS.inc("bundle")
        if not self._failing:
            self._failing = True
            log.exception("a new bundle could not be put in force; the last good one stays")
        return False

    def _links(self) -> Links:
        return self._layout.current(Part.BASE), self._layout.current(Part.OVERLAY)

    def _take(self, links: Links, read: _Read) -> bool:
        """Keep what was read and hand it on when it differs from what is in force."""
        for problem in read.problems:
            if problem not in self.problems:
                log.warning("policy bundle: %s", problem)
        self.problems = read.problems
        changed = read.base is not None and (read.base is not self._base or read.stored is not self._stored)
        if changed and read.loaded is not None:
            self._on_change(read.loaded)  # before it counts as in force: what was not taken up is tried again
        self._base, self._stored = read.base, read.stored
        self._seen, self._refused, self._failing = links, read.refused, False
        return changed

    def _load(self, links: Links) -> _Read:
        """Read what is new; a part in force that is to stay comes back as it is."""
        refusals: list[str] = []
        read_next = partial(read_base, held=self._base)
        base = self._newer(Part.BASE, links[0], self._base, read_next, refusals)
        stored = self._newer(Part.OVERLAY, links[1], self._stored, read_overlay, refusals)
        if base is None:
            return _Read(base, stored, None, tuple(refusals), bool(refusals))
        loaded = self._compared(base, assemble(base, stored or StoredOverlay(), refusals))
        self._prepare(loaded)
        return _Read(base, stored, loaded, loaded.problems, bool(refusals))

    def _compared(self, base: Base, loaded: LoadedBundle) -> LoadedBundle:
        """Add of which hosts the lists say something else, where the rest is as in the base in force."""
        held = self._base
        if held is None or held is base or held.identities is not base.identities:
            return loaded
        relisted = relisted_since(self._layout, base.revision, held.revision)
        return loaded if relisted is None else replace(loaded, since=held.revision, relisted=relisted)

    def _newer[T: (Base, StoredOverlay)](
        self,
        part: Part,
        target: int | None,
        held: T | None,
        read: Callable[[Layout, int], T],
        problems: list[str],
    ) -> T | None:
        if held is None:
            found = newest_good(self._layout, part, read, problems)
            if problems:
                metrics.BUNDLE_REFUSED.inc(part.value)
            return found
        if target is None or target == held.revision:
            return held
        try:
            return read(self._layout, target)
        except BundleRefused as refusal:
            metrics.BUNDLE_REFUSED.inc(part.value)
            problems += [str(refusal), f"{part.value} revision {held.revision} stays in force"]
            return held
