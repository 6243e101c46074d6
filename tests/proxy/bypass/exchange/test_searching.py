import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.searching import ManyExpressions, SearchFailed


def test_the_numbers_of_what_is_found_come_back():
    several = ManyExpressions(("cats", "dogs", "^b.rds$"))
    assert sorted(several.found_in("raining CATS and dogs")) == [0, 1]
    assert several.found_in("birds") == [2]
    assert several.found_in("fish") == []


def test_none_at_all_finds_nothing():
    assert ManyExpressions(()).found_in("anything") == []


def test_whole_texts_can_be_wanted():
    several = ManyExpressions((r"(?:www\.)?example\.org",), is_whole=True)
    assert several.found_in("www.example.org") == [0]
    assert several.found_in("www.example.org.evil.example") == []


def test_octets_that_are_no_text_are_searched_too():
    assert ManyExpressions((b"a\xffb",), is_text=False).found_in(b"\x00\xfe..A\xffB") == [0]


class OutOfMemory:
    """RE2's set when its automaton has outgrown its memory: it logs that, and finds nothing."""

    def Match(self, text):
        return None


def test_a_pass_that_failed_is_said_and_never_taken_for_nothing_found():
    several = ManyExpressions(("cats",))
    several._set = OutOfMemory()
    with pytest.raises(SearchFailed):
        several.found_in("cats")


@given(st.text(max_size=200), st.binary(max_size=200))
def test_no_text_makes_it_raise(text, octets):
    ManyExpressions(("a+b", "(x|y){3}")).found_in(text)
    ManyExpressions((b"a+b",), is_text=False).found_in(octets)
