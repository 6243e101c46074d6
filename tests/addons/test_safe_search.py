"""How search requests are held to the safe mode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http

from addons.safe_search import apply_safe_search, with_params
from policies import GOOGLE, PUPIL, policy
from proxy.decision.view import view_for


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("q=cats", "q=cats&safe=active", id="added"),
        pytest.param("", "safe=active", id="to nothing"),
        pytest.param("safe=off&q=cats", "q=cats&safe=active", id="replaced"),
        pytest.param("safe=active&q=1&safe=off", "q=1&safe=active", id="every repetition"),
        pytest.param("s%61fe=off&q=1", "q=1&safe=active", id="percent-coded name"),
        pytest.param("s%2561fe=off&q=1", "q=1&safe=active", id="coded twice"),
        pytest.param("SAFE=off&q=1", "q=1&safe=active", id="another case"),
        pytest.param("q=a+b%20c&hl=de", "q=a+b%20c&hl=de&safe=active", id="the rest as it was sent"),
        pytest.param("safely=1", "safely=1&safe=active", id="a longer name is another name"),
    ],
)
def test_a_parameter_occurs_once_with_the_safe_value(query, expected):
    assert with_params(query, {"safe": "active"}) == expected


def test_an_empty_value_removes_the_parameter():
    assert with_params("q=1&adlt=off", {"adlt": ""}) == "q=1"


@given(st.text(max_size=80))
def test_whatever_was_asked_the_last_word_is_the_safe_one(query):
    made = with_params(query, {"safe": "active"})
    assert made.split("&")[-1] == "safe=active"
    assert with_params(made, {"safe": "active"}) == made


def request_for(url: str) -> http.Request:
    return http.Request.make("GET", url)


def test_only_the_engine_s_search_paths_are_changed():
    written = policy()
    view = view_for(written, PUPIL)
    object.__setattr__(view, "safe_search", {"google": "strict"})
    search, maps = (
        request_for("https://www.google.com/search?q=1"),
        request_for("https://www.google.com/maps?q=1"),
    )
    for one in (search, maps):
        apply_safe_search(one, "www.google.com", written, view)
    assert (search.path, maps.path) == ("/search?q=1&safe=active", "/maps?q=1")
    assert GOOGLE.param_paths == ("/search",)
