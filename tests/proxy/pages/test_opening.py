from dataclasses import replace
from datetime import date

import pytest

import policies
from proxy.decision.pipeline import decide
from proxy.decision.policy import Audience, Override, Target
from proxy.decision.verdict import Action
from proxy.decision.view import view_for
from proxy.pages.opening import opens_at

AT_LUNCH = replace(
    policies.PUPILS,
    rules=(policies.rule("games", "allow", policies.LUNCH, "pupils"), policies.rule("games", scope="pupils")),
)


def opening(policy, what, at="10:40"):
    request = policies.asks(what, at=at)
    view = view_for(policy, request.subject)
    return opens_at(request, decide(request, policy, view), policy, view)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        pytest.param("10:40", "12:00", id="today's lunch"),
        pytest.param("12:30", None, id="tomorrow's lunch"),
    ],
)
def test_a_scheduled_block_opens_with_its_window(at, opens):
    policy = policies.policy({"games.example": ["games"]}, AT_LUNCH)

    expected = policies.school_time(opens) if opens else policies.school_time("12:00", date(2026, 11, 24))

    assert opening(policy, "http://games.example/", at) == expected


def test_a_block_without_a_schedule_promises_nothing():
    policy = policies.policy({"games.example": ["games"], "x.example": ["pornography"]})

    assert opening(policy, "http://games.example/") is None
    assert opening(policy, "http://x.example/") is None


def test_no_opening_is_promised_that_another_rule_prevents():
    policy = policies.policy({"games.example": ["games", "social"]}, AT_LUNCH)
    policy = replace(
        policy,
        scopes=policy.scopes
        | {"pupils": replace(AT_LUNCH, rules=(*AT_LUNCH.rules, policies.rule("social", scope="pupils")))},
    )

    assert opening(policy, "http://games.example/") is None


def test_the_end_of_a_blocking_override_opens():
    ends = policies.school_time("11:15")
    override = Override(
        "o-1",
        Action.BLOCK,
        Target("quiz.example"),
        Audience(groups=frozenset({"pupils"})),
        "test in room 12",
        "Ms Lee",
        ends=ends,
    )
    policy = policies.policy({}, overrides=(override,))

    assert opening(policy, "http://quiz.example/") == ends


def test_a_block_to_the_end_of_term_says_when_that_is():
    ends = policies.school_time("00:00", date(2027, 6, 11))
    override = Override(
        *("o-1", Action.BLOCK, Target("news.example"), Audience(groups=frozenset({"pupils"}))),
        *("read in class", "Ms Lee"),
        ends=ends,
    )

    assert opening(policies.policy({}, overrides=(override,)), "http://news.example/") == ends


def test_nothing_is_promised_when_the_block_comes_from_elsewhere():
    policy = policies.policy({"games.example": ["games"]}, AT_LUNCH)
    blocked = policies.asks("http://games.example/")
    view = view_for(policy, blocked.subject)
    verdict = decide(blocked, policy, view)

    assert opens_at(policies.asks("http://open.example/"), verdict, policy, view) is None
    assert opens_at(blocked, verdict, None, view) is None
