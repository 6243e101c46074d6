"""How do approved exceptions and mended listings become the overlay in force?

Nothing is compiled for it: workers put the new overlay on the base that they have loaded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from proxy.bundle.content import read_base, read_ingredients
from proxy.bundle.errors import BundleRefused, PublishRefused
from proxy.bundle.fit import objection
from proxy.bundle.layout import Layout, Part
from proxy.bundle.load import StoredOverlay, assemble, newest_good, read_overlay
from proxy.bundle.manifest import read_manifest
from proxy.bundle.overlay import Overlay, OverlayProblem, from_data, to_data
from proxy.bundle.write import write_overlay
from proxy.decision.policy import Category, Correction, Override

type Say = Callable[[str], None]


def quiet(line: str) -> None:
    """Say nothing."""


def publish_overlay(overlay: Overlay, state: Path, *, say: Say = quiet) -> int:
    """Put overrides and corrections in force, in place of those before, and return their revision.

    Raises PublishRefused when an entry could not be loaded again (an id used twice, an audience of nobody),
    or when a correction may not apply (fit.objection): it speaks of a public suffix, or takes a name out of
    a category that the law asks to block and does not carry two different names.
    """
    try:
        from_data(to_data(overlay))
    except OverlayProblem as error:
        raise PublishRefused(error.problems) from error
    layout = Layout(state)
    categories = _categories_in_force(layout)
    refused = [
        f"correction {c.id}: {why}"
        for c in overlay.corrections
        if (why := objection(c, categories)) is not None
    ]
    if refused:
        raise PublishRefused(refused)
    with layout.locked():
        for line in _differences(stored_overlay(layout), overlay):
            say(line)
        revision = write_overlay(layout, overlay)
    for note in notes_on(layout, overlay):
        say(note)
    say(f"overlay revision {revision} is in force")
    return revision


def _categories_in_force(layout: Layout) -> Mapping[str, Category]:
    """The categories of the base in force; none when it does not verify, so that the floor alone counts."""
    revision = layout.current(Part.BASE)
    if revision is None:
        return {}
    directory = layout.path(Part.BASE, revision)
    try:
        return read_ingredients(directory, read_manifest(directory, revision)).catalogue.categories
    except (BundleRefused, ValueError):
        return {}


def _differences(before: Overlay, now: Overlay) -> Iterator[str]:
    """What a new overlay changes, a line for each kind of entry."""
    kinds: tuple[tuple[str, Sequence[Override | Correction], Sequence[Override | Correction]], ...] = (
        ("overrides", before.overrides, now.overrides),
        ("corrections", before.corrections, now.corrections),
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
