"""Publishing settings and lists as a base."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.bundle.errors import PublishRefused
from proxy.bundle.layout import KEEP_BASES, Part
from proxy.bundle.load import load_current
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish import publish_base
from proxy.bundle.publish_overlay import publish_overlay
from proxy.decision.policy import Correction
from written_school import MORNING, WrittenSchool, write_school


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    return write_school(tmp_path)


def test_a_published_base_loads_as_the_policy_that_the_settings_describe(school: WrittenSchool) -> None:
    assert school.publish() == 1

    loaded = load_current(school.state)

    assert (loaded.policy.base, loaded.policy.overlay, loaded.problems) == (1, 0, ())
    assert [listing.list_id for listing in loaded.policy.listings.for_host("a.games.example")] == [
        "our-games"
    ]
    assert loaded.settings == school.settings()
    assert loaded.identities.subject("192.0.2.77").id == "student-11"


def test_publishing_the_same_again_changes_nothing(school: WrittenSchool) -> None:
    school.publish()
    said: list[str] = []

    assert school.publish(said.append) == 1
    assert said[-1] == "nothing has changed; base revision 1 stays in force"


def test_an_index_of_unchanged_lists_is_copied_and_not_compiled_again(school: WrittenSchool) -> None:
    school.publish()
    school.change(strictest="pupils", zone="America/Denver")
    said: list[str] = []

    assert school.publish(said.append) == 2

    assert "the lists have not changed; their index is used again" in said
    assert "changed: settings" in said
    indexes = [school.base(revision) / "index.sgi" for revision in (1, 2)]
    assert indexes[0].read_bytes() == indexes[1].read_bytes()


def test_damage_to_the_index_in_force_leaves_the_base_before_it_whole(school: WrittenSchool) -> None:
    school.publish()
    school.change(zone="America/Denver")
    school.publish()
    with (school.base(2) / "index.sgi").open("r+b") as index:
        index.seek(-1, os.SEEK_END)
        index.write(b"?")

    assert load_current(school.state).policy.base == 1


def test_it_says_of_which_floor_category_there_is_no_list(school: WrittenSchool) -> None:
    said: list[str] = []
    school.publish(said.append)
    assert [line for line in said if "the law asks" in line] == [
        "no list in use is about 'child_abuse', which the law asks to block"
    ]


def test_a_changed_list_is_compiled_anew(school: WrittenSchool) -> None:
    school.publish()
    school.list_games("other.example")

    assert school.publish() == 2

    listings = load_current(school.state).policy.listings
    assert [bool(listings.for_host(name)) for name in ("games.example", "other.example")] == [False, True]


def test_a_damaged_index_is_not_used_again(school: WrittenSchool) -> None:
    school.publish()
    index = school.base(1) / "index.sgi"
    index.write_bytes(index.read_bytes()[:-1])

    assert school.publish() == 2
    assert load_current(school.state).problems == ()


def test_a_list_that_cannot_be_read_stops_the_publication(school: WrittenSchool) -> None:
    school.publish()
    settings = school.settings()
    (school.config / "games.txt").unlink()

    with pytest.raises(PublishRefused, match="lists cannot be compiled"):
        publish_base(settings, school.state, now=MORNING)

    assert load_current(school.state).policy.base == 1


def test_the_newest_bases_are_kept_and_older_ones_removed(school: WrittenSchool) -> None:
    for number in range(KEEP_BASES + 2):
        school.list_games(f"n{number}.example")
        school.publish()

    assert school.layout.revisions(Part.BASE) == [7, 6, 5, 4, 3]
    assert school.layout.current(Part.BASE) == 7


def test_publishing_one_part_keeps_the_other(school: WrittenSchool) -> None:
    school.publish()
    correction = Correction("c1", "games.example", "games", "a library", ("library",))
    publish_overlay(Overlay(corrections=(correction,)), school.state)
    school.list_games("games.example", "more.example")
    school.publish()

    policy = load_current(school.state).policy

    assert (policy.base, policy.overlay, policy.corrections) == (2, 1, (correction,))


def test_overlay_entries_that_do_not_fit_a_new_base_are_reported_and_kept(school: WrittenSchool) -> None:
    school.publish()
    correction = Correction("c1", "shop.example", "education", "a shop", ("library",))
    publish_overlay(Overlay(corrections=(correction,)), school.state)
    categories = school.root / "blocklists" / "categories.yaml"
    categories.write_text(categories.read_text().replace('"education"', '"learning"'))
    said: list[str] = []

    school.publish(said.append)

    assert "correction c1: there is no category 'education'" in said
    assert load_current(school.state).policy.corrections == (correction,)


def test_everything_published_is_for_its_owner_only(school: WrittenSchool) -> None:
    school.publish()
    publish_overlay(Overlay(), school.state)

    modes = {
        path.name: path.stat().st_mode & 0o777
        for path in (school.state / "bundle").rglob("*")
        if not path.is_symlink()
    }

    assert {mode for name, mode in modes.items() if not name.startswith("base-")} == {0o600}
    assert modes["base-1"] == 0o700


def test_no_person_is_named_in_a_bundle(school: WrittenSchool) -> None:
    school.publish()

    content = b"".join(path.read_bytes() for path in school.base(1).iterdir())

    assert b"student-11" in content
    for private in (b"Given", b"Family", b"Eleven", b"eleven", b"2009-11-23"):
        assert private not in content


def test_people_whom_no_placement_fits_are_counted(school: WrittenSchool) -> None:
    roster = school.settings().roster
    assert roster is not None
    roster.users.write_text(roster.users.read_text() + "student-9,true,org-oak,student,nine,G,F,09\n")
    said: list[str] = []

    school.publish(said.append)

    assert "roster: 1 of 4 people fit no placement and stay unknown" in said


def test_what_a_publisher_left_that_was_killed_while_it_wrote_is_cleared_away(school: WrittenSchool) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from proxy.bundle.publish import publish_base
from proxy.lists import compile
from proxy.settings.loading import load

compile.pack = lambda *parts: os.kill(os.getpid(), signal.SIGKILL)
publish_base(load(Path(sys.argv[1])).settings, Path(sys.argv[2]))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, str(school.config), str(school.state)], check=False
    )
    left = [path.name for path in school.layout.directory.glob(".*")]

    school.publish()

    assert (ended.returncode, len(left)) == (-signal.SIGKILL, 1)
    assert list(school.layout.directory.glob(".*")) == []


def test_a_publication_that_the_disk_cuts_short_leaves_nothing_that_keeps_it_full(
    school: WrittenSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.publish()
    before = sorted(path.name for path in school.layout.directory.iterdir())
    (school.config / "games.txt").write_text("games.example\nmore.example\n")

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("proxy.bundle.write.sync_directory", full)
    with pytest.raises(OSError, match="No space left"):
        school.publish()

    assert sorted(path.name for path in school.layout.directory.iterdir()) == before
    assert load_current(school.state).policy.base == 1


def test_a_mistake_about_ways_around_refuses_publication_with_its_line(school: WrittenSchool) -> None:
    file = school.know_of("vpn.example")
    school.publish()
    file.write_text(file.read_text().replace('"nature": "anonymizer"', '"nature": "anonymiser"'))

    with pytest.raises(
        PublishRefused, match=r"bypass/vpn\.yaml:7:\d+: techniques.vpn.app.nature: "
    ) as refused:
        school.publish()

    assert len(refused.value.problems) == 1
    assert load_current(school.state).policy.base == 1


def test_a_changed_file_about_ways_around_is_a_new_base_with_the_same_index(school: WrittenSchool) -> None:
    school.know_of("vpn.example")
    school.publish()
    school.know_of("vpn.example", "other.example")
    said: list[str] = []

    assert [school.publish(said.append), school.publish()] == [2, 2]

    assert "changed: ways around the filter" in said
    assert "the lists have not changed; their index is used again" in said
    known = load_current(school.state).knowledge
    assert known is not None
    assert sorted(known.names) == ["other.example", "vpn.example"]


def test_a_school_that_switches_detectors_off_is_told_what_follows(school: WrittenSchool) -> None:
    said: list[str] = []

    school.publish(said.append)

    words = "ways around the filter are stopped by the names on lists alone"
    assert said[0] == f"bypass.detectors is off: {words}"
    assert load_current(school.state).knowledge is None


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        pytest.param("", "", "no *.yaml file stands in this directory", id="no folder"),
        pytest.param("notes.txt", "none", "no *.yaml file stands in this directory", id="no file"),
        pytest.param(
            "own.yaml", "version: 1\n", "the files of this directory describe no technique", id="no technique"
        ),
    ],
)
def test_nothing_is_published_by_which_detectors_would_see_nothing(
    school: WrittenSchool, name: str, text: str, what: str
) -> None:
    school.publish()
    folder = school.root / "blocklists" / "bypass"
    if name:
        folder.mkdir()
        (folder / name).write_text(text)
    school.change(bypass={})

    with pytest.raises(PublishRefused) as refused:
        school.publish()

    (problem,) = refused.value.problems
    assert str(problem) == (
        f"{folder}: {what}\n  hint: nothing would be known of ways around the filter: copy the folder that "
        "comes with Schoolgate there, or write `bypass: {detectors: off}` to have them stopped by the names "
        "on lists alone"
    )
    assert load_current(school.state).policy.base == 1
