import pytest

from proxy.bench.goals import GOALS, MILLION, Goal, Outcome, outcomes, ratios
from proxy.bench.results import GOAL, OURS, Results, unit_of


def test_every_goal_is_named_once_for_a_size_and_has_a_unit():
    assert len({(goal.key, goal.size) for goal in GOALS}) == len(GOALS)
    assert all(unit_of(goal.figure) is not None for goal in GOALS)


@pytest.mark.parametrize(("value", "kept"), [(None, None), (0.9, True), (1.0, True), (1.01, False)], ids=str)
def test_a_goal_holds_up_to_its_bound(value, kept):
    assert Outcome(Goal("dns.hot.cpu", "unbound", 1.0), value).kept is kept


def test_a_goal_about_a_peer_is_its_ratio():
    results = Results("dns")
    results.add("hot", OURS, cpu=8.0)
    results.add("hot", "unbound", cpu=10.0)
    found = {one.goal.key: one.value for one in outcomes(results, MILLION)}
    assert found["dns.hot.cpu.vs.unbound"] == 0.8
    assert found["dns.hot.cpu.vs.dnsdist"] is None


def test_goals_hold_for_the_size_of_list_that_they_were_set_for():
    results = Results("lists")
    results.add("compile", OURS, seconds=30.0)
    assert [one.goal.at_most for one in outcomes(results, MILLION) if one.value] == [15]
    assert [one.goal.at_most for one in outcomes(results, 5 * MILLION) if one.value] == [90]
    assert not [one for one in outcomes(results, 1000) if one.value]


def test_a_bound_of_our_own_is_a_ratio_too():
    results = Results("judge")
    results.add("cached", OURS, us=1.5)
    assert ratios(results, MILLION) == {"judge.cached.us.vs.goal": 0.5}
    assert ratios(results, 1000) == {}


def test_what_must_never_happen_is_bound_by_its_worst_sample():
    results = Results("lists")
    for lost, longest in ((0, 5.0), (0, 6.0), (3, 50.0)):
        results.add("swap", OURS, lost=lost, longest=longest)
    found = {one.goal.figure: (one.value, one.kept) for one in outcomes(results, 1000) if one.value}
    assert found == {"lists.swap.lost": (3, False), "lists.swap.longest": (50.0, False)}
    assert ratios(results, 1000) == {"lists.swap.lost.vs.goal": 4.0, "lists.swap.longest.vs.goal": 2.0}


def test_nothing_lost_keeps_a_bound_of_nothing():
    results = Results("lists")
    results.add("swap", OURS, lost=0)
    (kept,) = [one.kept for one in outcomes(results, 1000) if one.value is not None]
    assert kept
    assert ratios(results, 1000) == {"lists.swap.lost.vs.goal": 0.0}


def test_figures_that_are_void_keep_no_goal():
    results = Results("judge")
    results.add("cached", OURS, us=1.5)
    results.spoil(OURS, "wrong")
    assert {one.kept for one in outcomes(results, MILLION)} == {None}
    assert GOAL not in results.void
