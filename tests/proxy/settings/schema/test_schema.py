"""The whole tree of settings."""

import pytest
from pydantic import ValidationError

from proxy.settings.schema import Settings

SMALL = {
    "zone": "Europe/Dublin",
    "dns": {"system": True},
    "groups": [{"id": "a", "profile": "high", "minor": True}],
    "networks": [{"id": "n", "addresses": "192.0.2.0/24"}],
    "strictest": "a",
}


def test_what_is_needed_is_little() -> None:
    settings = Settings.model_validate(SMALL)

    assert [scope.id for scope in settings.scopes()] == ["district", "a"]
    assert [settings.path_of(scope) for scope in settings.scopes()] == [("district",), ("groups", "a")]
    assert settings.time_zone.key == "Europe/Dublin"


@pytest.mark.parametrize("zone", ["Mars", "", "/etc/passwd", "../UTC", "Europe"])
def test_a_zone_must_be_known(zone: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({**SMALL, "zone": zone})
