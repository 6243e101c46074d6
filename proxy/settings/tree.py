"""What is the tree that a settings file holds, with the place of every key and value?"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from proxy.settings.problem import Place, Problem, shown_line

type Plain = str | list[Plain] | dict[str, Plain] | None
type Node = Scalar | Items | Fields


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. `plain` means unquoted, where an empty text, `~` and `null` stand for nothing."""

    text: str
    plain: bool
    place: Place

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was written here."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Items:
    """A list."""

    place: Place
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Fields:
    """A mapping: key text -> (place of the key, value)."""

    place: Place
    entries: dict[str, tuple[Place, Node]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its tree, its lines and what is wrong with it as YAML."""

    file: str
    lines: tuple[str, ...]
    root: Fields | None
    problems: tuple[Problem, ...] = ()

    def line(self, number: int) -> str:
        """The text of a 1-based line as messages repeat it, or ""."""
        return shown_line(self.lines[number - 1]) if 0 < number <= len(self.lines) else ""


def plain(node: Node) -> Plain:
    """Return a tree as texts, lists and dicts; a key with nothing behind it counts as not written."""
    if isinstance(node, Scalar):
        return None if node.is_nothing else node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.nodes]
    return {key: value for key, (_, child) in node.entries.items() if (value := plain(child)) is not None}


def steps(node: Node, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, Place, Node]]:
    """Yield, for each step of a path that the tree has, the step, where it stands and what is there.

    A number is an index; a text is a key, or in a list the `id` of one of its items. The walk ends
    at the last step that the tree has.
    """
    for step in path:
        found: tuple[Place, Node] | None = None
        if isinstance(node, Fields):
            found = node.entries.get(str(step))
        elif isinstance(node, Items):
            found = _item(node, step)
        if found is None:
            return
        place, node = found
        yield step, place, node


def _item(node: Items, step: str | int) -> tuple[Place, Node] | None:
    if isinstance(step, int):
        return (node.nodes[step].place, node.nodes[step]) if step < len(node.nodes) else None
    for item in node.nodes:
        if item_id(item) == step:
            return item.place, item
    return None


def item_id(node: Node) -> str:
    """The `id` that a list's item carries, or ""."""
    if isinstance(node, Fields) and "id" in node.entries:
        value = node.entries["id"][1]
        if isinstance(value, Scalar):
            return value.text
    return ""
