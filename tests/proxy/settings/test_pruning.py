"""What remains without wrong values."""

from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings.pruning import prune
from proxy.settings.schema import Settings


def pruned(data: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(data)
    assert prune(data, caught.value)
    return data


def sound() -> dict[str, Any]:
    return {
        "zone": "Europe/Dublin",
        "dns": {"system": "true"},
        "groups": [{"id": "a", "profile": "high", "minor": "true"}],
        "networks": [{"id": "n", "addresses": ["192.0.2.0/24"]}],
        "strictest": "a",
    }


def test_a_wrong_value_goes_with_its_key() -> None:
    data = sound()
    data["groups"][0]["profile"] = "x"
    data["dns"]["odd"] = "1"

    assert pruned(data) == {**sound(), "groups": [{"id": "a", "minor": "true"}]}


def test_an_item_that_lacks_a_key_goes_as_a_whole_and_others_stay() -> None:
    data = sound()
    data["groups"] = [{"profile": "high"}, *data["groups"], {"minor": "yes"}]

    assert pruned(data) == sound()


def test_zone_and_resolver_are_stood_in_for() -> None:
    data = sound()
    del data["zone"], data["dns"]

    assert pruned(data) == {**sound(), "zone": "UTC", "dns": {"system": True}}


def test_other_missing_parts_cannot_be_made_up() -> None:
    data = sound()
    del data["networks"]
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(data)

    assert not prune(data, caught.value)
