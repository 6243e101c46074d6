"""How do approved exceptions and mended listings become the overlay in force?

Nothing is compiled for it: workers put the new overlay on the base that they have loaded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from proxy.bundle.content import read_base, read_catalogue
from proxy.bundle.errors import BundleRefused, PublishRefused
from proxy.bundle.fit import objection
from proxy.bundle.layout import Layout, Part
from proxy.bundle.load import StoredOverlay, assemble, newest_good, read_overlay
from proxy.bundle.manifest import read_manifest
from proxy.bundle.overlay import Overlay, OverlayProblem, from_data, to_data
from proxy.bundle.published import entries_changed
from proxy.bundle.write import write_overlay
from proxy.decision.permits import GivenPermit
from proxy.decision.policy import Category, Correction, Override

type Entries = Sequence[Override | Correction | GivenPermit]
type Say = Callable[[str], None]


def quiet(line: str) -> None:
    """Say nothing."""


def publish_overlay(overlay: Overlay, state: Path, *, say: Say = quiet) -> int:
    """Put overrides, corrections and permits in force, in place of those before, and return their revision.

    Raises PublishRefused when an entry could not be loaded again (an id used twice, an audience of nobody),
    or when a correction may not apply (fit.objection): it speaks of a public suffix, or takes a name out of
    a category that the law asks to block and does not carry two different names.
    """
    layout = Layout(state)
    _must_hold(overlay, overlay.corrections, _categories_in_force(layout))
    with layout.locked():
        before = stored_overlay(layout)
        for line in _differences(before, overlay):
            say(line)
        revision = write_overlay(layout, overlay, changes=entries_changed(before, overlay))
    for note in notes_on(layout, overlay):
        say(note)
    say(f"overlay revision {revision} is in force")
    return revision


def revise_overlay(
    revise: Callable[[Overlay], Overlay], state: Path, *, by: str = "console", say: Say = quiet
) -> int | None:
    """Put in force what `revise` makes of the overlay in force; return its revision, None if all stays.

    revise   is called with the overlay in force, under the lock that orders all who write one: what it
             reads then nobody has overtaken. An exception of its own passes through; nothing is written
    by       who it is that publishes, for the publish log

    Nothing is compiled and no list is read: quick enough for somebody to wait for. A stored overlay that
    does not verify is taken as a worker would that starts now: the newest older one counts, `say` hears of
    it, and a whole one is written in any case.

    Raises PublishRefused as `publish_overlay` does, for corrections that are new or differ.
    """
    layout = Layout(state)
    categories = _categories_in_force(layout)
    with layout.locked():
        problems: list[str] = []
        stored = newest_good(layout, Part.OVERLAY, read_overlay, problems) or StoredOverlay()
        for problem in problems:
            say(problem)
        revised = revise(stored.overlay)
        had = frozenset(stored.overlay.corrections)
        overlay = _must_hold(revised, [c for c in revised.corrections if c not in had], categories)
        if overlay == stored.overlay and stored.revision == (layout.current(Part.OVERLAY) or 0):
            return None
        for line in _differences(stored.overlay, overlay):
            say(line)
        changes = entries_changed(stored.overlay, overlay)
        revision = write_overlay(layout, overlay, by=by, changes=changes)
    say(f"overlay revision {revision} is in force")
    return revision


def _must_hold(
    overlay: Overlay, corrections: Sequence[Correction], categories: Mapping[str, Category]
) -> Overlay:
    """Return an overlay as it will be read again. Raises PublishRefused, also for these corrections."""
    try:
        as_read = from_data(to_data(overlay))
    except OverlayProblem as error:
        raise PublishRefused(error.problems) from error
    refused = [
        f"correction {c.id}: {why}" for c in corrections if (why := objection(c, categories)) is not None
    ]
    if refused:
        raise PublishRefused(refused)
    return as_read


def _categories_in_force(layout: Layout) -> Mapping[str, Category]:
    """The categories of the base in force; none when it does not verify, so that the floor alone counts."""
    revision = layout.current(Part.BASE)
    if revision is None:
        return {}
    directory = layout.path(Part.BASE, revision)
    try:
        return read_catalogue(directory, read_manifest(directory, revision)).categories
    except (BundleRefused, ValueError):
        return {}


def _differences(before: Overlay, now: Overlay) -> Iterator[str]:
    """What a new overlay changes, a line for each kind of entry."""
    kinds: tuple[tuple[str, Entries, Entries], ...] = (
        ("overrides", before.overrides, now.overrides),
        ("corrections", before.corrections, now.corrections),
        ("permits", before.permits, now.permits),
    )
    for kind, old, new in kinds:
        had, has = {entry.id: entry for entry in old}, {entry.id: entry for entry in new}
        altered = sum(1 for id_ in had.keys() & has.keys() if had[id_] != has[id_])
        added, ended = len(has.keys() - had.keys()), len(had.keys() - has.keys())
        yield f"{kind}: {len(has)} in all; {added} new, {altered} changed, {ended} ended"


def stored_overlay(layout: Layout) -> Overlay:
    """The overlay in force; an empty one when there is none that verifies."""
    found = newest_good(layout, Part.OVERLAY, read_overlay, [])
    return found.overlay if found is not None else Overlay()


def notes_on(layout: Layout, overlay: Overlay) -> Iterator[str]:
    """What of an overlay has no effect on the base in force."""
    revision = layout.current(Part.BASE)
    if revision is None:
        yield "no base is published yet; the overlay takes effect with the first one"
        return
    try:
        base = read_base(layout, revision)
    except BundleRefused as refusal:
        yield str(refusal)
        return
    yield from assemble(base, StoredOverlay(0, overlay), []).problems
