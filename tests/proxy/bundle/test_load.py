"""Loading what is in force, and refusing what was changed."""

import functools
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.bundle.errors import BundleRefused, NothingPublished
from proxy.bundle.layout import Part
from proxy.bundle.load import LoadedBundle, load_current
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.bundle.write import write_overlay
from proxy.decision.policy import Correction
from written_school import WrittenSchool, write_school

MENDED = Correction("c1", "games.example", "games", "a library", ("library",))
FILES = [
    "manifest.json",
    "settings.json",
    "categories.json",
    "supplements.json",
    "identity.json",
    "index.sgi",
]


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    return write_school(tmp_path)


def flip(file: Path, at: int, bit: int = 0) -> None:
    data = bytearray(file.read_bytes())
    data[at % len(data)] ^= 1 << bit
    file.write_bytes(data)


def test_before_the_first_publication_there_is_nothing_to_load(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished, match="schoolgate publish"):
        load_current(tmp_path / "state")


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_bit_refuses_the_base_and_names_the_file(school: WrittenSchool, name: str) -> None:
    school.publish()
    flip(school.base(1) / name, 40 if name == "manifest.json" else -30)

    with pytest.raises(BundleRefused, match=rf"bundle/base-1/{name}: "):
        load_current(school.state)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_refuses_the_base(school: WrittenSchool, name: str) -> None:
    school.publish()
    (school.base(1) / name).unlink()

    with pytest.raises(BundleRefused, match=rf"bundle/base-1/{name}: cannot be read: No such file"):
        load_current(school.state)


def test_the_last_good_base_takes_the_place_of_a_damaged_one(school: WrittenSchool) -> None:
    school.publish()
    school.list_games("other.example")
    school.publish()
    flip(school.base(2) / "settings.json", 100)

    loaded = load_current(school.state)

    assert loaded.policy.base == 1
    assert loaded.problems == (
        "bundle/base-2/settings.json: its checksum differs: it was changed after it was published",
        "base revision 1 stays in force instead of 2",
    )


def test_a_base_from_a_place_of_another_revision_is_refused(school: WrittenSchool) -> None:
    school.publish()
    school.list_games("other.example")
    school.publish()
    shutil.rmtree(school.base(2))
    shutil.copytree(school.base(1), school.base(2))

    loaded = load_current(school.state)

    assert loaded.policy.base == 1
    assert "says another revision than its name, 2" in loaded.problems[0]


def test_the_last_good_overlay_takes_the_place_of_a_damaged_one(school: WrittenSchool) -> None:
    school.publish()
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    publish_overlay(Overlay(), school.state)
    flip(school.overlay(2), 50)

    loaded = load_current(school.state)

    assert (loaded.policy.overlay, loaded.policy.corrections) == (1, (MENDED,))
    assert "overlay revision 1 stays in force instead of 2" in loaded.problems


def test_without_a_good_overlay_the_base_alone_is_in_force(school: WrittenSchool) -> None:
    school.publish()
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    school.overlay(1).write_text("{}")

    loaded = load_current(school.state)

    assert (loaded.policy.overlay, loaded.policy.corrections) == (0, ())
    assert loaded.problems[0].startswith("bundle/overlay-1.json: lacks one of")


def test_a_floor_correction_by_one_person_is_stored_and_never_applied(school: WrittenSchool) -> None:
    school.publish()
    alone = Correction("c2", "floor.example", "pornography", "not so", ("library",))
    with school.layout.locked():
        write_overlay(school.layout, Overlay(corrections=(alone, MENDED)))

    loaded = load_current(school.state)

    assert loaded.policy.corrections == (MENDED,)
    assert loaded.problems[0].startswith("correction c2 is not applied: 'pornography' is blocked by law")


def test_a_lost_link_leaves_the_newest_good_base(school: WrittenSchool) -> None:
    school.publish()
    (school.layout.directory / "base.current").unlink()

    assert load_current(school.state).policy.base == 1


@functools.cache
def published() -> tuple[WrittenSchool, LoadedBundle]:
    """One base with an overlay, published once and copied by each example."""
    school = write_school(Path(tempfile.mkdtemp(prefix="schoolgate-test-")))
    school.publish()
    publish_overlay(Overlay(corrections=(MENDED,)), school.state)
    return school, load_current(school.state)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_changed_octet_anywhere_ever_makes_another_policy(data: st.DataObject) -> None:
    school, good = published()
    file = data.draw(st.sampled_from([*(school.base(1) / name for name in FILES), school.overlay(1)]))
    original = file.read_bytes()
    changed = bytearray(original)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(original) - 1))] = data.draw(st.integers(0, 255))
    file.write_bytes(changed)
    try:
        loaded = load_current(school.state)
    except BundleRefused:
        assert bytes(changed) != original
    else:
        assert loaded.settings == good.settings
        assert loaded.identities.directory == good.identities.directory
        assert loaded.policy.categories == good.policy.categories
        assert loaded.policy.corrections in ((), good.policy.corrections)
        assert loaded.policy.overlay == len(loaded.policy.corrections)
        assert loaded.policy.listings.for_host("games.example") == good.policy.listings.for_host(
            "games.example"
        )
    finally:
        file.write_bytes(original)


def test_revisions_of_a_part_are_looked_up_newest_first(school: WrittenSchool) -> None:
    school.publish()
    school.list_games("other.example")
    school.publish()
    assert school.layout.revisions(Part.BASE) == [2, 1]
