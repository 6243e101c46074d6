"""What does a YAML file say, and at which line and column does it say it?

Scalars stay text: what a text means is for the schema to say, so that `12:30`, `no`, `on` and
`2026-11-23` never turn into something else on the way. The file is read event by event, with bounds
on size, depth and what aliases unfold to, so that no text can exhaust memory or the stack.
"""

import re
from dataclasses import dataclass

import yaml

from proxy.settings.problem import Place, Problem, shown_line
from proxy.settings.tree import Document, Fields, Items, Node, Scalar

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 400_000

# Control characters, the line breaks that only YAML knows, and what is no character.
_STRANGE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class _Broken(Exception):
    """Reading cannot go on."""

    def __init__(self, place: Place, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.place, self.message, self.hint = place, message, hint


def read_document(raw: bytes, file: str) -> Document:
    """Read one settings file.

    raw     the file's bytes; UTF-8, with or without a byte order mark
    file    what to call the file in problems

    Never raises for any bytes: what cannot be read is a Problem and `root` is None.
    """
    try:
        text = _decoded(raw, file)
    except _Broken as broken:
        return Document(file, (), None, (_problem(broken, ()),))
    lines = tuple(text.split("\n"))
    builder = _Builder(file)
    try:
        _feed(builder, text)
    except _Broken as broken:
        return Document(file, lines, None, (*_problems(builder, lines), _problem(broken, lines)))
    except yaml.YAMLError as error:
        syntax = _syntax(error, file, lines)
        return Document(file, lines, None, (*_problems(builder, lines), _problem(syntax, lines)))
    if builder.root is not None and not isinstance(builder.root, Fields):
        if not (isinstance(builder.root, Scalar) and builder.root.is_nothing):
            wrong = _Broken(builder.root.place, "a settings file is a mapping", "begin with `key:` lines")
            return Document(file, lines, None, (_problem(wrong, lines),))
        return Document(file, lines, Fields(Place(file)))
    return Document(file, lines, builder.root or Fields(Place(file)), _problems(builder, lines))


def _decoded(raw: bytes, file: str) -> str:
    if len(raw) > MAX_FILE_BYTES:
        raise _Broken(Place(file), f"the file has {len(raw)} bytes; at most {MAX_FILE_BYTES} are read")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _Broken(Place(file, line, 1), "the file is not UTF-8 text", "save it as UTF-8") from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    strange = _STRANGE.search(text)
    if strange is not None:
        line = text.count("\n", 0, strange.start()) + 1
        column = strange.start() - text.rfind("\n", 0, strange.start())
        message = f"there is a control character (U+{ord(strange.group()):04X}) in the text"
        raise _Broken(Place(file, line, column), message, "remove it")
    return text


def _syntax(error: yaml.YAMLError, file: str, lines: tuple[str, ...]) -> _Broken:
    mark = getattr(error, "problem_mark", None)
    what = str(getattr(error, "problem", None) or "it cannot be read")
    if mark is None:
        return _Broken(Place(file), f"this is not YAML: {what}")
    line = lines[mark.line] if mark.line < len(lines) else ""
    place = Place(file, mark.line + 1, mark.column + 1)
    if line[mark.column : mark.column + 1] == "\t" or " tab " in what:
        return _Broken(place, "there is a tab where YAML allows only blanks", "indent with blanks")
    return _Broken(place, f"this is not YAML: {what}", _SYNTAX_HINTS.get(what, ""))


_SYNTAX_HINTS = {
    "mapping values are not allowed in this context": "a text with ': ' in it needs quotes",
    "could not find expected ':'": "a key needs a colon and a blank after it",
    "did not find expected key": "check the indentation against the lines above",
    "did not find expected ',' or ']'": "a list in brackets separates its values with commas",
    "did not find expected '-' indicator": "check the indentation against the lines above",
}


def _feed(builder: "_Builder", text: str) -> None:
    documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                place = builder.place(event)
                raise _Broken(place, "there is a second document in this file", "use one file for each")
        elif isinstance(event, yaml.NodeEvent):
            builder.node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            builder.end()


@dataclass(slots=True)
class _Open:
    """A collection that is being read.

    before    how many values had been read when it began
    height    levels below it so far
    """

    collection: Items | Fields
    anchor: str | None
    before: int
    key: Scalar | None = None
    height: int = 0


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A node that aliases may name, with its number of values and of levels."""

    node: Node
    size: int
    height: int


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.problems: list[_Broken] = []
        self._open: list[_Open] = []
        self._anchored: dict[str, _Anchored] = {}
        self._size = 0

    def place(self, event: yaml.Event) -> Place:
        """Where an event begins, and its width when it stands on one line."""
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return Place(self.file)
        width = end.column - start.column if end.line == start.line else 1
        return Place(self.file, start.line + 1, start.column + 1, max(1, width))

    def node(self, event: yaml.NodeEvent) -> None:
        """Take a scalar, an alias or the beginning of a collection."""
        place = self.place(event)
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise _Broken(place, f"settings use no YAML tags such as {tag}", "leave the tag away")
        if isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor, place)
        elif isinstance(event, yaml.ScalarEvent):
            self._count(
                _Anchored(Scalar(event.value, event.style in (None, ""), place), 1, 0), place, event.anchor
            )
        else:
            collection = Items(place) if isinstance(event, yaml.SequenceStartEvent) else Fields(place)
            self._count(_Anchored(collection, 1, 0), place, None)
            self._open.append(_Open(collection, event.anchor, self._size - 1))

    def end(self) -> None:
        """Take the end of the innermost collection."""
        ended = self._open.pop()
        if ended.anchor is not None:
            size = self._size - ended.before
            self._anchored[ended.anchor] = _Anchored(ended.collection, size, ended.height)
        if self._open:
            self._open[-1].height = max(self._open[-1].height, ended.height + 1)

    def _alias(self, anchor: str | None, place: Place) -> None:
        anchored = self._anchored.get(anchor or "")
        if anchored is None:
            raise _Broken(place, f"the alias *{anchor} has no complete &{anchor} before it")
        self._count(anchored, place, None)
        if self._open:
            self._open[-1].height = max(self._open[-1].height, anchored.height + 1)

    def _count(self, new: _Anchored, place: Place, anchor: str | None) -> None:
        """Attach a node unless it makes the tree too large or too deep."""
        self._size += new.size
        if self._size > MAX_NODES:
            raise _Broken(place, f"the file unfolds to more than {MAX_NODES} values", "use fewer aliases")
        if len(self._open) + new.height >= MAX_DEPTH:
            raise _Broken(place, f"the settings are nested more than {MAX_DEPTH} levels deep")
        if anchor is not None:
            self._anchored[anchor] = new
        self._attach(new.node)

    def _attach(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent.collection, Items):
            parent.collection.nodes.append(node)
        elif parent.key is None:
            if not isinstance(node, Scalar):
                raise _Broken(
                    node.place, "a key must be a single word or text", "check for a stray `?` or `[`"
                )
            parent.key = node
        else:
            self._enter(parent.collection, parent.key, node)
            parent.key = None

    def _enter(self, fields: Fields, key: Scalar, node: Node) -> None:
        if key.text in fields.entries:
            hint = f"it is already in line {fields.entries[key.text][0].line}"
            self.problems.append(_Broken(key.place, f"the key '{key.text}' stands here twice", hint))
        else:
            fields.entries[key.text] = (key.place, node)


def _problem(broken: _Broken, lines: tuple[str, ...]) -> Problem:
    at = broken.place
    text = shown_line(lines[at.line - 1]) if 0 < at.line <= len(lines) else ""
    return Problem(at.file, at.line, at.column, text, "", broken.message, broken.hint, at.width)


def _problems(builder: _Builder, lines: tuple[str, ...]) -> tuple[Problem, ...]:
    return tuple(_problem(broken, lines) for broken in builder.problems)
