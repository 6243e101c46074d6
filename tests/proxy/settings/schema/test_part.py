"""What all parts of the settings share."""

import pytest
from pydantic import ValidationError

from proxy.settings.schema.part import Part


class Sample(Part):
    """A part with a list and a text."""

    names: tuple[str, ...] = ()
    """Names."""
    maybe: tuple[str, ...] | None = None
    """Names, or nothing."""
    text: str = ""
    """A text."""


def test_a_single_value_may_stand_for_a_list() -> None:
    assert Sample.model_validate({"names": "one", "maybe": "two", "text": "three"}) == Sample(
        names=("one",), maybe=("two",), text="three"
    )


def test_a_part_cannot_be_changed_and_takes_no_unknown_key() -> None:
    with pytest.raises(ValidationError):
        Sample().text = "x"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Sample.model_validate({"txet": "x"})
