"""Which list files lie under a path, and what are they about, as far as names and contents tell?"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from proxy.lists.categories import Catalogue
from proxy.lists.formats import Format
from proxy.lists.formats.guess import Unsupported, guess_format
from proxy.lists.sources import ListSource
from proxy.lists.tree import LINK_SUFFIX, is_tree

PAPERS = ("license", "licence", "copying", "readme", "notice", "changelog")
TREE_PAPERS = frozenset({"usage", "global_usage"})


@dataclass(frozen=True, slots=True)
class NotRead:
    """A file that no reader is for."""

    id: str
    path: Path
    entries: int
    why: str


def survey(paths: Iterable[Path], catalogue: Catalogue) -> Iterator[ListSource | NotRead]:
    """Find lists: a file as it is, a directory with everything under it, in a fixed order.

    Raises OSError when a path is not there.
    """
    for path in paths:
        if path.is_dir():
            yield from _directory(path, path, catalogue)
        else:
            yield _file(path, path.name, catalogue, ())


def _directory(root: Path, directory: Path, catalogue: Catalogue) -> Iterator[ListSource | NotRead]:
    whole = is_tree(directory)
    if whole:
        id_ = directory.relative_to(root).as_posix() if directory != root else root.name
        yield ListSource(id_, f"directory {id_}", directory, Format.SQUIDGUARD)
    for child in sorted(directory.iterdir()):
        if child.name.startswith(".") or child.is_symlink():
            continue
        if child.is_dir() and not whole:
            yield from _directory(root, child, catalogue)
        elif child.is_file() and not _is_paper(child.name):
            relative = child.relative_to(root)
            yield _file(child, relative.as_posix(), catalogue, tuple(reversed(relative.parent.parts)))


def _file(path: Path, id_: str, catalogue: Catalogue, folders: tuple[str, ...]) -> ListSource | NotRead:
    with path.open(encoding="utf-8", errors="replace") as lines:
        form = guess_format(lines)
    if isinstance(form, Unsupported):
        return NotRead(id_, path, _entries(path), form.why)
    names = (path.stem, path.name, *folders)
    category = None if form is Format.TSV else guess_category(names, catalogue)
    return ListSource(id_, f"file {id_}", path, form, category)


def guess_category(names: Iterable[str], catalogue: Catalogue) -> str | None:
    """The category that a file's or folder's name speaks of: whole, or any run of its words."""
    for name in names:
        for spoken in _runs(name):
            category = catalogue.by_upstream_name(spoken)
            if category is not None:
                return category
    return None


def _runs(name: str) -> Iterator[str]:
    """`vpn-ipv4-list`, then its runs of words, the longest first."""
    words = name.lower().replace("_", "-").replace(".", "-").replace(" ", "-").split("-")[:8]
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            yield "-".join(words[start : start + length])


def _is_paper(name: str) -> bool:
    stem = os.path.splitext(name)[0].lower()
    return stem in PAPERS or name in TREE_PAPERS or name.lower().endswith((".md", LINK_SUFFIX))


def _entries(path: Path) -> int:
    """Lines that are neither empty nor begin as comments do."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        return sum(1 for line in lines if line.strip() and not line.lstrip().startswith(("#", "!", ";")))
