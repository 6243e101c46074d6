"""What does the published policy say that the supervisor itself goes by?"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from proxy import metrics
from proxy.bundle.content import INDEX, read_ingredients
from proxy.bundle.errors import BundleRefused
from proxy.bundle.layout import Layout, Part
from proxy.bundle.manifest import read_manifest
from proxy.lists.categories import load_categories
from proxy.lists.copies import Copies
from proxy.lists.errors import ListsError
from proxy.lists.mapping import MappedFile
from proxy.lists.meta import IndexMeta
from proxy.lists.selection import COPIES, subscriptions_in_use
from proxy.settings.schema import Settings

_NO_LABEL = re.compile(r"[^A-Za-z0-9_/-]")
MAX_LABEL = 80


def settings_in_force(state: Path, otherwise: Settings) -> Settings:
    """Return the settings of the base in force; `otherwise` while there is none that can be read."""
    layout = Layout(state)
    revision = layout.current(Part.BASE)
    if revision is None:
        return otherwise
    directory = layout.path(Part.BASE, revision)
    try:
        return read_ingredients(directory, read_manifest(directory, revision)).settings
    except (BundleRefused, ValueError, LookupError, OSError):
        return otherwise


def subscribes(settings: Settings) -> bool:
    """Whether lists are to be fetched. Also when that cannot be told: the fetching then says why."""
    try:
        catalogue = load_categories(settings.lists.blocklists / "categories.yaml")
        known, unknown = subscriptions_in_use(settings.lists, catalogue)
    except ListsError:
        return True
    return bool(known or unknown)


class ListGauges:
    """Sizes and ages of the lists in force, as metrics.

    state   the gateway's state directory
    now     the present, aware
    """

    def __init__(self, state: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._layout = Layout(state)
        self._copies = Copies(state / COPIES)
        self._now = now
        self._entries_shown: frozenset[str] = frozenset()
        self._ages_shown: frozenset[str] = frozenset()

    def refresh(self) -> None:
        """Read anew which lists the index in force holds, and when their copies were last confirmed."""
        entries = self._entries()
        ages = self._ages({list_id.partition("/")[0] for list_id in entries})
        for gauge, values, before in (
            (metrics.LIST_ENTRIES, entries, self._entries_shown),
            (metrics.LIST_AGE, ages, self._ages_shown),
        ):
            for gone in before - values.keys():
                gauge.forget(gone)
            for list_id, value in values.items():
                gauge.set(value, list_id)
        self._entries_shown, self._ages_shown = frozenset(entries), frozenset(ages)
        metrics.LISTS_HELD.set(len(self._copies.held_ids()))

    def _entries(self) -> dict[str, float]:
        """Id of each file of a list -> how many of its lines count."""
        revision = self._layout.current(Part.BASE)
        if revision is None:
            return {}
        try:
            file = MappedFile(self._layout.path(Part.BASE, revision) / INDEX)
            try:
                lists = IndexMeta.from_json(file.meta).lists
            finally:
                file.close()
        except (ListsError, ValueError, LookupError, TypeError):
            return {}
        return {_NO_LABEL.sub("_", one.id)[:MAX_LABEL]: one.counts.get("taken", 0) for one in lists}

    def _ages(self, list_ids: Iterable[str]) -> dict[str, float]:
        """Id of each fetched list -> seconds since its origin last gave or confirmed it."""
        ages: dict[str, float] = {}
        for list_id in list_ids:
            copy = self._copies.good(list_id)
            if copy is not None:
                checked_at = datetime.fromisoformat(copy.facts.checked_at)
                ages[list_id] = (self._now() - checked_at).total_seconds()
        return ages
