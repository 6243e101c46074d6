"""A base's files and what they become."""

from dataclasses import replace
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


def test_what_two_bases_have_in_common_is_taken_from_the_one_in_memory(school: WrittenSchool) -> None:
    first = read_base(school.layout, 1)
    school.list_games("new.example")
    school.publish()
    school.change(zone="America/Denver")
    school.publish()

    second, third = (read_base(school.layout, revision, first) for revision in (2, 3))

    assert (second.revision, second.policy.base, second.identities) == (2, 2, first.identities)
    assert second.policy.scopes is first.policy.scopes
    assert [len(second.policy.listings.for_host(name)) for name in ("games.example", "new.example")] == [0, 1]
    assert second.policy == replace(read_base(school.layout, 2).policy, listings=second.policy.listings)
    assert third.policy.zone.key == "America/Denver"
    assert third.identities is not first.identities


def test_a_damaged_file_is_found_even_where_it_need_not_be_read(school: WrittenSchool) -> None:
    first = read_base(school.layout, 1)
    school.list_games("new.example")
    school.publish()
    (school.base(2) / "identity.json").write_bytes(b"{}")

    with pytest.raises(BundleRefused, match=r"identity\.json: its checksum differs"):
        read_base(school.layout, 2, first)


@pytest.mark.parametrize(
    "name",
    ["settings.json", "categories.json", "supplements.json", "identity.json", "bypass.json", "index.sgi"],
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


def test_what_is_known_of_ways_around_comes_with_the_base_and_the_schools_surroundings(
    school: WrittenSchool,
) -> None:
    school.know_of("vpn.example")
    school.publish()
    (school.root / "blocklists" / "bypass" / "vpn.yaml").unlink()

    known = read_base(school.layout, 2).knowledge

    assert known is not None
    assert (known.named("www.vpn.example"), known.named("example")) == (known.names["vpn.example"], None)
    assert [str(network) for network in known.around.networks][:1] == ["192.0.2.0/24"]


def test_a_school_that_switches_detectors_off_has_a_base_without_knowledge(school: WrittenSchool) -> None:
    assert read_base(school.layout, 1).knowledge is None
    assert not (school.base(1) / "bypass.json").exists()


def test_a_base_that_knows_nothing_though_detectors_are_to_look_is_refused(school: WrittenSchool) -> None:
    school.know_of("vpn.example")
    school.publish()
    manifest = read_manifest(school.base(2), 2)
    files = {name: mark for name, mark in manifest.files.items() if name != "bypass.json"}
    (school.base(2) / MANIFEST).write_bytes(Manifest(2, files, manifest.inputs).to_bytes())

    with pytest.raises(BundleRefused, match="bundle/base-2: holds nothing about ways around the filter"):
        read_base(school.layout, 2)


def test_refreshed_lists_leave_the_knowledge_in_memory_as_it_is(school: WrittenSchool) -> None:
    school.know_of("vpn.example")
    school.publish()
    second = read_base(school.layout, 2)
    school.list_games("new.example")
    school.publish()

    assert read_base(school.layout, 3, second).knowledge is second.knowledge


def test_damage_to_what_is_known_refuses_the_base(school: WrittenSchool) -> None:
    school.know_of("vpn.example")
    school.publish()
    file = school.base(2) / "bypass.json"
    file.write_bytes(file.read_bytes().replace(b"vpn.example", b"vpm.example"))

    with pytest.raises(BundleRefused, match=r"bypass\.json: its checksum differs"):
        read_base(school.layout, 2)
