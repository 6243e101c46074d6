"""What does a YAML data file say, in typed form, and where does it say something wrong?"""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from proxy.lists.errors import ListsProblem, Problem

MAX_OCTETS = 8 << 20
MAX_PLACES = 500_000

type Place = tuple[int, int]
type Path_ = tuple[str | int, ...]


class Strict(BaseModel):
    """Base of every data file's models: frozen, and an unknown key is a problem."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="forbid", str_strip_whitespace=True)


class Document[Model: BaseModel]:
    """A data file that was read.

    value   the typed contents
    """

    def __init__(self, path: Path, value: Model, places: Mapping[Path_, Place]) -> None:
        self.path = path
        self.value = value
        self._places = places

    def problem(self, where: Path_, message: str, hint: str = "") -> Problem:
        """A problem at a place in this file."""
        line, column = place_of(self._places, where)
        return Problem(str(self.path), line, column, message, hint)


def read_document[Model: BaseModel](path: Path, model: type[Model]) -> Document[Model]:
    """Read a YAML file into a model. Raises ListsProblem with everything that is wrong."""
    node = _compose(path)
    places: dict[Path_, Place] = {}
    try:
        data = _plain(node, (), places) if node is not None else None
        return Document(path, model.model_validate(data), places)
    except (_Broken, RecursionError) as error:
        raise ListsProblem((_broken(path, error),)) from error
    except ValidationError as error:
        problems = (_problem(path, detail, places, model) for detail in error.errors(include_url=False))
        ordered = sorted(set(problems), key=lambda problem: (problem.line, problem.column, problem.message))
        raise ListsProblem(tuple(ordered)) from error


def _broken(path: Path, error: Exception) -> Problem:
    if isinstance(error, _Broken):
        return Problem(str(path), error.line, error.column, error.message, error.hint)
    return Problem(str(path), 1, 1, "it is nested too deeply")


def place_of(places: Mapping[Path_, Place], where: Path_) -> Place:
    """The place of a path, or of the nearest thing around it that stands in the file."""
    while where and where not in places:
        where = where[:-1]
    return places.get(where, (1, 1))


def _compose(path: Path) -> yaml.Node | None:
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ListsProblem((Problem(str(path), 0, 0, f"cannot be read: {error.strerror}"),)) from error
    if len(octets) > MAX_OCTETS:
        raise ListsProblem((Problem(str(path), 0, 0, f"is larger than {MAX_OCTETS} octets"),))
    try:
        return yaml.compose(octets.decode("utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise ListsProblem((Problem(str(path), line, column, f"not YAML: {error.problem}"),)) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ListsProblem((Problem(str(path), 1, 1, f"not YAML in UTF-8: {error}"),)) from error


def _plain(node: yaml.Node, where: Path_, places: dict[Path_, Place]) -> Any:
    """Turn nodes into plain data; every scalar stays the text that it is in the file."""
    places[where] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if len(places) > MAX_PLACES:
        raise _Broken(node.start_mark, "the file repeats itself through aliases without end")
    if isinstance(node, yaml.MappingNode):
        return {key: _plain(value, (*where, key), places) for key, value in _fields(node).items()}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*where, number), places) for number, item in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _fields(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    fields: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in fields:
            twice = isinstance(key, yaml.ScalarNode)
            message = f"'{key.value}' stands there twice" if twice else "a key is a plain word"
            raise _Broken(key.start_mark, message, "keep one" if twice else "")
        fields[key.value] = value
    return fields


class _Broken(Exception):
    """Something that no data can be made of, at a place."""

    def __init__(self, mark: yaml.Mark, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.column, self.message, self.hint = mark.line + 1, mark.column + 1, message, hint


def _problem(path: Path, detail: Any, places: Mapping[Path_, Place], model: type[BaseModel]) -> Problem:
    where: Path_ = tuple(detail["loc"])
    line, column = place_of(places, where)
    spoken = ".".join(str(part) for part in where) or "the file"
    if detail["type"] == "extra_forbidden":
        known = sorted(set(_keys(model)))
        near = difflib.get_close_matches(str(where[-1]), known, 1)
        hint = f"did you mean '{near[0]}'?" if near else ""
        return Problem(str(path), line, column, f"{spoken}: this key is not known", hint)
    if detail["type"] == "missing":
        return Problem(str(path), line, column, f"{spoken}: this key is missing")
    return Problem(str(path), line, column, f"{spoken}: {detail['msg'].removeprefix('Value error, ')}")


def _keys(model: type[BaseModel]) -> Iterator[str]:
    """Keys of a model and of the models inside it."""
    for name, field in model.model_fields.items():
        yield name
        for inner in _models(field.annotation):
            yield from _keys(inner)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)
