from dataclasses import replace
from datetime import timedelta

import pytest

from policies import LUNCH, PUPIL, PUPILS, TEACHER, asks, policy, rule, school_rule
from proxy.decision.explain import explain
from proxy.decision.permits import GivenPermit, Permit
from proxy.decision.pipeline import decide
from proxy.decision.policy import Audience, Override, Target
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.urls import parse_url
from proxy.decision.verdict import Action, Reason

UV = Sign("webproxy.ultraviolet.url", Nature.ANONYMIZER, Consequence.INCIDENT, 0.99, "This is a web proxy.")
WEAK = Sign("tls.go_client", Nature.ANONYMIZER, Consequence.LOG, 0.2, "A program that is no browser.")
MIRROR = Sign("mirror.games", Nature.MIRROR, Consequence.BLOCK, 0.9, "This is a copy of a games site.")
FAULT = Sign("fault.detector", Nature.FAULT, Consequence.BLOCK, 1.0, "The filter could not look into this.")
OPENED = Override(
    "o-1",
    Action.ALLOW,
    Target("site.example"),
    Audience(groups=frozenset({"pupils"})),
    "for optics",
    "Mr Reed",
)
PERMIT = Permit("p-1", "webproxy", "Ms Ito", "a lesson on proxies")


def seen(*signs, url="https://site.example/page", **more):
    request = asks(url, **more)
    return replace(request, attempt=replace(request.attempt, signs=signs))


def wrapped(inner):
    return Sign(
        "wrapper.translate", Nature.WRAPPER, Consequence.LOG, 1.0, "A translator.", inner=parse_url(inner)
    )


def answer(request, rules):
    verdict = decide(request, rules)
    return verdict.action, verdict.reason


def test_a_way_around_is_blocked_and_says_which():
    verdict = decide(seen(UV), policy())
    assert (verdict.action, verdict.reason, verdict.check) == (Action.BLOCK, Reason.WAY_AROUND, "way_around")
    assert (verdict.explanation, verdict.evidence.rule) == (
        "This is a web proxy.",
        "webproxy.ultraviolet.url",
    )


def test_a_weak_sign_alone_stops_nothing():
    assert answer(seen(WEAK), policy()) == (Action.ALLOW, Reason.DEFAULT)


def test_an_approved_site_does_not_become_a_proxy():
    assert answer(seen(UV), policy(overrides=(OPENED,))) == (Action.BLOCK, Reason.WAY_AROUND)


def test_a_mirror_can_be_approved_and_opened_by_the_school():
    assert answer(seen(MIRROR), policy()) == (Action.BLOCK, Reason.WAY_AROUND)
    assert answer(seen(MIRROR), policy(overrides=(OPENED,))) == (Action.ALLOW, Reason.OVERRIDE)
    school = replace(PUPILS, school_rules=(school_rule("allow", "site.example"),))
    assert answer(seen(MIRROR), policy({}, school)) == (Action.ALLOW, Reason.SCHOOL_RULE)


@pytest.mark.parametrize(
    ("permit", "expected"),
    [
        pytest.param(PERMIT, Action.ALLOW, id="a family"),
        pytest.param(replace(PERMIT, technique="webproxy.ultraviolet.url"), Action.ALLOW, id="a technique"),
        pytest.param(replace(PERMIT, technique="web"), Action.BLOCK, id="no part of a word"),
        pytest.param(replace(PERMIT, hosts=frozenset({"site.example"})), Action.ALLOW, id="to a host"),
        pytest.param(replace(PERMIT, hosts=frozenset({"other.example"})), Action.BLOCK, id="to another host"),
        pytest.param(replace(PERMIT, ports=frozenset({443})), Action.ALLOW, id="to a port"),
        pytest.param(replace(PERMIT, ports=frozenset({22})), Action.BLOCK, id="to another port"),
    ],
)
def test_a_permit_opens_what_it_names_and_nothing_else(permit, expected):
    group = replace(PUPILS, permits=(permit,))
    assert decide(seen(UV), policy({}, group)).action is expected


def test_a_permit_ends():
    request = seen(UV)
    still = replace(PERMIT, ends=request.at + timedelta(seconds=1))
    over = replace(PERMIT, ends=request.at)
    assert decide(request, policy({}, replace(PUPILS, permits=(still,)))).action is Action.ALLOW
    assert decide(request, policy({}, replace(PUPILS, permits=(over,)))).action is Action.BLOCK


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        pytest.param(443, True, id="its port"),
        pytest.param(22, False, id="another"),
        pytest.param(0, True, id="a name that is looked up, before a port is known"),
    ],
)
def test_a_permit_with_ports_opens_the_name_too(port, expected):
    permit = replace(PERMIT, ports=frozenset({443}))
    assert permit.covers(UV, "site.example", port, seen(UV).at) is expected


def test_a_permit_is_for_its_own_group():
    group = replace(PUPILS, permits=(PERMIT,))
    assert decide(seen(UV, who=TEACHER), policy({}, group)).action is Action.BLOCK
    assert decide(seen(UV, who=PUPIL), policy({}, group)).action is Action.ALLOW


def test_nobody_permits_what_a_detector_failed_at():
    group = replace(PUPILS, permits=(replace(PERMIT, technique="fault"),))
    assert answer(seen(FAULT), policy({}, group)) == (Action.BLOCK, Reason.WAY_AROUND)


def test_of_several_signs_the_gravest_is_named():
    one = replace(UV, technique="webproxy.page", consequence=Consequence.BLOCK, confidence=1.0)
    assert decide(seen(one, WEAK, UV), policy()).evidence.rule == UV.technique


def test_the_address_inside_a_wrapper_gets_its_own_decision():
    rules = policy({"games.example": ["games"]})
    assert answer(seen(wrapped("https://news.example/")), rules) == (Action.ALLOW, Reason.DEFAULT)
    verdict = decide(seen(wrapped("https://www.games.example/play")), rules)
    assert (verdict.action, verdict.reason) == (Action.BLOCK, Reason.CATEGORY)
    assert verdict.explanation.startswith(
        "This address shows www.games.example inside it. games.example is listed"
    )


def test_a_permit_for_a_wrapper_leaves_what_is_inside_alone():
    permit = replace(PERMIT, technique="wrapper", hosts=frozenset({"site.example"}))
    rules = policy({"games.example": ["games"]}, replace(PUPILS, permits=(permit,)))
    assert answer(seen(wrapped("https://games.example/")), rules) == (Action.ALLOW, Reason.DEFAULT)
    elsewhere = seen(wrapped("https://games.example/"), url="https://other.example/")
    assert answer(elsewhere, rules) == (Action.BLOCK, Reason.CATEGORY)


def test_a_permit_for_a_wrapper_does_not_open_the_floor():
    permit = replace(PERMIT, technique="wrapper")
    rules = policy({"adult.example": ["pornography"]}, replace(PUPILS, permits=(permit,)))
    assert answer(seen(wrapped("https://adult.example/")), rules) == (Action.BLOCK, Reason.FLOOR)


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        pytest.param("https://news.example/", (Action.ALLOW, Reason.DEFAULT), id="open"),
        pytest.param("https://www.games.example/", (Action.BLOCK, Reason.CATEGORY), id="a category"),
        pytest.param("https://adult.example/", (Action.BLOCK, Reason.FLOOR), id="the floor"),
    ],
)
def test_what_a_permitted_proxy_is_told_in_the_open_gets_its_own_decision(inner, expected):
    listed = {"games.example": ["games"], "adult.example": ["pornography"]}
    told = replace(UV, inner=parse_url(inner))
    verdict = decide(seen(told), policy(listed, replace(PUPILS, permits=(PERMIT,))))
    assert (verdict.action, verdict.reason) == expected
    assert verdict.inner == (told.inner if verdict.action is Action.BLOCK else None)


def test_what_a_weak_sign_of_a_proxy_takes_for_an_address_inside_blocks_nobody():
    told = replace(WEAK, inner=parse_url("https://games.example/"))
    assert answer(seen(told), policy({"games.example": ["games"]})) == (Action.ALLOW, Reason.DEFAULT)


def test_a_wrapper_that_is_itself_blocked_stays_blocked():
    rules = policy({"site.example": ["games"]})
    assert answer(seen(wrapped("https://news.example/")), rules) == (Action.BLOCK, Reason.CATEGORY)


GIVEN = GivenPermit(
    "incident-4-1",
    "webproxy",
    "safeguarding office",
    "a lesson on proxies",
    hosts=frozenset({"site.example"}),
    audience=Audience(subjects=frozenset({PUPIL.id})),
)


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        pytest.param(Audience(subjects=frozenset({PUPIL.id})), Action.ALLOW, id="this pupil"),
        pytest.param(Audience(subjects=frozenset({"p-2"})), Action.BLOCK, id="another"),
        pytest.param(Audience(groups=frozenset({"pupils"})), Action.ALLOW, id="all pupils"),
        pytest.param(Audience(groups=frozenset({"staff"})), Action.BLOCK, id="staff"),
        pytest.param(
            Audience(groups=frozenset({"pupils"}), within=frozenset({"maple"})), Action.BLOCK, id="elsewhere"
        ),
        pytest.param(Audience(), Action.BLOCK, id="nobody"),
    ],
)
def test_a_permit_between_two_bases_is_for_its_audience(audience, expected):
    permit = replace(GIVEN, audience=audience)
    assert decide(seen(UV), policy(permits=(permit,))).action is expected


def test_a_permit_has_no_effect_before_it_begins_and_after_it_ended():
    request = seen(UV)
    at, hour = request.at, timedelta(hours=1)
    spans = {
        "later": (at + hour, at + 2 * hour, Action.BLOCK, at + hour),
        "now": (at, at + hour, Action.ALLOW, at + hour),
        "over": (at - hour, at, Action.BLOCK, None),
    }
    for name, (begins, ends, action, until) in spans.items():
        verdict = decide(request, policy(permits=(replace(GIVEN, begins=begins, ends=ends),)))
        assert (verdict.action, verdict.until) == (action, until), name


def test_a_verdict_without_signs_knows_of_no_permit():
    permit = replace(GIVEN, ends=seen().at + timedelta(hours=1))
    assert decide(seen(), policy(permits=(permit,))).until is None


def test_a_permit_for_something_else_bounds_no_verdict():
    permit = replace(GIVEN, technique="vpn", ends=seen().at + timedelta(hours=1))
    assert decide(seen(UV), policy(permits=(permit,))).until is None


def test_what_a_wrapper_shows_bounds_its_verdict():
    group = replace(PUPILS, rules=(rule("games", "allow", LUNCH), rule("games")))
    rules = policy({"games.example": ["games"]}, group)
    inside = seen(wrapped("https://games.example/"))
    lunch = replace(inside, at=inside.at.replace(hour=12, minute=10))

    for request, action in ((inside, Action.BLOCK), (lunch, Action.ALLOW)):
        verdict = decide(request, rules)
        alone = decide(replace(asks("https://games.example/"), at=request.at), rules)
        assert (verdict.action, verdict.until) == (action, alone.until)
        assert verdict.until is not None


def test_an_explanation_names_the_permit_in_force():
    rules = policy(permits=(GIVEN, replace(GIVEN, id="gone", ends=seen().at)))
    assert explain(seen(UV), rules).notes == (
        "webproxy is permitted by safeguarding office (incident-4-1): a lesson on proxies.",
    )
