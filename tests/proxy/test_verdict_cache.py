"""Remembering verdicts about whole hosts."""

from dataclasses import replace
from datetime import timedelta

import pytest

import policies
from proxy.decision.pipeline import decide
from proxy.decision.request import Attempt, Stage, Trait
from proxy.decision.verdict import Verdict
from proxy.metrics import Cell
from proxy.verdict_cache import MAX_CHANGES, Key, VerdictCache, key_of

NOW = policies.school_time("10:40")
VERDICT = decide(policies.asks("games.example"), policies.policy({"games.example": ["games"]}))
ATTEMPT = Attempt("192.0.2.7", Stage.DNS, "games.example", method="A")


def key(host: str, view: int = 1) -> Key:
    return key_of((view,), replace(ATTEMPT, host=host))


def filled(*hosts: str, verdict: Verdict = VERDICT) -> VerdictCache:
    cache = VerdictCache()
    for host in hosts:
        cache.put(key(host), NOW, verdict, Cell())
    return cache


def test_a_verdict_is_found_again_for_the_same_question() -> None:
    assert filled("games.example").get(key("games.example"), NOW) is VERDICT


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(key_of((2,), ATTEMPT), id="view"),
        pytest.param(key_of((1,), replace(ATTEMPT, stage=Stage.TLS)), id="stage"),
        pytest.param(key_of((1,), replace(ATTEMPT, host="other.example")), id="host"),
        pytest.param(key_of((1,), replace(ATTEMPT, traits=frozenset({Trait.NO_SNI}))), id="trait"),
    ],
)
def test_another_question_finds_nothing(other: Key) -> None:
    assert filled("games.example").get(other, NOW) is None


def test_another_type_of_the_same_name_finds_the_same_verdict() -> None:
    other = replace(ATTEMPT, method="HTTPS", client="192.0.2.8", referring_host="a.example")
    assert filled("games.example").get(key_of((1,), other), NOW) is VERDICT


@pytest.mark.parametrize(
    ("after_s", "found"),
    [
        pytest.param(0, True, id="at once"),
        pytest.param(59, True, id="before its end"),
        pytest.param(60, False, id="at its end"),
        pytest.param(-1, False, id="a clock set back"),
    ],
)
def test_a_verdict_serves_only_while_it_is_known_to_hold(after_s: int, found: bool) -> None:
    cache = filled("games.example", verdict=replace(VERDICT, until=NOW + timedelta(seconds=60)))
    assert (cache.get(key("games.example"), NOW + timedelta(seconds=after_s)) is not None) is found


def test_forgetting_a_name_forgets_what_lies_below_it_and_nothing_else() -> None:
    hosts = ("example", "games.example", "a.games.example", "mygames.example")
    cache = filled(*hosts)
    cache.forget(names={"games.example"})
    assert [cache.get(key(host), NOW) is not None for host in hosts] == [True, False, False, True]


def test_a_verdict_is_compared_with_every_name_forgotten_since_it_was_asked_for() -> None:
    hosts = ("games.example", "other.example")
    cache = filled(*hosts)
    for number in range(MAX_CHANGES):
        cache.forget(names={"games.example"} if number == 0 else {f"n{number}.example"})
    assert [cache.get(key(host), NOW) is not None for host in hosts] == [False, True]
    cache.put(key("games.example"), NOW, VERDICT, Cell())
    assert cache.get(key("games.example"), NOW) is VERDICT


def test_too_many_forgotten_names_to_compare_with_forget_the_verdict() -> None:
    cache = filled("games.example")
    for number in range(MAX_CHANGES + 1):
        cache.forget(names={f"n{number}.example"})
    assert cache.get(key("games.example"), NOW) is None


def test_it_is_bounded_and_what_is_asked_for_stays() -> None:
    cache = VerdictCache(max_entries=10)
    cache.put(key("kept.example"), NOW, VERDICT, Cell())
    for number in range(1000):
        cache.put(key(f"n{number}.example"), NOW, VERDICT, Cell())
        assert cache.get(key("kept.example"), NOW) is VERDICT
        assert len(cache) <= 10
