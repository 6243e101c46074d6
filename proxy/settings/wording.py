"""How is an error of the schema said in plain words?"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from proxy.settings.meanings import meanings
from proxy.settings.problem import suggestion
from proxy.settings.schema.part import Part
from proxy.settings.shape import keys, model_at

type Loc = tuple[str | int, ...]
type Context = Mapping[str, Any]

_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Worded:
    """An error in plain words.

    path      what the error is about; for a missing key, the part that lacks it
    message   without a full stop
    at_key    whether the key is wrong rather than its value
    """

    path: Loc
    message: str
    hint: str = ""
    at_key: bool = False


def without_echoes(error: ValidationError) -> list[ErrorDetails]:
    """Everything that did not validate; a list is not called empty when only its items are wrong."""
    errors = error.errors(include_url=False)
    locs = [each["loc"] for each in errors]

    def has_wrong_items(loc: Loc) -> bool:
        return any(len(other) > len(loc) and other[: len(loc)] == loc for other in locs)

    return [each for each in errors if each["type"] != "too_short" or not has_wrong_items(each["loc"])]


def worded(error: Mapping[str, Any], model: type[Part]) -> Worded:
    """Say one entry of pydantic's `ValidationError.errors()` in the operator's words.

    model    what was validated
    """
    kind, loc = str(error["type"]), tuple(error["loc"])
    context: Context = error.get("ctx", {})
    if loc and loc[-1] == "[key]":
        loc = loc[:-1]
    if kind == "missing":
        return _missing(loc, model)
    if kind == "extra_forbidden":
        return _unknown_key(loc, model)
    say = _SAYINGS.get(kind)
    if say is None:
        return Worded(loc, "this value does not fit here")
    message, hint = say(error.get("input"), context)
    return Worded(
        loc, message, hint, at_key=kind == "unknown_name" and tuple(error["loc"])[-1:] == ("[key]",)
    )


def _missing(loc: Loc, root: type[Part]) -> Worded:
    key = str(loc[-1])
    model = model_at(root, loc[:-1])
    meaning = meanings(model).get(key, "") if model is not None else ""
    return Worded(loc[:-1], f"the key '{key}' is missing", meaning)


def _unknown_key(loc: Loc, root: type[Part]) -> Worded:
    model = model_at(root, loc[:-1])
    names = list(keys(model)) if model is not None else []
    return Worded(
        loc,
        f"there is no setting called '{_cut(loc[-1])}' here",
        suggestion(str(loc[-1]), sorted(names)),
        at_key=True,
    )


def _cut(value: Any) -> str:
    if isinstance(value, str):
        return value if len(value) <= 60 else value[:57] + "..."
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a block of keys"
    return str(value)[:60]


def _quoted(value: Any) -> str:
    return f"'{_cut(value)}'" if isinstance(value, str) else _cut(value)


def _choice(value: Any, context: Context) -> tuple[str, str]:
    choices = _QUOTED.findall(str(context.get("expected", "")))
    return f"{_quoted(value)} is not one of the choices", suggestion(str(value), choices)


def _name(value: Any, context: Context) -> tuple[str, str]:
    known: Sequence[str] = context["known"]
    return (
        f"no {context['kind']} is called '{_cut(context['name'])}'",
        suggestion(str(context["name"]), known, where=str(context["where"])),
    )


def _wants(what: str, hint: str = "") -> Callable[[Any, Context], tuple[str, str]]:
    return lambda value, context: (f"{what} belongs here, not {_quoted(value)}", hint)


def _bound(word: str, key: str) -> Callable[[Any, Context], tuple[str, str]]:
    return lambda value, context: (f"{_cut(value)} is too {word}", f"at {_LIMIT[key]} {context[key]}")


_LIMIT = {"ge": "least", "gt": "least more than", "le": "most", "lt": "most less than"}
_LIST = _wants("a list", "write [one, two], or one value a line after '- '")
_BLOCK = _wants("a block of `key: value` lines")
_NUMBER = _wants("a whole number")

_SAYINGS: dict[str, Callable[[Any, Context], tuple[str, str]]] = {
    "schoolgate": lambda value, context: (str(context["message"]), str(context["hint"])),
    "unknown_name": _name,
    "enum": _choice,
    "literal_error": _choice,
    "int_parsing": _NUMBER,
    "int_type": _NUMBER,
    "int_from_float": _NUMBER,
    "int_parsing_size": _NUMBER,
    "bool_parsing": _wants("`true` or `false`"),
    "bool_type": _wants("`true` or `false`"),
    "string_type": _wants("a text"),
    "path_type": _wants("a path"),
    "tuple_type": _LIST,
    "mapping_type": _BLOCK,
    "dict_type": _BLOCK,
    "model_type": _BLOCK,
    "model_attributes_type": _BLOCK,
    "greater_than_equal": _bound("small", "ge"),
    "less_than_equal": _bound("large", "le"),
    "too_short": lambda value, context: ("this list is empty", f"it needs at least {context['min_length']}"),
    "string_too_short": lambda value, context: (
        "this text is empty",
        "write something or leave the key away",
    ),
    "string_too_long": lambda value, context: (
        "this text is too long",
        f"at most {context['max_length']} characters",
    ),
    "string_pattern_mismatch": lambda value, context: (
        f"{_quoted(value)} is not a web address",
        "for example https://requests.example.org/ask",
    ),
}
