"""Which files of a source hold entries, in which format, and under which category?

Most sources are one file. A SquidGuard directory has a folder a category with `domains`, `urls`,
`expressions` and `usage`; links between folders (and `NAME.symlink-target` files, as some mirrors have
them) are other names for the same category.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proxy.lists.categories import Catalogue
from proxy.lists.formats import Format
from proxy.lists.sources import ListSource

PARTS = {
    "domains": Format.DOMAINS,
    "urls": Format.URLS,
    "expressions": Format.EXPRESSIONS,
    "very_restrictive_expression": Format.EXPRESSIONS,
}
RESTRICTIVE = "very_restrictive_expression"
LINK_SUFFIX = ".symlink-target"
COLOURS = frozenset({"black", "white"})
MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class ListFile:
    """One file of entries; what a Listing's `list_id` and line point to.

    upstream   names its category goes by upstream, the most telling first
    category   ours; None: each line names its own, or none fits
    held       not taken unless the source asks for it
    """

    id: str
    source: ListSource
    path: Path
    format: Format
    category: str | None
    upstream: tuple[str, ...] = ()
    allow: bool = False
    held: bool = False


def files_of(source: ListSource, catalogue: Catalogue) -> list[ListFile]:
    """The files of a source, in a fixed order."""
    if source.format is not Format.SQUIDGUARD:
        return [ListFile(source.id, source, source.path, source.format, source.category, (), source.allow)]
    return list(_tree(source, catalogue))


def is_tree(directory: Path) -> bool:
    """Say whether a directory is laid out as SquidGuard's are."""
    return any(child.is_dir() and _parts(child) for child in directory.iterdir())


def _tree(source: ListSource, catalogue: Catalogue) -> Iterator[ListFile]:
    synonyms = _synonyms(source.path)
    for folder in _folders(source.path, 0):
        name = folder.relative_to(source.path).as_posix()
        usage = _usage(folder / "usage")
        upstream = (name, *synonyms.get(name, ()), *(word for word in usage if word not in COLOURS))
        category = source.category or _category(source, upstream, catalogue)
        allow = source.allow or ("white" in usage and "black" not in usage)
        for part in _parts(folder):
            held = part.name == RESTRICTIVE and not source.restrictive
            id_ = f"{source.id}/{name}/{part.name}"
            yield ListFile(id_, source, part, PARTS[part.name], category, upstream, allow, held)


def _category(source: ListSource, upstream: tuple[str, ...], catalogue: Catalogue) -> str | None:
    if source.categories:
        return next((source.categories[name] for name in upstream if name in source.categories), None)
    found = (catalogue.by_upstream_name(name) for name in upstream)
    return next((category for category in found if category), None)


def _folders(directory: Path, depth: int) -> Iterator[Path]:
    """Folders that hold entries; links are names for other folders and are not followed."""
    for child in sorted(directory.iterdir()):
        if child.is_dir() and not child.is_symlink():
            if _parts(child):
                yield child
            if depth < MAX_DEPTH:
                yield from _folders(child, depth + 1)


def _parts(folder: Path) -> list[Path]:
    return [folder / name for name in PARTS if (folder / name).is_file()]


def _synonyms(root: Path) -> dict[str, list[str]]:
    """Folder -> further names it has through links."""
    synonyms: dict[str, list[str]] = {}
    for child in sorted(root.iterdir()):
        if child.is_symlink():
            synonyms.setdefault(child.readlink().name, []).append(child.name)
        elif child.name.endswith(LINK_SUFFIX) and child.is_file():
            target = child.read_text("utf-8", "replace")[:200].strip().rpartition("/")[2]
            synonyms.setdefault(target, []).append(child.name.removesuffix(LINK_SUFFIX))
    return synonyms


def _usage(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        return ()
    return tuple(path.read_text("utf-8", "replace")[:2000].lower().split())
