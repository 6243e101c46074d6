"""How do settings and lists become the base in force?

Everything is checked first, and nothing changes when something is wrong. Compiling is done before the
lock is taken that orders writers, so that an approved exception never waits for it.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from proxy.bundle.content import INDEX, Ingredients, base_of, read_ingredients
from proxy.bundle.errors import BundleError, PublishRefused
from proxy.bundle.inputs import inputs_digest
from proxy.bundle.layout import Layout, Part, sync_file
from proxy.bundle.manifest import FileMark, Manifest, mark_of, read_manifest
from proxy.bundle.publish_overlay import Say, notes_on, quiet, stored_overlay
from proxy.bundle.relisting import relisting
from proxy.bundle.write import write_base
from proxy.decision.listing import NoListings
from proxy.identity.compile import directory_from, roster_files
from proxy.identity.roster import Roster, read_roster
from proxy.lists.categories import Catalogue, load_categories
from proxy.lists.comparing import seed_of
from proxy.lists.compile import OnProgress, compile_index
from proxy.lists.errors import ListsError, ListsProblem
from proxy.lists.selection import select_lists, unlisted_floor
from proxy.lists.sources import ListSource
from proxy.settings.bypass.kept import NO_FILES, to_json
from proxy.settings.bypass.reading import NO_DETECTORS, read_files
from proxy.settings.gathering import BYPASS
from proxy.settings.schema import Settings
from proxy.settings.supplements import read_supplements


@dataclass(frozen=True, slots=True)
class _Previous:
    """The base in force before, as far as it verifies."""

    directory: Path
    manifest: Manifest
    ingredients: Ingredients


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a base is written from: files by name, the index, what it is and what it was compiled from; and
    which parts differ from the base before."""

    files: dict[str, bytes]
    index: Path
    mark: FileMark
    inputs: str
    changed: tuple[str, ...]


class Apart(Protocol):
    """Does a work and returns what comes of it, or raises what it raises."""

    def __call__[T](self, work: Callable[[], T], /) -> T: ...


def at_once[T](work: Callable[[], T]) -> T:
    """Do it here and now."""
    return work()


def publish_base(
    settings: Settings,
    state: Path,
    *,
    now: datetime | None = None,
    say: Say = quiet,
    on_progress: OnProgress = lambda step, done, total: None,
    apart: Apart = at_once,
) -> int:
    """Put settings and lists in force and return the base's revision.

    settings    loaded without problems
    state       the gateway's state directory
    now         aware; people's ages and enrolments are taken as of this moment's day; None: the present
    say         gets one line for each step and each thing that was left out
    on_progress told now and then how far the lists are compiled
    apart       does what takes long and returns what comes of it; overlays do not wait for that

    When nothing differs from the base in force, that one stays. Raises PublishRefused when something
    is wrong that must not be published; the base in force then stays too.
    """
    now = now or datetime.now(UTC)
    layout = Layout(state)
    with layout.compiling(lambda: say("another publication is under way; waiting for it")):
        prepared = apart(lambda: _prepared(layout, settings, state, now, say, on_progress))
        if isinstance(prepared, int):
            return prepared
        with layout.locked():
            revision = write_base(
                layout,
                prepared.files,
                prepared.index,
                prepared.mark,
                prepared.inputs,
                changes={"parts": list(prepared.changed)},
            )
    for note in notes_on(layout, stored_overlay(layout)):
        say(note)
    say(f"base revision {revision} is in force")
    return revision


def _prepared(
    layout: Layout, settings: Settings, state: Path, now: datetime, say: Say, on_progress: OnProgress
) -> _Prepared | int:
    """All that a base is written from; or the revision of the one in force, from which nothing differs."""
    previous = _previous(layout)
    ingredients = _ingredients(settings, now, previous, say)
    lists = _lists(settings, ingredients.catalogue, state, say)
    index, mark, inputs = _index(layout, lists, ingredients.catalogue, previous, now, say, on_progress)
    if previous is not None and _is_same(previous, ingredients, mark):
        say(f"nothing has changed; base revision {previous.manifest.revision} stays in force")
        return previous.manifest.revision
    changed = _parts_changed(previous, ingredients, mark)
    for line in _differences(previous, ingredients, changed):
        say(line)
    files = ingredients.files()
    if previous is not None and _is_whole(previous):
        files |= relisting(previous.manifest.revision, previous.directory / INDEX, index)
    index = _own_copy(layout, index)
    sync_file(index)  # now, for an overlay waits for the lock
    return _Prepared(files, index, mark, inputs, changed)


def _previous(layout: Layout) -> _Previous | None:
    revision = layout.current(Part.BASE)
    if revision is None:
        return None
    directory = layout.path(Part.BASE, revision)
    try:
        manifest = read_manifest(directory, revision)
        return _Previous(directory, manifest, read_ingredients(directory, manifest))
    except (BundleError, ValueError):
        return None


def _ingredients(settings: Settings, now: datetime, previous: _Previous | None, say: Say) -> Ingredients:
    try:
        catalogue = load_categories(settings.lists.blocklists / "categories.yaml")
    except ListsProblem as error:
        raise PublishRefused(error.problems) from error
    supplements, problems = read_supplements(settings)
    if problems:
        raise PublishRefused(problems)
    bypass = _bypass(settings, say)
    files = roster_files(settings)
    roster = read_roster(files, now.astimezone(settings.time_zone).date()) if files else Roster()
    for problem in roster.problems:
        say(str(problem))
    salt = previous.ingredients.directory.salt if previous is not None else ""
    directory = directory_from(settings, roster, salt)
    unplaced = len(roster.people) - len(directory.people)
    if unplaced:
        say(f"roster: {unplaced} of {len(roster.people)} people fit no placement and stay unknown")
    ingredients = Ingredients(settings, catalogue, supplements, directory, bypass)
    try:
        base_of(ingredients, NoListings(), revision=0)
    except (ValueError, LookupError) as error:
        raise PublishRefused([f"no policy can be made of the settings: {error}"]) from error
    return ingredients


def _bypass(settings: Settings, say: Say) -> bytes:
    """What is known of ways around the filter, as a base holds it."""
    if not settings.bypass.detectors:
        say(NO_DETECTORS)
        return NO_FILES
    files, problems = read_files(settings.lists.blocklists / BYPASS)
    if problems:
        raise PublishRefused(problems)
    return to_json(files)


def _lists(settings: Settings, catalogue: Catalogue, state: Path, say: Say) -> Sequence[ListSource]:
    """The lists to compile; one that was never fetched is left out, and said so."""
    try:
        selection = select_lists(settings.lists, catalogue, state)
    except ListsProblem as error:
        raise PublishRefused(error.problems) from error
    for source in selection.missing:
        say(f"list {source.id} is left out: it was never fetched; run `schoolgate lists fetch`")
    for id_ in selection.unknown:
        say(f"list {id_} is left out: sources.yaml does not have it")
    for category in unlisted_floor(selection.lists):
        say(f"no list in use is about '{category}', which the law asks to block")
    return selection.lists


def _index(
    layout: Layout,
    lists: Sequence[ListSource],
    catalogue: Catalogue,
    previous: _Previous | None,
    now: datetime,
    say: Say,
    on_progress: OnProgress,
) -> tuple[Path, FileMark, str]:
    """An index of the lists: the previous one when nothing changed, else a new one."""
    try:
        inputs = inputs_digest(lists, catalogue)
        if previous is not None and previous.manifest.inputs == inputs:
            index = previous.directory / INDEX
            mark = mark_of(index)
            if mark == previous.manifest.files.get(INDEX):
                say("the lists have not changed; their index is used again")
                return index, mark, inputs
        report = compile_index(
            lists,
            layout.compiled(),
            catalogue=catalogue,
            built_at=now,
            seed=seed_of(previous.directory / INDEX) if previous is not None else None,
            on_file=lambda file: say(f"reading {file.id}"),
            on_progress=on_progress,
        )
    except (ListsError, OSError) as error:
        raise PublishRefused([f"the lists cannot be compiled: {error}"]) from error
    say(f"compiled {len(report.lists)} lists: {report.records} entries, {report.octets} bytes")
    return layout.compiled(), mark_of(layout.compiled()), inputs


def _is_whole(previous: _Previous) -> bool:
    """Whether the index before is what was published: only with that can another be compared."""
    try:
        return mark_of(previous.directory / INDEX) == previous.manifest.files.get(INDEX)
    except OSError:
        return False


def _own_copy(layout: Layout, index: Path) -> Path:
    """An index that no other base has a share in: damage to one file must not reach the bases before it."""
    if index != layout.compiled():
        shutil.copyfile(index, layout.compiled())
    return layout.compiled()


def _is_same(previous: _Previous, ingredients: Ingredients, index: FileMark) -> bool:
    return previous.ingredients == ingredients and previous.manifest.files.get(INDEX) == index


def _parts_changed(previous: _Previous | None, now: Ingredients, index: FileMark) -> tuple[str, ...]:
    """Which parts of a new base are other than those of the one before; none where there was none."""
    if previous is None:
        return ()
    before = previous.ingredients
    parts = {
        "settings": before.settings != now.settings,
        "categories": before.catalogue != now.catalogue,
        "search engines and pass-through lists": before.supplements != now.supplements,
        "ways around the filter": before.bypass != now.bypass,
        "lists": previous.manifest.files.get(INDEX) != index,
        "people": before.directory.people != now.directory.people,
    }
    return tuple(name for name, differs in parts.items() if differs)


def _differences(previous: _Previous | None, now: Ingredients, changed: Sequence[str]) -> Iterator[str]:
    """What a new base changes, a line for each part."""
    if previous is None:
        return
    parts = [part for part in changed if part != "people"]
    if parts:
        yield f"changed: {', '.join(parts)}"
    if "people" in changed:
        before = previous.ingredients.directory.people
        yield f"people: {len(now.directory.people)} known, {len(before)} before"
