from dataclasses import replace
from datetime import date

import pytest

import policies
from proxy.decision.pipeline import decide
from proxy.decision.policy import Audience, Override, Target
from proxy.decision.verdict import Action
from proxy.decision.view import view_for
from proxy.pages.opening import in_words, opens_at

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


@pytest.mark.parametrize(
    ("clock", "day", "words"),
    [
        pytest.param("12:00", date(2026, 11, 23), "today at 12:00 noon", id="noon"),
        pytest.param("14:05", date(2026, 11, 23), "today at 2:05 pm", id="afternoon"),
        pytest.param("00:00", date(2026, 11, 24), "tomorrow at 12:00 midnight", id="midnight"),
        pytest.param("00:30", date(2026, 11, 24), "tomorrow at 12:30 am", id="half past midnight"),
        pytest.param("08:15", date(2026, 11, 30), "on Monday, November 30, at 8:15 am", id="another day"),
        pytest.param(
            "00:00", date(2027, 6, 11), "on Friday, June 11, 2027, at 12:00 midnight", id="another year"
        ),
    ],
)
def test_a_moment_is_said_as_one_says_it_to_a_pupil(clock, day, words):
    assert in_words(policies.school_time(clock, day), policies.school_time("10:40")) == words
