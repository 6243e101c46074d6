"""What do the settings in a directory say, and what is wrong with them?

Every file is read, every value checked, and all problems are reported together. Checks that look at
the settings as a whole run even when some values are wrong: on what remains without those values.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from proxy.settings.checks import whole_checks
from proxy.settings.gathering import gather, ids_in
from proxy.settings.positions import read_document
from proxy.settings.problem import Place, Problem
from proxy.settings.pruning import prune
from proxy.settings.reporting import Report
from proxy.settings.schema import Settings
from proxy.settings.shape import bare, is_part, keys
from proxy.settings.tree import Document, Fields, Items, Node, Plain, Scalar, plain
from proxy.settings.wording import Loc, Worded

LEVELS = ("district", "schools", "groups", "classes", "devices")
PRUNING_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, or why there are none.

    settings    None when there is any problem
    problems    sorted by file and line
    report      knows where everything stands in the files; None when there are no files
    """

    settings: Settings | None
    problems: tuple[Problem, ...] = ()
    report: Report | None = field(default=None, compare=False, repr=False)


def load(directory: Path) -> Loaded:
    """Read all `*.yaml` files that stand directly in a directory as one tree of settings.

    Relative paths in the settings start at the directory and come out absolute. Never raises for
    anything that the files hold.
    """
    documents, problems = _read_all(directory)
    if not documents:
        return Loaded(None, tuple(problems))
    root, report = _joined(directory, documents)
    report.problems.extend(problems)
    _ids_used_twice(root, report)
    _empty_items(root, (), report)
    settings = _validated(directory, root, report, all(d.root is not None for d in documents))
    if settings is not None:
        for said in whole_checks(settings):
            report.add_unless_known(said)
    found = report.sorted()
    return Loaded(None if found else settings, found, report)


def _read_all(directory: Path) -> tuple[list[Document], list[Problem]]:
    def whole(message: str, hint: str = "") -> tuple[list[Document], list[Problem]]:
        return [], [Problem(str(directory), 0, 0, "", "", message, hint)]

    try:
        names = sorted(name for name in os.listdir(directory) if name.endswith((".yaml", ".yml")))
    except OSError as error:
        return whole(f"the settings directory cannot be read: {error.strerror}", "name one with --config DIR")
    if not names:
        return whole(
            "there is no settings file (*.yaml) in this directory", "config/demo shows a complete example"
        )
    documents: list[Document] = []
    problems: list[Problem] = []
    for name in names:
        file = str(directory / name)
        try:
            document = read_document((directory / name).read_bytes(), file)
        except OSError as error:
            problems.append(Problem(file, 0, 0, "", "", f"the file cannot be read: {error.strerror}"))
            continue
        documents.append(document)
        problems.extend(document.problems)
    return documents, problems


def _joined(directory: Path, documents: list[Document]) -> tuple[Fields, Report]:
    """All files as one tree; a key may stand in one of them only."""
    root = Fields(Place(str(directory)))
    report = Report(root, documents)
    for document in documents:
        for key, (place, node) in document.root.entries.items() if document.root else ():
            if key in root.entries:
                first = root.entries[key][0]
                hint = f"it is already in {first.file}, line {first.line}; keep one of the two"
                report.at(place, key, f"'{key}' stands in two settings files", hint)
            else:
                root.entries[key] = (place, node)
    return root, report


def _ids_used_twice(root: Fields, report: Report) -> None:
    for together in (LEVELS, ("networks",), ("pass_through",)):
        seen: dict[str, Place] = {}
        for key in together:
            for name, scalar in ids_in(root, key):
                if name in seen:
                    hint = f"it is already used in {seen[name].file}, line {seen[name].line}"
                    report.at(scalar.place, f"{key}.{name}.id", f"the id '{name}' is used twice", hint)
                seen.setdefault(name, scalar.place)


def _empty_items(node: Node, path: Loc, report: Report) -> None:
    if isinstance(node, Fields):
        for key, (_, child) in node.entries.items():
            _empty_items(child, (*path, key), report)
    elif isinstance(node, Items):
        for number, child in enumerate(node.nodes):
            if isinstance(child, Scalar) and child.is_nothing:
                report.at(
                    child.place, report.shown((*path, number)), "nothing is written here", "remove the '-'"
                )
            _empty_items(child, (*path, number), report)


def _validated(directory: Path, root: Fields, report: Report, complete: bool) -> Settings | None:
    """Check every value; what remains when the wrong ones are left out, or None.

    complete    whether every file could be read
    """
    gathered = gather(directory.resolve(), root, complete=complete)
    for file in gathered.unreadable:
        message = f"{file} is missing there or cannot be read"
        report.add(Worded(("lists", "blocklists"), message, "name Schoolgate's blocklists directory"))
    data = _as_written(root, report)
    for attempt in range(PRUNING_ROUNDS):
        try:
            return Settings.model_validate(data, context=gathered.known)
        except ValidationError as error:
            if attempt == 0:
                report.add_all(error, Settings, complete=complete)
            if not prune(data, error):
                return None
    return None


def _as_written(root: Fields, report: Report) -> dict[str, Any]:
    """The tree as plain data, with empty parts for those not written and a place for own-list lines."""
    data: Any = plain(root)
    for key, info in keys(Settings).items():
        if is_part(bare(info.annotation)) and not info.is_required() and info.default is not None:
            data.setdefault(key, {})
    for path, line in _own_list_lines(data):
        place = report.place(path)
        line["@file"], line["@line"] = Path(place.file).name, place.line
    return dict(data)


def _own_list_lines(data: dict[str, Any]) -> Iterator[tuple[Loc, dict[str, Plain | int]]]:
    """Each line of the levels' own allow and block lists, with its path."""
    for key in LEVELS:
        levels = data.get(key)
        for number, level in enumerate(levels if isinstance(levels, list) else [levels]):
            base: Loc = (key, number) if isinstance(levels, list) else (key,)
            for side in ("allow", "block") if isinstance(level, dict) else ():
                lines = level.get(side)
                for index, line in enumerate(lines if isinstance(lines, list) else ()):
                    if isinstance(line, dict):
                        yield (*base, side, index), line
