import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.spelling.lookalikes import MAX_IMITATED, imitated
from proxy.decision.names import NameProblem, canonical_host


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("ex\u0430mple.com", ("example.com",), id="a letter of Cyrillic"),
        pytest.param(
            "\u0435\u0445\u0430\u043c\u0440\u04cf\u0435.com", ("exampie.com", "example.com"), id="all"
        ),
        pytest.param("ex\u03b1mple.com", ("example.com",), id="a letter of Greek"),
        pytest.param("exampl\u00e9.com", ("example.com",), id="a letter with a mark"),
        pytest.param("c0lours.com", ("colours.com",), id="a digit"),
        pytest.param(
            "www.1etters.example.com", ("www.ietters.example.com", "www.letters.example.com"), id="a one"
        ),
        pytest.param("example.com", (), id="an ordinary name"),
        pytest.param("cdn1.example.com", (), id="a number behind"),
        pytest.param("mp3-10a.example.com", (), id="a number among others"),
        pytest.param("10-things.example.com", (), id="a number in front"),
        pytest.param("1o1.example.com", (), id="hardly a letter"),
        pytest.param("\u0448\u043a\u043e\u043b\u0430\u0431.example.com", (), id="a word of another script"),
        pytest.param("xn--a.example.com", (), id="no punycode"),
    ],
)
def test_a_name_imitates_what_it_looks_like(shipped, host, expected):
    assert imitated(canonical_host(host), shipped.spellings.letters) == expected


@given(st.text("abcо0оеӏ1l.-", min_size=1, max_size=60) | st.text("xn-0189az.", max_size=80))
def test_any_name_imitates_few(shipped, text):
    try:
        host = canonical_host(text)
    except NameProblem:
        return
    names = imitated(host, shipped.spellings.letters)
    assert len(names) <= MAX_IMITATED
    assert all(name.isascii() and name != host for name in names)
