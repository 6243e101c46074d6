"""Settings of the levels."""

import pytest
from pydantic import ValidationError

from proxy.decision.policy import Target
from proxy.settings.schema.scopes import Device, SchoolRuleSettings


def line(**target: str) -> SchoolRuleSettings:
    return SchoolRuleSettings.model_validate({"owner": "o", "reason": "r", "since": "2026-01-01", **target})


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"site": "Example.ORG."}, Target("example.org")),
        ({"site": "https://example.org/"}, Target("example.org")),
        ({"site": "192.0.2.1"}, Target("192.0.2.1")),
        ({"path": "example.org/labs"}, Target("example.org", "/labs")),
        ({"path": "http://example.org/%6Cabs/../x"}, Target("example.org", "/x")),
        ({"page": "example.org/a"}, Target("example.org", "/a", exact=True)),
        ({"page": "example.org/a?b=c"}, Target("example.org", "/a", exact=True, query="b=c")),
        ({"page": "example.org"}, Target("example.org", "/", exact=True)),
    ],
)
def test_a_line_speaks_of_a_site_a_part_or_a_page(written: dict[str, str], expected: Target) -> None:
    assert line(**written).target() == expected


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"site": "a.example", "path": "a.example/x"},
        {"site": "a.example:8443"},
        {"path": "a.example"},
        {"site": ""},
    ],
)
def test_a_line_speaks_of_exactly_one_thing(written: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        line(**written)


@pytest.mark.parametrize("user", [{}, {"subject": "s", "group": "g"}])
def test_a_device_has_either_a_person_or_a_group(user: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Device.model_validate({"id": "d", "addresses": "192.0.2.1", **user})
