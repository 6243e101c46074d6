"""Regular expressions over URLs."""

import pytest

from proxy.decision.urls import parse_url
from proxy.lists.expressions import MAX_EXPRESSION, Expressions, refusal


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        pytest.param("(unclosed", "missing", id="broken"),
        pytest.param(r"(a)\1", "RE2 does not take it", id="a back-reference"),
        pytest.param("(?=a)b", "RE2 does not take it", id="look-ahead"),
        pytest.param("a{1000}{1000}", "RE2 does not take it", id="repeats that explode"),
        pytest.param(".*", "it matches every URL", id="everything"),
        pytest.param(".", "have nothing in common", id="any character"),
        pytest.param("[a-z0-9]", "have nothing in common", id="any letter"),
        pytest.param("/", "have nothing in common", id="any path"),
        pytest.param(r"\.(com|org|net)(/|$)", "such as en.wikipedia.org/wiki/Water", id="a third of the web"),
        pytest.param("a" * (MAX_EXPRESSION + 1), "at most", id="too long"),
    ],
)
def test_an_expression_that_cannot_be_used_is_refused_with_the_reason(expression, word):
    assert word in refusal(expression)


def test_an_expression_that_would_stall_others_is_fine_here():
    assert refusal("(a+)+$") is None
    assert Expressions(["(a+)+$"]).matching(parse_url("https://x.example/" + "a" * 5000 + "!")) == []


def test_case_does_not_matter_and_all_that_match_are_named():
    assert Expressions(["POKER", "casino", "ker/"]).matching(parse_url("https://Poker.example/Poker/")) == [
        0,
        2,
    ]


def test_text_that_is_no_unicode_is_searched_all_the_same():
    assert Expressions(["/ads/"]).matching(parse_url("https://x.example/%ff/ads/?%fe")) == [0]
