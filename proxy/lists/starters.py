"""Which lists does Schoolgate bring along, and what do their heads say?

A starter list is `blocklists/<category>/starter.txt`: plain names under a head of `# key: value` lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from proxy.lists.categories import Catalogue
from proxy.lists.errors import ListsProblem, Problem
from proxy.lists.formats import Format
from proxy.lists.sources import ListSource

FILE = "starter.txt"
KEYS = ("title", "category", "licence", "date", "belongs")


@dataclass(frozen=True, slots=True)
class Head:
    """What a starter list says of itself.

    belongs   one sentence on what belongs in it
    """

    title: str
    category: str
    licence: str
    date: date
    belongs: str


def starter_lists(blocklists: Path, catalogue: Catalogue) -> tuple[ListSource, ...]:
    """The starter lists under a directory, by category. Raises ListsProblem with all that is wrong."""
    sources: list[ListSource] = []
    problems: list[Problem] = []
    for path in sorted(blocklists.glob(f"*/{FILE}")):
        try:
            sources.append(_source(path, read_head(path), catalogue))
        except ListsProblem as problem:
            problems.extend(problem.problems)
    if problems:
        raise ListsProblem(tuple(problems))
    return tuple(sources)


def read_head(path: Path) -> Head:
    """Read the head of a starter list. Raises ListsProblem with all that is wrong."""
    found: dict[str, tuple[int, str]] = {}
    problems: list[Problem] = []
    for number, key, value in _head_lines(path):
        if key in found:
            problems.append(_problem(path, number, f"the head has '{key}' twice"))
        found[key] = (number, value)
    for key in KEYS:
        if not found.get(key, (0, ""))[1]:
            problems.append(_problem(path, 1, f"the head has no '{key}'", f"# {key}: ..."))
    if not problems:
        values = {key: found[key][1] for key in KEYS}
        try:
            return Head(**{**values, "date": date.fromisoformat(values["date"])})  # type: ignore[arg-type]
        except ValueError:
            line = found["date"][0]
            problems.append(_problem(path, line, "the date is not one", "# date: 2026-09-01"))
    raise ListsProblem(tuple(problems))


def _head_lines(path: Path) -> Iterator[tuple[int, str, str]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                key, colon, value = line.lstrip("# ").partition(":")
                if not line.startswith("#"):
                    return
                if colon:
                    yield number, key.strip(), value.strip()
    except OSError as error:
        raise ListsProblem((_problem(path, 0, f"cannot be read: {error.strerror}"),)) from error


def _source(path: Path, head: Head, catalogue: Catalogue) -> ListSource:
    if head.category not in catalogue.categories:
        message = f"no category is called '{head.category}'"
        raise ListsProblem((_problem(path, 1, message, "see categories.yaml"),))
    if path.parent.name != head.category:
        message = f"it stands in the folder {path.parent.name}/ and says category: {head.category}"
        raise ListsProblem((_problem(path, 1, message),))
    return ListSource(
        id=f"starter/{head.category}",
        title=head.title,
        path=path,
        format=Format.DOMAINS,
        category=head.category,
        allow=catalogue.is_open(head.category),
        licence=head.licence,
    )


def _problem(path: Path, line: int, message: str, hint: str = "") -> Problem:
    return Problem(str(path), line, 1 if line else 0, message, hint)
