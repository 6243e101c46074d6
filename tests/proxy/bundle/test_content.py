"""A base's files and what they become."""

from pathlib import Path

import pytest

from proxy.bundle.content import base_of, read_base, read_ingredients
from proxy.bundle.errors import BundleRefused
from proxy.bundle.manifest import MANIFEST, Manifest, mark_of, read_manifest
from proxy.decision.listing import NoListings
from written_school import WrittenSchool, write_school


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    made = write_school(tmp_path)
    made.publish()
    return made


def test_all_parts_come_back_from_their_files(school: WrittenSchool) -> None:
    ingredients = read_ingredients(school.base(1), read_manifest(school.base(1), 1))
    assert ingredients.settings == school.settings()
    assert set(ingredients.catalogue.categories) == {"child_abuse", "pornography", "games", "education"}
    assert {name: len(content) > 2 for name, content in ingredients.files().items()} == dict.fromkeys(
        ("settings.json", "categories.json", "supplements.json", "identity.json"), True
    )


def test_a_base_is_a_policy_without_overlay(school: WrittenSchool) -> None:
    ingredients = read_ingredients(school.base(1), read_manifest(school.base(1), 1))
    base = base_of(ingredients, NoListings(), revision=4)
    assert (base.policy.base, base.policy.overlay, base.policy.overrides) == (4, 0, ())
    assert base.identities.known_network("192.0.2.1") == "rooms"


@pytest.mark.parametrize(
    "name", ["settings.json", "categories.json", "supplements.json", "identity.json", "index.sgi"]
)
def test_a_file_of_another_version_is_refused_and_not_half_understood(
    school: WrittenSchool, name: str
) -> None:
    directory = school.base(1)
    (directory / name).write_bytes(b"[]")
    files = dict(read_manifest(directory, 1).files) | {name: mark_of(directory / name)}
    (directory / MANIFEST).write_bytes(Manifest(1, files, "").to_bytes())

    with pytest.raises(BundleRefused, match="bundle/base-1: was made by another version"):
        read_base(school.layout, 1)
