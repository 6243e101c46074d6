"""Finding a model in the schema."""

import pytest

from proxy.settings.schema import Settings
from proxy.settings.schema.part import Part
from proxy.settings.schema.scopes import Group, RuleSettings, SchoolRuleSettings
from proxy.settings.schema.when import WindowSettings
from proxy.settings.shape import keys, model_at


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), Settings),
        (("groups", 3), Group),
        (("groups", 3, "rules", 0), RuleSettings),
        (("schedules", "lunch", "windows", 0), WindowSettings),
        (("groups", 3, "id"), None),
        (("nothing", 3), None),
    ],
)
def test_a_path_leads_to_its_model(path: tuple[str | int, ...], expected: type[Part] | None) -> None:
    assert model_at(Settings, path) is expected


def test_keys_are_as_in_yaml_and_hide_what_loading_fills_in() -> None:
    assert list(keys(WindowSettings)) == ["days", "from", "to", "on"]
    assert "@line" not in keys(SchoolRuleSettings)
