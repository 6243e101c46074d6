"""Publishing exceptions and corrections."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.bundle.errors import PublishRefused
from proxy.bundle.layout import Part
from proxy.bundle.load import load_current
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay, revise_overlay, stored_overlay
from proxy.bundle.write import write_overlay
from proxy.decision.policy import Audience, Correction, Override, Target
from proxy.decision.verdict import Action
from written_school import WrittenSchool, write_school

OPENED = Override(
    "o1", Action.ALLOW, Target("games.example"), Audience(groups=frozenset({"pupils"})), "lesson", "office"
)


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    made = write_school(tmp_path)
    made.publish()
    return made


def test_an_overlay_gets_revisions_of_its_own(school: WrittenSchool) -> None:
    assert [publish_overlay(Overlay((OPENED,)), school.state) for _ in range(2)] == [1, 2]
    assert load_current(school.state).policy.overrides == (OPENED,)
    assert school.layout.current(Part.BASE) == 1


def test_it_says_what_changes_and_what_has_no_effect(school: WrittenSchool) -> None:
    publish_overlay(Overlay((OPENED,)), school.state)
    said: list[str] = []

    publish_overlay(
        Overlay(corrections=(Correction("c1", "a.example", "toys", "no toy", ("library",)),)),
        school.state,
        say=said.append,
    )

    assert said == [
        "overrides: 0 in all; 0 new, 0 changed, 1 ended",
        "corrections: 1 in all; 1 new, 0 changed, 0 ended",
        "permits: 0 in all; 0 new, 0 changed, 0 ended",
        "correction c1: there is no category 'toys'",
        "overlay revision 2 is in force",
    ]


def test_a_floor_correction_by_one_person_is_refused(school: WrittenSchool) -> None:
    alone = Correction("c1", "floor.example", "pornography", "not so", ("library", "Library"))
    with pytest.raises(PublishRefused, match="correction c1: 'pornography' is blocked by law"):
        publish_overlay(Overlay(corrections=(alone,)), school.state)
    assert school.layout.current(Part.OVERLAY) is None


def test_a_floor_correction_by_two_people_counts(school: WrittenSchool) -> None:
    both = Correction("c1", "floor.example", "pornography", "not so", ("library", "office"))
    publish_overlay(Overlay(corrections=(both,)), school.state)
    assert load_current(school.state).policy.corrections == (both,)


def test_what_could_not_be_loaded_again_is_refused(school: WrittenSchool) -> None:
    with pytest.raises(PublishRefused, match="the id 'o1' is used twice"):
        publish_overlay(Overlay((OPENED, OPENED)), school.state)


def test_an_overlay_may_come_before_the_first_base(tmp_path: Path) -> None:
    fresh = write_school(tmp_path / "fresh")
    said: list[str] = []
    publish_overlay(Overlay((OPENED,)), fresh.state, say=said.append)
    assert "no base is published yet; the overlay takes effect with the first one" in said
    fresh.publish()
    assert load_current(fresh.state).policy.overrides == (OPENED,)


BY_HAND = Override(
    "hand", Action.BLOCK, Target("chat.example"), Audience(groups=frozenset({"staff"})), "exam", "office"
)


def with_opened(overlay: Overlay) -> Overlay:
    return Overlay((*(o for o in overlay.overrides if o.id != "o1"), OPENED), overlay.corrections)


def test_a_revision_keeps_what_it_does_not_name(school: WrittenSchool) -> None:
    publish_overlay(Overlay((BY_HAND,)), school.state)

    assert revise_overlay(with_opened, school.state) == 2
    assert load_current(school.state).policy.overrides == (BY_HAND, OPENED)


def test_a_revision_that_changes_nothing_writes_nothing(school: WrittenSchool) -> None:
    assert revise_overlay(lambda overlay: overlay, school.state) is None
    assert revise_overlay(with_opened, school.state) == 1
    assert revise_overlay(with_opened, school.state) is None
    assert school.layout.revisions(Part.OVERLAY) == [1]


def test_an_exception_of_the_reviser_leaves_all_as_it_was(school: WrittenSchool) -> None:
    revise_overlay(with_opened, school.state)

    def gone(overlay: Overlay) -> Overlay:
        raise ConnectionError("the database is gone")

    with pytest.raises(ConnectionError):
        revise_overlay(gone, school.state)
    assert load_current(school.state).policy.overrides == (OPENED,)
    assert publish_overlay(Overlay((BY_HAND,)), school.state) == 2  # and the lock is free again


def test_a_revision_refuses_what_a_publication_refuses(school: WrittenSchool) -> None:
    alone = Correction("c1", "floor.example", "pornography", "not so", ("library",))
    with pytest.raises(PublishRefused, match="correction c1: 'pornography' is blocked by law"):
        revise_overlay(lambda overlay: Overlay(corrections=(alone,)), school.state)
    with pytest.raises(PublishRefused, match="the id 'o1' is used twice"):
        revise_overlay(lambda overlay: Overlay((OPENED, OPENED)), school.state)
    assert school.layout.current(Part.OVERLAY) is None


def test_an_old_correction_that_no_longer_applies_stops_no_other_entry(school: WrittenSchool) -> None:
    no_site = Correction("c1", "co.uk", "games", "published when it was no public suffix", ("library",))
    with school.layout.locked():
        write_overlay(school.layout, Overlay(corrections=(no_site,)))

    assert revise_overlay(with_opened, school.state) == 2
    assert stored_overlay(school.layout) == Overlay((OPENED,), (no_site,))


def test_a_damaged_overlay_is_mended_from_the_newest_that_verifies(school: WrittenSchool) -> None:
    publish_overlay(Overlay((BY_HAND,)), school.state)
    publish_overlay(Overlay((BY_HAND, OPENED)), school.state)
    school.overlay(2).write_bytes(school.overlay(2).read_bytes().replace(b"exam", b"maze"))
    said: list[str] = []

    assert revise_overlay(lambda overlay: overlay, school.state, say=said.append) == 3
    assert load_current(school.state).policy.overrides == (BY_HAND,)
    assert said[0].startswith("bundle/overlay-2.json: its checksum differs")
    assert said[1] == "overlay revision 1 stays in force instead of 2"


def test_revisions_at_once_lose_nothing(school: WrittenSchool) -> None:
    def adding(number: int) -> None:
        entry = replace(OPENED, id=f"o{number}")
        revise_overlay(lambda overlay: replace(overlay, overrides=(*overlay.overrides, entry)), school.state)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(adding, range(24)))

    assert sorted(o.id for o in load_current(school.state).policy.overrides) == sorted(
        f"o{number}" for number in range(24)
    )
    assert school.layout.current(Part.OVERLAY) == 24
