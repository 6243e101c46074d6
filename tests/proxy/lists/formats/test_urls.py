"""Lists of URLs."""

import pytest

from list_world import complaints, entries
from proxy.decision.urls import parse_url
from proxy.lists.formats import Format
from proxy.lists.formats.urls import url_key
from proxy.lists.url_keys import url_host

URLS = Format.URLS


@pytest.mark.parametrize(
    ("line", "text"),
    [
        pytest.param("example.org/a/b", "example.org/a/b", id="host and path"),
        pytest.param("https://WWW.Example.org:8443/a/../b/#top", "example.org/b", id="a whole URL"),
        pytest.param("example.org/index.php?id=7", "example.org/index.php?id=7", id="a query"),
        pytest.param("example.org/index.php?", "example.org/index.php", id="an empty query"),
        pytest.param("example.org//?v=1", "example.org/?v=1", id="doubled slashes"),
        pytest.param("example.org/%61/", "example.org/a", id="escapes, and a slash at the end"),
        pytest.param("example.org", "example.org/", id="a host alone is its whole site by URL"),
        pytest.param("192.0.2.7/a", "192.0.2.7/a", id="an address"),
    ],
)
def test_a_url_is_brought_to_its_one_spelling(line, text):
    assert entries(URLS, line) == [(1, "url", text)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("example.org/a b", "not a URL"),
        ("ftp://example.org/a", "not a URL"),
        ("/no/host", "not a URL"),
        ("example.org:99999/", "not a URL"),
        ("example.org/" + "a" * 5000, "line too long"),
    ],
)
def test_what_is_no_url_is_reported(line, why):
    assert complaints(URLS, line) == [(1, why)]


def test_www_is_left_out_only_in_front_of_a_name():
    assert [url_host(host) for host in ("www.example.org", "www.org", "wwww.example.org")] == [
        "example.org",
        "www.org",
        "wwww.example.org",
    ]


def test_a_key_has_no_scheme_and_no_port():
    assert url_key(parse_url("https://www.example.org:444/a/?b")) == "example.org/a?b"
