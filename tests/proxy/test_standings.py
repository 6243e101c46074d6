"""Clients' standings, through one policy after another."""

from dataclasses import replace

import policy_gateway
from proxy.bundle.load import LoadedBundle
from proxy.decision.listing import NoListings
from proxy.decision.policy import Audience, Correction, Override, Policy, Target
from proxy.decision.verdict import Action
from proxy.identity.identities import Identities
from proxy.judgement import STRICT_VIEW, Change
from proxy.lists.relisted import Relisted
from proxy.standings import MAX_CLIENTS, Standings

SETTINGS = policy_gateway.settings()
IDENTITIES = Identities.from_settings(SETTINGS)
POLICY = policy_gateway.policy({"games.example": ["games"]})
PUPIL, OFFICE = "127.0.0.1", "127.0.1.4"
OPENED = Override(
    "o1", Action.ALLOW, Target("games.example"), Audience(groups=frozenset({"pupils"})), "lesson", "office"
)
MENDED = Correction("c1", "games.example", "games", "a library", ("library",))


def bundle(policy: Policy) -> LoadedBundle:
    return LoadedBundle(policy, SETTINGS, IDENTITIES)


def in_force(policy: Policy = POLICY) -> Standings:
    standings = Standings(IDENTITIES)
    standings.adopt(bundle(policy))
    return standings


def test_without_a_policy_all_stand_alike() -> None:
    standing = Standings(IDENTITIES).of(PUPIL)
    assert (standing.view, standing.policy, standing.unspoken) == (STRICT_VIEW, None, None)
    assert standing.subject.group == "pupils"


def test_a_standing_says_who_asks_and_under_what() -> None:
    standings = in_force()
    pupil, office = standings.of(PUPIL), standings.of(OFFICE)
    assert (pupil.subject.group, office.subject.group) == ("pupils", "staff")
    assert pupil.policy is POLICY
    assert standings.of(PUPIL) is pupil


def test_those_of_one_view_share_what_they_know_of_unspoken_hosts() -> None:
    standings = in_force()
    assert standings.of(PUPIL).unspoken is standings.of("::1").unspoken
    assert standings.of(PUPIL).unspoken is not standings.of(OFFICE).unspoken


def test_how_many_clients_are_known_is_bounded() -> None:
    standings = in_force()
    for number in range(MAX_CLIENTS + 5):
        standings.of(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(standings.known) <= MAX_CLIENTS


def test_what_was_prepared_is_adopted() -> None:
    standings = in_force()
    pupil, office = standings.of(PUPIL).view.key, standings.of(OFFICE).view.key
    loaded = bundle(replace(POLICY, overlay=4, overrides=(OPENED,), corrections=(MENDED,)))

    prepared = standings.prepare(loaded)
    assert standings.of(PUPIL).view.key == pupil
    change = standings.adopt(loaded, prepared)

    assert change == Change(False, names=frozenset({"games.example"}))
    assert standings.of(PUPIL).view.overrides == {"games.example": (OPENED,)}
    assert standings.of(OFFICE).view.key == office


def test_what_was_prepared_for_another_policy_before_is_not_used() -> None:
    standings = in_force()
    standings.of(PUPIL)
    opened = bundle(replace(POLICY, overlay=4, overrides=(OPENED,)))
    closed = bundle(replace(POLICY, overlay=5))
    too_early = standings.prepare(closed)
    standings.adopt(opened)
    key = standings.of(PUPIL).view.key

    assert standings.adopt(closed, too_early) == Change(False, frozenset({key}))
    assert standings.of(PUPIL).view.overrides == {}


def test_what_was_prepared_of_another_bundle_is_not_used() -> None:
    standings = in_force()
    opened = bundle(replace(POLICY, overlay=4, overrides=(OPENED,)))
    standings.adopt(opened, standings.prepare(bundle(POLICY)))
    assert standings.of(PUPIL).view.overrides == {"games.example": (OPENED,)}


def test_another_base_makes_everything_stale() -> None:
    standings = in_force()
    assert standings.adopt(bundle(replace(POLICY, base=8))) == Change(True)


def test_other_lists_make_stale_what_they_touch() -> None:
    standings = in_force()
    key = standings.of(PUPIL).view.key
    relisted = Relisted(frozenset({"games.example"}))
    after = replace(POLICY, base=8, overlay=4, corrections=(MENDED,), listings=NoListings())
    loaded = replace(bundle(after), since=POLICY.base, relisted=relisted)

    assert standings.adopt(loaded) == Change(True, names=frozenset({"games.example"}), relisted=relisted)
    assert (standings.of(PUPIL).view.key, standings.of(PUPIL).policy) == (key, after)


def test_what_is_known_of_lists_that_are_not_in_force_is_of_no_use() -> None:
    loaded = replace(bundle(replace(POLICY, base=9)), since=8, relisted=Relisted())
    assert in_force().adopt(loaded) == Change(True)


def test_a_new_override_stands_where_the_policy_has_it() -> None:
    first = replace(OPENED, id="o2", action=Action.BLOCK)
    standings = in_force(replace(POLICY, overrides=(OPENED,)))
    standings.of(PUPIL)
    standings.adopt(bundle(replace(POLICY, overlay=4, overrides=(first, OPENED))))
    assert standings.of(PUPIL).view.overrides == {"games.example": (first, OPENED)}
