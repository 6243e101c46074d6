"""Which model of the schema stands at a path of the settings, and what keys has it?"""

import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeAliasType, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from proxy.settings.schema.part import Part

type Path = Sequence[str | int]


def keys(model: type[Part]) -> dict[str, FieldInfo]:
    """A model's keys as they are written in YAML, without those that loading fills in itself."""
    named = {field.alias or name: field for name, field in model.model_fields.items()}
    return {key: field for key, field in named.items() if not key.startswith("@")}


def bare(annotation: Any) -> Any:
    """A field's type without Annotated and without `| None`."""
    while True:
        if isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            rest = [part for part in get_args(annotation) if part is not types.NoneType]
            if len(rest) != 1:
                return annotation
            annotation = rest[0]
        else:
            return annotation


def is_part(kind: Any) -> bool:
    """Say whether a bare type is one of our models."""
    return isinstance(kind, type) and issubclass(kind, Part)


def element(kind: Any) -> Any:
    """The bare type of a list's items or a mapping's values; None for anything else."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple and args:
        return bare(args[0])
    if origin is Mapping and len(args) == 2:
        return bare(args[1])
    return None


def model_at(root: type[Part], path: Path) -> type[Part] | None:
    """The model that stands at a path below `root`, or None."""
    kind: Any = root
    for step in path:
        if is_part(kind) and isinstance(step, str):
            field = keys(kind).get(step)
            if field is None:
                return None
            kind = bare(field.annotation)
        else:
            kind = element(kind)
    return kind if is_part(kind) else None
