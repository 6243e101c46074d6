"""At which line and column does a problem stand, and what is its path called?"""

from collections.abc import Iterable

from pydantic import ValidationError

from proxy.settings.problem import Place, Problem
from proxy.settings.schema.part import Part
from proxy.settings.tree import Document, Fields, Node, Scalar, item_id, steps
from proxy.settings.wording import Loc, Worded, without_echoes, worded


class Report:
    """Collects problems about a tree that was read from one or several files."""

    def __init__(self, root: Fields, documents: Iterable[Document]) -> None:
        self.problems: list[Problem] = []
        self._root = root
        self._documents = {document.file: document for document in documents}

    def add(self, said: Worded) -> None:
        """Report something about a path of the tree."""
        self.problems.append(self.problem(said))

    def add_unless_known(self, said: Worded) -> None:
        """Report something about a path, unless a problem at it or below it was reported already."""
        shown = self.shown(said.path)
        inside = (f"{shown}.", f"{shown}[")
        if not any(p.path == shown or p.path.startswith(inside) for p in self.problems):
            self.add(said)

    def problem(self, said: Worded) -> Problem:
        """Something about a path of the tree as a problem, without reporting it."""
        place = self.place(said.path, at_key=said.at_key)
        return self._made(place, self.shown(said.path), said.message, said.hint)

    def add_all(self, error: ValidationError, model: type[Part], *, complete: bool = True) -> None:
        """Report everything that did not validate against a model.

        complete    whether the tree holds all that was written, so that a missing part is worth a word
        """
        for each in without_echoes(error):
            is_missing = each["type"] == "missing"
            if is_missing and len(each["loc"]) == 1 and not complete:
                continue
            if not is_missing and each["input"] is None:  # an empty list item, reported as such
                continue
            self.add(worded(each, model))

    def at(self, place: Place, path: str, message: str, hint: str = "") -> None:
        """Report something about a place."""
        self.problems.append(self._made(place, path, message, hint))

    def _made(self, place: Place, path: str, message: str, hint: str) -> Problem:
        document = self._documents.get(place.file)
        line = document.line(place.line) if document is not None else ""
        return Problem(place.file, place.line, place.column, line, path, message, hint, place.width)

    def sorted(self) -> tuple[Problem, ...]:
        """What was reported, each once, by file and line."""
        return tuple(sorted(set(self.problems), key=lambda p: (p.file, p.line, p.column, p.path, p.message)))

    def place(self, path: Loc, *, at_key: bool = False) -> Place:
        """The value's place where it is a text, else its key's; for what is not there, the nearest above."""
        found = self._root.place
        for _, place, node in steps(self._root, path):
            found = place
            if isinstance(node, Scalar) and not at_key:
                found = node.place
            elif isinstance(node, Fields) and place == node.place and node.entries:
                found = next(iter(node.entries.values()))[0]
        return found

    def shown(self, path: Loc) -> str:
        """A path as people read it: `groups.middle.rules[0].categories[1]`."""
        shown = ""
        walked: list[Node] = [node for _, _, node in steps(self._root, path)]
        for number, step in enumerate(path):
            here = walked[number] if number < len(walked) else None
            if isinstance(step, str):
                shown += ("." if shown else "") + step[:60]
            elif here is not None:
                name = item_id(here)
                shown += f".{name[:60]}" if name else f"[{step}]"
        return shown
