"""Which overlay entries may take effect, and which are reported."""

from dataclasses import replace

import pytest

import policies
from proxy.bundle.fit import effective, may_apply, misfits
from proxy.bundle.overlay import Overlay
from proxy.decision.permits import GivenPermit
from proxy.decision.policy import Audience, Correction, Override, Target
from proxy.decision.verdict import Action
from proxy.identity.directory import Directory, KnownPerson

LISTED = {
    "games.example": ["games"],
    "floor.example": ["pornography"],
    "big.example/films": ["pornography"],
}
POLICY = policies.policy(LISTED, policies.PUPILS)
PEOPLE = Directory("pupils", people=(KnownPerson("s-1", "pupils", classes=("class-7b",)),))


def correction(category: str, *by: str) -> Correction:
    return Correction("c1", "floor.example", category, "wrongly listed", by)


def override(audience: Audience, host: str = "games.example", action: Action = Action.ALLOW) -> Override:
    return Override("o1", action, Target(host), audience, "lesson", "office")


def problems(overlay: Overlay) -> list[str]:
    applied = effective(overlay, POLICY.categories)
    policy = replace(POLICY, overrides=applied.overrides, corrections=applied.corrections)
    return list(misfits(overlay, policy, PEOPLE, ("vpn.app", "tunnel.ssh")))


@pytest.mark.parametrize(
    ("category", "by", "counts"),
    [
        pytest.param("games", ("library",), True, id="a local category needs one name"),
        pytest.param("pornography", ("library",), False, id="a floor category needs two"),
        pytest.param("pornography", ("library", "Library "), False, id="the same name twice is one"),
        pytest.param("pornography", ("Ann Lee", "ANN  LEE"), False, id="case and spaces make no other name"),
        pytest.param("pornography", ("library", "  "), False, id="white space is no name"),
        pytest.param("pornography", ("Ann Lee", "Ann\u200b Lee"), False, id="unseen signs count for nothing"),
        pytest.param("pornography", ("Ann Lee", "Ann Lee."), False, id="nor is a full stop"),
        pytest.param("pornography", ("library", "office"), True, id="two names"),
        pytest.param("child_abuse", ("library",), False, id="the other floor category"),
    ],
)
def test_taking_a_name_out_of_the_floor_needs_two_people(
    category: str, by: tuple[str, ...], counts: bool
) -> None:
    one = correction(category, *by)
    assert may_apply(one, POLICY.categories) is counts
    assert effective(Overlay(corrections=(one,)), POLICY.categories).corrections == ((one,) if counts else ())


def test_the_floor_needs_two_people_even_when_no_catalogue_is_known() -> None:
    assert not may_apply(correction("pornography", "library"), {})


@pytest.mark.parametrize("name", ["example", "com", "co.uk", "tokyo.jp"])
def test_a_correction_cannot_speak_of_everything_under_a_public_suffix(name: str) -> None:
    wide = Correction("c1", name, "pornography", "all wrong", ("library", "office"))
    assert not may_apply(wide, POLICY.categories)
    assert not may_apply(replace(wide, category="games"), POLICY.categories)
    assert problems(Overlay(corrections=(wide,))) == [
        f"correction c1 is not applied: '{name}' is no site but everything that ends in it"
    ]


@pytest.mark.parametrize("name", ["floor.example", "someone.github.io", "192.0.2.7", "2001:db8::7"])
def test_a_site_or_an_address_can_be_corrected(name: str) -> None:
    assert may_apply(Correction("c1", name, "games", "no game", ("library",)), POLICY.categories)


def test_a_fitting_overlay_has_no_problems() -> None:
    everyone = Audience(frozenset({"s-1"}), frozenset({"class-7b"}), frozenset({"07"}), frozenset({"pupils"}))
    assert problems(Overlay((override(everyone),), (correction("games", "library"),))) == []


def test_a_correction_that_is_not_applied_is_reported() -> None:
    found = problems(Overlay(corrections=(correction("pornography", "library"),)))
    assert found == [
        "correction c1 is not applied: 'pornography' is blocked by law, and taking a name out of it needs "
        "two different people in `by`"
    ]


def test_what_is_not_there_any_more_is_reported_and_people_are_only_counted() -> None:
    gone = Audience(
        frozenset({"s-1", "s-2", "s-3"}),
        frozenset({"class-9"}),
        groups=frozenset({"band"}),
        schools=frozenset({"elm"}),
    )
    assert problems(Overlay((override(gone),), (correction("toys", "library"),))) == [
        "correction c1: there is no category 'toys'",
        "override o1: there is no group 'band'",
        "override o1: there is no school 'elm'",
        "override o1: there is no class 'class-9'",
        "override o1: 2 of its 3 subjects are not known",
    ]


def test_an_override_that_cannot_open_the_floor_is_reported() -> None:
    pupils = Audience(groups=frozenset({"pupils"}))
    opening, closing = override(pupils, "a.floor.example"), override(pupils, "floor.example", Action.BLOCK)
    assert problems(Overlay((opening,))) == [
        "override o1 cannot open a.floor.example: it is listed under 'pornography'"
    ]
    assert problems(Overlay((closing,))) == []
    for path in ("/films", "/films/old", "/maths"):
        page = replace(override(pupils, "big.example"), target=Target("big.example", path))
        listed = "it is listed under 'pornography'"
        said = [f"override o1 cannot open big.example{path}: {listed}"] if "films" in path else []
        assert problems(Overlay((page,))) == said
    mended = correction("pornography", "library", "office")
    assert problems(Overlay((opening,), (mended,))) == []


def test_a_school_that_nobody_knows_is_reported() -> None:
    ours = Correction("c1", "games.example", "games", "no game", ("library",), frozenset({"oak", "school"}))
    confined = override(Audience(groups=frozenset({"pupils"}), within=frozenset({"elm"})))

    assert problems(Overlay((confined,), (ours,))) == [
        "correction c1: there is no school 'oak'",
        "override o1: there is no school 'elm'",
    ]


@pytest.mark.parametrize(
    ("audience", "opens"),
    [
        pytest.param(Audience(schools=frozenset({"school"})), True, id="for the school"),
        pytest.param(
            Audience(groups=frozenset({"pupils"}), within=frozenset({"school"})), True, id="within the school"
        ),
        pytest.param(Audience(groups=frozenset({"pupils"})), False, id="for a group wherever it is"),
        pytest.param(Audience(subjects=frozenset({"s-1"})), False, id="for somebody of any school"),
    ],
)
def test_what_one_school_took_out_of_the_floor_can_be_opened_there(audience: Audience, opens: bool) -> None:
    ours = Correction("c1", "floor.example", "pornography", "a clinic", ("a", "b"), frozenset({"school"}))

    found = problems(Overlay((override(audience, "floor.example"),), (ours,)))

    assert ("cannot open" not in " ".join(found)) is opens


@pytest.mark.parametrize(
    ("technique", "said"),
    [
        pytest.param("vpn.app", [], id="known"),
        pytest.param("tunnel", [], id="a family"),
        pytest.param("vpn.ap", ["permit p1: there is no technique 'vpn.ap'"], id="part of a word"),
        pytest.param("dns", ["permit p1: there is no technique 'dns'"], id="unknown"),
    ],
)
def test_a_permit_for_an_unknown_technique_is_said(technique: str, said: list[str]) -> None:
    pupil = Audience(subjects=frozenset({"s-1"}))
    permit = GivenPermit("p1", technique, "office", "lesson", audience=pupil)
    assert problems(Overlay(permits=(permit,))) == said


def test_a_permit_for_nobody_is_said() -> None:
    gone = Audience(subjects=frozenset({"s-1", "s-9"}), groups=frozenset({"toys"}))
    permit = GivenPermit("p1", "vpn", "office", "lesson", audience=gone)
    assert problems(Overlay(permits=(permit,))) == [
        "permit p1: there is no group 'toys'",
        "permit p1: 1 of its 2 subjects are not known",
    ]
    assert effective(Overlay(permits=(permit,)), POLICY.categories).permits == (permit,)
