"""How specific each level is."""

from pathlib import Path

from proxy.settings import load
from proxy.settings.depths import depths, parents
from small_settings import changed, write_settings

GROUPS = """profile: staff, minor: false}
  - {id: seniors, parent: students}
  - {id: captains, parent: seniors}
schools: [{id: north}]
classes: [{id: chess, parent: north}]"""


def test_a_group_below_a_group_is_more_specific(tmp_path: Path) -> None:
    settings = load(write_settings(tmp_path, changed("profile: staff, minor: false}", GROUPS))).settings
    assert settings is not None
    found = depths(settings)

    assert sorted(found, key=lambda id_: found[id_]) == [
        "district",
        "north",
        "students",
        "staff",
        "seniors",
        "captains",
        "chess",
    ]
    assert found["students"] == found["staff"] < found["seniors"] < found["captains"] < found["chess"]
    assert parents(settings)["captains"] == "seniors"
    assert parents(settings)["chess"] == "north"
    assert parents(settings)["staff"] == "district"
