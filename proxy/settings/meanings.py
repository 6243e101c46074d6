"""What does a key of the settings mean, in the words below it in the schema?

Pydantic would read them while the schema is made. That takes a tenth of the time in which the filter starts,
and only the reference and an error message ask for them.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from proxy.settings.schema.part import Part


@cache
def meanings(model: type[Part]) -> Mapping[str, str]:
    """Give the meaning of each key of a part; of none where the source is not there."""
    below: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, Part):
            below |= dict(_below_fields(cls))
    return {info.alias or name: below[name] for name, info in model.model_fields.items() if name in below}


def _below_fields(cls: type[Part]) -> Iterator[tuple[str, str]]:
    """Each field of a class with the docstring below it."""
    try:
        source = textwrap.dedent(inspect.getsource(cls))
    except (OSError, TypeError):
        return
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.ClassDef)
    for statement, following in pairwise(definition.body):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)
