import asyncio

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.decision.urls import Url
from proxy.pages.visit import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    BadVisit,
    accept_language,
    read_request,
    visit_of,
)


def read(octets, *, ended=True):
    async def reading():
        reader = asyncio.StreamReader()
        reader.feed_data(octets)
        if ended:
            reader.feed_eof()
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
        return await asyncio.wait_for(read_request(reader, connection), 60)

    return asyncio.run(reading())


def visit(octets, sni=None):
    return visit_of(read(octets), client="192.0.2.7", local="192.0.2.1", sni=sni, port=8480)


@pytest.mark.parametrize(
    ("octets", "sni", "url", "names"),
    [
        pytest.param(
            b"GET /a/%2e%2e/b?q=1 HTTP/1.1\r\nHost: GAMES.example\r\n\r\n", None,
            Url("http", "games.example", 80, "/b", "q=1"), ("games.example",), id="plain HTTP",
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: games.example:8453\r\n\r\n", "Games.example.",
            Url("https", "games.example", 8453, "/"), ("games.example",), id="HTTPS with a port",
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: open.example\r\n\r\n", "games.example",
            Url("https", "open.example", 443, "/"), ("open.example", "games.example"), id="two names",
        ),
        pytest.param(
            b"GET / HTTP/1.0\r\n\r\n", "games.example",
            Url("https", "games.example", 8480, "/"), ("games.example",), id="only the handshake names it",
        ),
        pytest.param(
            b"GET / HTTP/1.0\r\n\r\n", None,
            Url("http", "192.0.2.1", 8480, "/"), ("192.0.2.1",), id="nothing names it",
        ),
        pytest.param(
            b"GET http://games.example/x HTTP/1.1\r\nHost: open.example\r\n\r\n", None,
            Url("http", "open.example", 80, "/x"), ("open.example", "games.example"), id="absolute target",
        ),
        pytest.param(
            b"OPTIONS * HTTP/1.1\r\nHost: open.example\r\n\r\n", None,
            Url("http", "open.example", 80, "/"), ("open.example",), id="no path at all",
        ),
    ],
)  # fmt: skip
def test_a_request_names_hosts_and_a_url(octets, sni, url, names):
    found = visit(octets, sni)

    assert (found.url, found.names) == (url, names)


def test_the_referring_host_is_kept_and_nonsense_is_not():
    head = b"GET / HTTP/1.1\r\nHost: x.example\r\nReferer: "

    assert visit(head + b"https://Search.example/?q=secret\r\n\r\n").referring_host == "search.example"
    assert visit(head + b"https://[::1\r\n\r\n").referring_host in ("", "::1")
    assert visit(head + b"http://a b/\r\n\r\n").referring_host == ""


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", 400, id="HTTP/1.1 without Host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n", 400, id="two Hosts"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, id="a Host that is none"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a.example:99999\r\n\r\n", 400, id="a port that is none"),
        pytest.param(b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n", 400, id="CONNECT"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, id="TLS on the HTTP port"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * MAX_HEAD_BYTES, 431, id="an endless header"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a.exa", 400, id="cut off"),
        pytest.param(b"", 400, id="nothing"),
    ],
)
def test_what_is_no_request_is_a_bad_visit(octets, status):
    with pytest.raises(BadVisit) as caught:
        visit(octets)

    assert caught.value.status == status


def test_a_body_is_read_to_its_end_and_dropped():
    head = b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100000\r\n\r\n"

    assert read(head + b"x" * 100_000, ended=False).method == b"POST"


def test_a_body_without_end_is_not_read_to_its_end():
    head = b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 99999999999\r\n\r\n"

    assert read(head + b"x" * (MAX_BODY_BYTES + 1), ended=False).method == b"POST"


def test_a_client_that_waits_for_our_word_is_not_waited_for():
    head = b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"

    assert read(head, ended=False).method == b"POST"


@given(st.binary(max_size=300), st.none() | st.text(max_size=30))
def test_any_octets_are_a_visit_or_a_bad_one(octets, sni):
    try:
        names = visit(octets, sni).names
    except BadVisit:
        return
    assert names


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_target_and_host_are_a_visit_or_a_bad_one(target, host):
    try:
        found = visit(b"GET " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
    except BadVisit:
        return
    assert found.url.path.startswith("/")


@pytest.mark.parametrize(
    ("fields", "told"),
    [([("Host", "a.example")], ""), ([("Host", "a.example"), ("Accept-Language", "es-MX, es")], "es-MX, es")],
)
def test_a_visit_says_its_languages(fields, told):
    assert accept_language(h11.Request(method="GET", target="/", headers=fields)) == told
