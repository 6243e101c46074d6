"""What do all parts of the settings share?"""

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator


class Part(BaseModel):
    """A frozen part of the settings; unknown keys are errors. The docstring below a field documents it
    (`proxy.settings.meanings`)."""

    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        validate_default=True,
        str_strip_whitespace=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _single_values(cls, data: Any, info: ValidationInfo) -> Any:
        """Where a list is expected, one value may stand alone; not in a base, which is written by us."""
        if info.mode == "json" or not isinstance(data, dict):
            return data
        alone = {
            key: [data[key]]
            for name, info in cls.model_fields.items()
            for key in (info.alias or name,)
            if isinstance(data.get(key), str) and _is_list(info.annotation)
        }
        return {**data, **alone} if alone else data


def _is_list(annotation: Any) -> bool:
    return any(get_origin(each) is tuple for each in (annotation, *get_args(annotation)))
