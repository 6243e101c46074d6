from dataclasses import replace
from datetime import timedelta

import pytest

from policies import PUPIL, PUPILS, TEACHER, asks, policy, school_rule
from proxy.decision.permits import Permit
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


def test_a_wrapper_that_is_itself_blocked_stays_blocked():
    rules = policy({"site.example": ["games"]})
    assert answer(seen(wrapped("https://news.example/")), rules) == (Action.BLOCK, Reason.CATEGORY)
