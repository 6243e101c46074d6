import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.spelling.codings import MIN_CODED, begins_like_base64, decoded, unkeyed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("hvtrs8/-ezaopne,opg-", "https://example.org/", id="every second character by two"),
        pytest.param("behind hvtrs8/-ezaopne,opg-", "https://example.org/", id="behind something else"),
        pytest.param("https://example.org/", "", id="no key at all"),
        pytest.param("mathematics and science", "", id="words"),
        pytest.param("hvtr", "", id="too short"),
    ],
)
def test_the_key_is_what_makes_an_address_of_it(text, expected):
    assert unkeyed(text) == expected


@given(st.sampled_from([1, 2, 4]).flatmap(lambda n: st.binary(min_size=n, max_size=n)), st.booleans())
def test_any_key_of_these_lengths_is_found(key, secure):
    plain = f"http{'s' if secure else ''}://example.org/a"
    hidden = "".join(chr(ord(c) ^ key[i % len(key)]) for i, c in enumerate(plain))
    assert unkeyed(hidden) == ("" if hidden == plain else plain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("aHR0cHM6Ly9", True, id="an address"),
        pytest.param("bGVzc29u", True, id="other text"),
        pytest.param("_-_-_-_-", False, id="octets that are no text"),
        pytest.param("aHR0", False, id="too short"),
        pytest.param("index.html", False, id="no base64"),
    ],
)
def test_base64_of_text_is_told_by_its_beginning(text, expected):
    assert begins_like_base64(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("NB2HI4DT\u00ff\u043eVYGYZJ", id="base32 with letters that are no ASCII"),
        pytest.param("NB2HI4DT1189", id="base32 with digits that it has not"),
        pytest.param("6874747", id="half an octet"),
    ],
)
def test_what_is_spoiled_stands_for_nothing(text):
    assert decoded(text.ljust(MIN_CODED, "!")) == []


@given(st.text(min_size=MIN_CODED, max_size=80) | st.text("68747470hvtrNB2I4aR0c=/+-_.", min_size=MIN_CODED))
def test_any_text_is_decoded_to_text_that_is_not_longer_by_more_than_a_scheme(text):
    for meant, way in decoded(text):
        assert way
        assert len(meant) <= len(text) + len("http")
