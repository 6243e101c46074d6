"""What does the reference page of all settings say? `python -m proxy.settings.reference` prints it."""

import types
from collections.abc import Iterator, Mapping
from datetime import date, time
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from proxy.settings.fields import Called
from proxy.settings.meanings import meanings
from proxy.settings.schema import Settings
from proxy.settings.schema.part import Part
from proxy.settings.shape import bare, element, is_part, keys

INTRODUCTION = """# Settings

Made from the schema by `python -m proxy.settings.reference`; a test fails when this page is stale.

Settings are all files `*.yaml` in one directory (`--config DIR`, else `$SCHOOLGATE_CONFIG`, else
`config/demo`). Each top-level key stands in exactly one of the files; which one does not matter.
`schoolgate check` reads them and says everything that is wrong, with line and column. Nothing takes
effect before `schoolgate publish`, and settings with a problem are never published: what is in force
stays in force.

- Texts need no quotes, unless they hold `: ` or ` #` or begin with one of ``[]{}&*!|>%@`"'``.
- Times are written `12:30` and dates `2026-11-23`; `true`, `yes` and `on` mean the same, as do
  `false`, `no` and `off`.
- Where a list is expected, a single value may stand alone.
- A key with nothing behind it counts as not written. An unknown key is a problem.
- Relative paths start at the settings directory.
"""


def reference() -> str:
    """The whole page, in Markdown."""
    return "\n".join([INTRODUCTION, *_root(), *(line for part in _sections() for line in part)]) + "\n"


def _root() -> Iterator[str]:
    yield "## Top-level keys"
    yield ""
    yield from _table(Settings, "")


def _sections() -> Iterator[list[str]]:
    seen: set[type[Part]] = set()
    for key, info in keys(Settings).items():
        yield from _parts(key, info, seen)


def _parts(path: str, info: FieldInfo, seen: set[type[Part]]) -> Iterator[list[str]]:
    """A section for the model at a path, and for those inside it; a model met before is not repeated."""
    kind = bare(info.annotation)
    inner = element(kind)
    if inner is not None:
        path += ".<id>" if get_origin(kind) is Mapping else "[]"
        kind = inner
    if not is_part(kind) or kind in seen:
        return
    seen.add(kind)
    yield ["", f"## `{path}`", "", (kind.__doc__ or "").strip(), "", *_table(kind, path)]
    for key, below in keys(kind).items():
        yield from _parts(f"{path}.{key}", below, seen)


def _table(model: type[Part], path: str) -> Iterator[str]:
    yield "| Key | What it is | Default | Meaning |"
    yield "|---|---|---|---|"
    said = meanings(model)
    for key, info in keys(model).items():
        yield f"| `{key}` | {described(info)} | {_default(info)} | {_cell(said.get(key, ''))} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def described(info: FieldInfo) -> str:
    """A field's type in words."""
    if not info.metadata:
        return _cell(_words(info.annotation))
    return _cell(_marked(info.annotation, info.metadata))


def _words(annotation: Any) -> str:
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return _marked(inner, marks)
    if get_origin(annotation) in (Union, types.UnionType):
        return " or ".join(_words(part) for part in get_args(annotation) if part is not types.NoneType)
    if get_origin(annotation) is tuple:
        return f"list: {_words(get_args(annotation)[0])}"
    if get_origin(annotation) is Mapping:
        key, value = get_args(annotation)
        return f"{_words(key)} -> {_words(value)}"
    if get_origin(annotation) is Literal:
        return " / ".join(f"`{choice}`" for choice in get_args(annotation))
    return _simple(annotation)


def _marked(inner: Any, marks: list[Any]) -> str:
    called = next((mark.words for mark in marks if isinstance(mark, Called)), None)
    limits = _limits(marks)
    return (called or _words(inner)) + (f", {limits}" if limits else "")


def _simple(kind: type) -> str:
    if is_part(kind):
        return "a block of keys"
    if issubclass(kind, Enum):
        return " / ".join(f"`{member.value}`" for member in kind)
    return _SIMPLE[kind]


_SIMPLE: dict[type, str] = {
    bool: "`true` / `false`",
    int: "a whole number",
    float: "a number",
    str: "a text",
    time: "a time of day",
    date: "a date",
    Path: "a path",
}


def _limits(marks: list[Any]) -> str:
    """Bounds of a number, from marks such as Ge(1) or a FieldInfo that holds them."""
    flat = [each for mark in marks for each in (mark.metadata if isinstance(mark, FieldInfo) else [mark])]
    least = next((mark.ge for mark in flat if hasattr(mark, "ge")), None)
    most = next((mark.le for mark in flat if hasattr(mark, "le")), None)
    if least is not None and most is not None:
        return f"{least} to {most}"
    return f"at least {least}" if least is not None else ""


def _default(info: FieldInfo) -> str:
    value = info.default
    if value is PydanticUndefined:
        return "**required**"
    if value is None or value == () or value == {} or isinstance(value, Part):
        return ""
    if isinstance(value, tuple):
        return ", ".join(_shown(each) for each in value)
    return _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, time):
        value = f"{value:%H:%M}"
    return f"`{value}`" if str(value) else ""


if __name__ == "__main__":
    print(reference(), end="")
