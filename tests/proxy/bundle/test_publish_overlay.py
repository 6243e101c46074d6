"""Publishing exceptions and corrections."""

from pathlib import Path

import pytest

from proxy.bundle.errors import PublishRefused
from proxy.bundle.layout import Part
from proxy.bundle.load import load_current
from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
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
