"""Sharing views among subjects who are alike."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policies
from proxy.decision.listing import NoListings
from proxy.decision.permits import GivenPermit, Permit
from proxy.decision.policy import Audience, BlockAnswer, Correction, Override, Policy, Scope, Target
from proxy.decision.request import Subject
from proxy.decision.verdict import Action
from proxy.decision.view import view_for
from proxy.views import Views

DEVICES = (
    Scope("listed-1", "device", "Listed"),
    Scope("listed-2", "device", "Listed too"),
    Scope("telling-1", "device", "Telling", inspect=True),
    Scope("telling-2", "device", "Telling the same", inspect=True),
    Scope("telling-3", "device", "Telling other things", inspect=False),
    Scope("permitted", "device", "With a permit", permits=(Permit("p", "remote", "office", "support"),)),
)
POLICY = policies.policy({"games.example": ["games"]}, *DEVICES, networks={"wifi": BlockAnswer.NXDOMAIN})
UNNAMED = replace(policies.PUPIL, id="", grade="", school="", classes=())


def override(id_: str, action: Action = Action.ALLOW, **audience: str) -> Override:
    named = Audience(**{kind: frozenset({name}) for kind, name in audience.items()})
    return Override(id_, action, Target("games.example"), named, "lesson", "office")


def adopted(*overrides: Override) -> Views:
    views = Views()
    views.adopt(replace(POLICY, overrides=overrides))
    return views


def test_other_lists_leave_the_views_as_they_are() -> None:
    views = adopted(override("o1", groups="pupils"))
    key = views.of(policies.PUPIL).key
    assert views.adopt(replace(views.now.policy, base=8, listings=NoListings())) == frozenset()
    assert views.of(policies.PUPIL).key == key


def test_a_new_base_with_rules_of_its_own_ends_all_views() -> None:
    views = adopted()
    key = views.of(policies.PUPIL).key
    assert views.adopt(replace(POLICY, base=8, scopes=dict(POLICY.scopes))) == frozenset({key})
    assert views.of(policies.PUPIL).key != key


def test_without_a_policy_there_is_no_view() -> None:
    with pytest.raises(LookupError):
        Views().of(policies.PUPIL)


def test_those_alike_share_one_view() -> None:
    views = adopted(override("o1", groups="pupils"))
    assert views.of(policies.PUPIL) is views.of(replace(policies.PUPIL, id="p-2", classes=()))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(policies.TEACHER, id="group"),
        pytest.param(replace(policies.PUPIL, inspectable=False), id="inspectable"),
        pytest.param(replace(policies.PUPIL, network="wifi"), id="block answer"),
        pytest.param(replace(policies.PUPIL, id="p-2"), id="an override for one of them"),
    ],
)
def test_those_not_alike_do_not(other: Subject) -> None:
    views = adopted(override("o1", subjects="p-2"))
    assert views.of(policies.PUPIL).key != views.of(other).key


def test_those_whose_schools_corrected_a_list_otherwise_do_not() -> None:
    mended = Correction("c-1", "art.example", "games", "a museum", ("library",), frozenset({"maple"}))
    views, elsewhere = adopted(), replace(policies.PUPIL, school="maple")
    shared = views.of(policies.PUPIL)
    assert views.of(elsewhere) is shared

    views.adopt(replace(POLICY, overlay=4, corrections=(mended,)))

    assert views.of(policies.PUPIL).key == shared.key
    assert views.of(elsewhere).key != shared.key
    assert views.of(elsewhere).corrected == {"art.example": frozenset({"games"})}


def at_device(id_: str) -> Subject:
    return replace(policies.PUPIL, scopes=(id_, *policies.PUPIL.scopes))


def test_devices_of_which_the_policy_says_the_same_share_one_view() -> None:
    views = adopted()
    assert views.of(policies.PUPIL) is views.of(at_device("listed-1")) is views.of(at_device("listed-2"))
    assert views.of(at_device("telling-1")) is views.of(at_device("telling-2"))
    assert len({views.of(at_device(id_)).key for id_ in ("listed-1", "telling-1", "telling-3")}) == 3


def test_an_override_for_nobody_in_particular_is_for_no_unnamed_client() -> None:
    nameless = Override(
        "o1",
        Action.ALLOW,
        Target("games.example"),
        Audience(frozenset({""}), schools=frozenset({""})),
        "",
        "",
    )
    assert adopted(nameless).of(UNNAMED).overrides == {}


def test_a_view_keeps_its_key_through_swaps_that_do_not_concern_it() -> None:
    views = adopted(override("o1", groups="pupils"))
    teacher = views.of(policies.TEACHER).key
    assert (
        views.adopt(replace(POLICY, overlay=4, overrides=(override("o2", groups="pupils"),))) == frozenset()
    )
    assert views.of(policies.TEACHER).key == teacher


def test_the_keys_of_views_with_an_ended_override_are_returned() -> None:
    views = adopted(override("o1", groups="pupils"))
    pupil, _ = views.of(policies.PUPIL).key, views.of(policies.TEACHER).key
    assert views.adopt(replace(POLICY, overlay=4)) == {pupil}


def permit(id_: str, **audience: str) -> GivenPermit:
    named = Audience(**{kind: frozenset({name}) for kind, name in audience.items()})
    return GivenPermit(id_, "vpn", "office", "lesson", audience=named)


def test_a_permit_makes_another_view_for_its_audience_and_takes_it_along_when_it_goes() -> None:
    views = adopted(override("o1", groups="pupils"))
    pupil, teacher = views.of(policies.PUPIL).key, views.of(policies.TEACHER).key
    held = views.now.policy

    given_ = permit("o1", subjects=policies.PUPIL.id)
    assert views.adopt(replace(held, overlay=4, permits=(given_,))) == frozenset()
    permitted = views.of(policies.PUPIL)
    assert (permitted.permits, permitted.key != pupil) == ((given_,), True)
    assert views.of(policies.TEACHER).key == teacher

    assert views.adopt(replace(held, overlay=5)) == {permitted.key}
    assert views.of(policies.PUPIL).key == pupil


def test_a_device_of_which_the_policy_says_a_permit_alone_is_not_like_the_others() -> None:
    views = adopted()
    assert views.of(policies.PUPIL).permits == ()
    assert [permit.id for permit in views.of(at_device("permitted")).permits] == ["p"]


def test_another_order_of_overrides_makes_other_views() -> None:
    both = (override("o1", groups="pupils"), override("o2", Action.BLOCK, groups="pupils"))
    views = adopted(*both)
    before = views.of(policies.PUPIL).key
    assert views.adopt(replace(POLICY, overlay=4, overrides=both[::-1])) == {before}


ids = st.sampled_from(["", "p-1", "period-3", "07", "school", "pupils", "staff"])
audiences = st.builds(Audience, *[st.frozensets(ids, max_size=2)] * 6)
overrides = st.builds(
    Override,
    id=st.sampled_from(["o1", "o2", "o3", "o4"]),
    action=st.sampled_from([Action.ALLOW, Action.BLOCK]),
    target=st.builds(Target, st.sampled_from(["games.example", "a.example"])),
    audience=audiences,
    reason=st.just("lesson"),
    decided_by=st.just("office"),
)
permits = st.builds(
    GivenPermit,
    id=st.sampled_from(["o1", "p1", "p2"]),
    technique=st.sampled_from(["vpn", "tunnel.ssh"]),
    decided_by=st.just("office"),
    reason=st.just("lesson"),
    audience=audiences,
)
subjects = st.sampled_from(
    [
        policies.PUPIL,
        policies.TEACHER,
        UNNAMED,
        replace(UNNAMED, network="wifi"),
        replace(policies.TEACHER, id=""),
        replace(policies.PUPIL, school="maple"),
        *(at_device(scope.id) for scope in DEVICES),
    ]
)
corrections = st.builds(
    Correction,
    st.just("c"),
    st.sampled_from(["games.example", "a.example"]),
    st.just("games"),
    st.just("no game"),
    st.just(("library",)),
    st.sampled_from([frozenset(), frozenset({"school"}), frozenset({"maple", "school"})]),
)
changes = st.tuples(
    st.booleans(),
    st.lists(overrides, max_size=4),
    st.lists(corrections, max_size=2),
    st.lists(permits, max_size=3),
)


@settings(deadline=None)
@given(st.lists(changes, min_size=1, max_size=5), st.lists(subjects, max_size=5))
def test_every_view_is_the_one_that_the_policy_gives(
    swaps: list[tuple[bool, list[Override], list[Correction], list[GivenPermit]]], asking: list[Subject]
) -> None:
    views, policy = Views(), POLICY
    seen: dict[tuple[object, ...], object] = {}
    for new_base, chosen, mended, given_ in swaps:
        part = "base" if new_base else "overlay"
        policy = _with(policy, tuple(chosen), part)
        policy = replace(policy, corrections=tuple(mended), permits=tuple(given_))
        for key in views.adopt(policy):
            seen.pop(key, None)
        for subject in asking:
            view = views.of(subject)
            assert replace(view, key=()) == replace(view_for(policy, subject), key=())
            assert seen.setdefault(view.key, view) == view


def _with(policy: Policy, chosen: tuple[Override, ...], part: str) -> Policy:
    changed: dict[str, int] = {part: getattr(policy, part) + 1}
    return replace(policy, overrides=chosen, **changed)
