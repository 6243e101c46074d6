from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.console.reports.figures import (
    FEW,
    Answers,
    Appeals,
    Line,
    ListLine,
    Made,
    Refused,
    Times,
    in_order,
    lines,
    over_blocking,
    times,
    too_few,
    total,
)

DAY = date(2026, 11, 23)
NORTH = Made("unblock", "north", DAY, 6, 7, 2)


HOUR_US = 3_600_000_000


def answer(hours, school="north"):
    return Answers("unblock", school, DAY, [hours * HOUR_US // 2], [hours * HOUR_US])


def test_all_requests_in_one_line():
    made = [NORTH, replace(NORTH, kind="resource", cases=2, asked=2, overdue=0)]

    assert total(made, [answer(1), answer(2), answer(9)]) == Line(
        "", cases=8, asked=9, answered=3, in_school=Times(1.0, 4.5), by_clock=Times(2.0, 9.0), overdue=0.25
    )
    assert total([], []) == Line("")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        pytest.param([], Times(None, None), id="none"),
        pytest.param([3], Times(3, 3), id="one"),
        pytest.param([1, 2], Times(1.5, 2), id="between two"),
        pytest.param(range(1, 11), Times(5.5, 9), id="ten: the ninth"),
        pytest.param(range(1, 12), Times(6, 10), id="eleven: the tenth"),
    ],
)
def test_median_and_ninetieth_percentile(hours, expected):
    assert times(n * HOUR_US for n in hours) == expected


def by_school(made, answers, *names):
    return lines(made, answers, lambda one: one.school, names, str)


def test_answers_that_are_put_in_order_are_the_same_answers():
    mixed = Answers("unblock", "valley-high", DAY, [3, 1, 2], [10, 30, 20])

    assert in_order([mixed]) == [replace(mixed, in_school=[1, 2, 3], by_clock=[10, 20, 30])]
    assert total([], in_order([mixed])) == total([], [mixed])


def test_a_breakdown_has_a_line_for_each_name():
    made = [NORTH, replace(NORTH, school="south", cases=5), replace(NORTH, kind="resource", cases=1)]

    found = by_school(made, [answer(1), answer(3, "south")], "north", "south", "east")

    assert [(line.name, line.cases, line.by_clock.median, line.hidden) for line in found] == [
        ("north", 7, 1.0, False),
        ("south", 5, 3.0, False),
        ("east", 0, None, False),
    ]


def test_a_line_of_few_shows_nothing_else():
    few = [replace(NORTH, school="south", cases=4), replace(NORTH, school="east", cases=1)]
    made = [replace(NORTH, cases=20), *few]

    found = by_school(made, [answer(1), answer(3, "south")], "north", "south", "east")

    assert found[1:] == (Line("south", hidden=True), Line("east", hidden=True))
    assert found[0].cases == 20


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        pytest.param({"a": 5, "b": 9}, "", id="nothing to hide"),
        pytest.param({"a": 0, "b": 9}, "", id="nobody is nobody"),
        pytest.param({"a": 4, "b": 9, "c": 7}, "ac", id="one alone takes the next smallest with it"),
        pytest.param({"a": 4, "b": 1, "c": 7}, "ab", id="two hide each other"),
        pytest.param({"a": 3}, "a", id="nothing beside it"),
        pytest.param({"a": 1, "b": 1, "c": 9, "d": 7}, "abd", id="two of one each, as a total of two tells"),
        pytest.param({"a": 4, "b": 4, "c": 7}, "abc", id="two of four each"),
    ],
)
def test_few_are_hidden(counts, hidden):
    assert too_few(counts) == frozenset(hidden)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=8))
def test_no_hidden_number_can_be_worked_out_from_the_total(counts):
    hidden = too_few(counts)
    shown = {name: n for name, n in counts.items() if name not in hidden}

    assert all(n == 0 or n >= FEW for n in shown.values())
    if hidden and any(shown.values()):
        assert len(hidden) > 1


def test_the_share_of_appeals_that_were_granted():
    assert Appeals(made=5, taken_back=0, decided=4, overturned=2).share == 0.5
    assert Appeals(made=1, taken_back=0, decided=0, overturned=0).share is None


def test_what_a_list_blocks_too_much():
    refused = [
        Refused("own", "social", asked=5, answered=5),
        Refused("ut1", "games", asked=6, answered=5, approved=4),
        Refused("own", "adult", asked=2, answered=2, approved=2),
        Refused("own", "drugs", asked=1),
    ]

    assert over_blocking(refused, {("ut1", "games"): 900}) == (
        ListLine("ut1", "games", asked=6, answered=5, approved=4, blocks=900),
        ListLine("own", "social", asked=5, answered=5, approved=0, blocks=0),
        ListLine("own", "adult", hidden=True),
        ListLine("own", "drugs", hidden=True),
    )
    assert over_blocking(refused, None)[0].blocks is None
    assert over_blocking(refused, None)[0].share == 0.8
    assert over_blocking([], None) == ()
