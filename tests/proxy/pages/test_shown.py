import unicodedata
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.decision.urls import Url, parse_url
from proxy.pages.shown import MAX_SHOWN, shown, shown_address, ticket_url


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("a\x00b\x1bc", "a\ufffdb\ufffdc", id="control characters"),
        pytest.param("a\r\n\tb", "a   b", id="line ends and tabs"),
        pytest.param("moc.\u202eexample", "moc.\ufffdexample", id="text that runs backwards"),
        pytest.param("a\u200bb", "a\ufffdb", id="a space that nobody sees"),
        pytest.param("a\ud800b", "a\ufffdb", id="half a character"),
        pytest.param("x" * 300, "x" * (MAX_SHOWN - 1) + "…", id="endless length"),
        pytest.param("größe/日本", "größe/日本", id="letters of any language"),
    ],
)
def test_a_text_loses_what_no_reader_should_get(text, seen):
    assert shown(text) == seen


@pytest.mark.parametrize(
    ("url", "address"),
    [
        pytest.param("http://games.example/", "games.example", id="a whole site"),
        pytest.param("http://games.example/play?token=abc", "games.example/play", id="the query is left out"),
        pytest.param(
            "http://games.example/a;password=x/b", "games.example/a;password=-/b", id="credentials too"
        ),
    ],
)
def test_a_page_shows_host_and_path(url, address):
    parsed = parse_url(url)

    assert shown_address(parsed.host, parsed) == address


def test_an_attempt_without_url_shows_its_host():
    assert shown_address("games.example", None) == "games.example"


@pytest.mark.parametrize(
    ("url", "carried"),
    [
        pytest.param(
            "https://games.example/play?level=3", "https://games.example/play?level=3", id="as it was"
        ),
        pytest.param("https://u:p@games.example:8443/", "https://games.example:8443/", id="without log-in"),
        pytest.param(
            "http://games.example/a b?q=<x>", "http://games.example/a%20b?q=%3Cx%3E", id="ASCII alone"
        ),
        pytest.param("http://x.example/?token=abc&a=1", "http://x.example/?token=-&a=1", id="no credentials"),
        pytest.param("http://[2001:db8::1]/", "http://[2001:db8::1]/", id="IPv6"),
    ],
)
def test_a_ticket_carries_a_url_that_can_be_asked_again(url, carried):
    parsed = parse_url(url)

    assert ticket_url(parsed.host, parsed) == carried


def test_a_ticket_about_a_name_carries_the_sites_first_page():
    assert ticket_url("games.example", None) == "https://games.example/"
    assert ticket_url("2001:db8::1", None) == "https://[2001:db8::1]/"


@given(st.text(), st.text())
def test_any_url_is_shown_clean_and_carried_as_ascii(path, query):
    url = Url("http", "games.example", 80, "/" + path, query)

    carried = ticket_url(url.host, url)

    assert carried.isascii()
    assert carried.isprintable()
    assert urlsplit(carried).hostname == "games.example"
    assert not {unicodedata.category(c) for c in shown_address(url.host, url)} & {"Cc", "Cf", "Cs"}
