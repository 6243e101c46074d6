"""What a flow says, in our values."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mitmproxy import connection, http

from addons.flows import asked, path_and_query
from addons.heads import BadRequest
from proxy.decision.request import Trait
from proxy.decision.urls import Url, readings
from proxy.frontdoor.sessions import Session


def flow(url: str, fields: dict[str, str], *, tls: bool = False) -> http.HTTPFlow:
    client = connection.Client(peername=("192.0.2.7", 5000), sockname=("192.0.2.1", 8080))
    client.tls = tls
    made = http.HTTPFlow(client, connection.Server(address=None))
    made.request = http.Request.make("GET", url, headers=http.Headers([(b"host", b"")]))
    made.request.headers = http.Headers((k.encode(), v.encode()) for k, v in fields.items())
    return made


def test_a_plain_request_is_its_url_s_host():
    request = asked(
        flow("http://Site.example:8080/a//b?q=1", {"Host": "site.example:8080"}), Session("192.0.2.7")
    )
    assert request.url == Url("http", "site.example", 8080, "/a/b", "q=1")
    assert [attempt.host for attempt in request.attempts] == ["site.example"]
    assert request.attempts[0].traits == frozenset()


def test_inside_tls_the_host_field_the_handshake_and_the_tunnel_are_all_attempts():
    session = Session("192.0.2.7", connect=("tunnel.example", 443), server_name="shake.example")
    request = asked(flow("https://198.51.100.1/", {"Host": "field.example"}, tls=True), session)
    assert [attempt.host for attempt in request.attempts] == [
        "field.example",
        "shake.example",
        "tunnel.example",
    ]
    assert all(attempt.traits == {Trait.HOST_MISMATCH} for attempt in request.attempts)
    assert all(attempt.url is not None and attempt.url.host == attempt.host for attempt in request.attempts)
    assert request.head.endpoint == "shake.example"


def test_without_any_name_a_redirected_request_is_its_destination_s():
    session = Session("192.0.2.7", destination=("198.51.100.1", 80))
    assert asked(flow("http://198.51.100.1/", {}), session).url.host == "198.51.100.1"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"Host": "a..b"}, "not valid", id="an empty label"),
        pytest.param({"Host": "1.2.3.4.5"}, "not valid", id="too many numbers"),
        pytest.param({"Host": "site.example:99999"}, "not valid", id="a port beyond the last"),
    ],
)
def test_a_host_that_is_none_is_a_bad_request(fields, words):
    session = Session("192.0.2.7", destination=("198.51.100.1", 80))
    with pytest.raises(BadRequest, match=words):
        asked(flow("http://198.51.100.1/", fields), session)


def test_the_referring_host_is_kept_and_nothing_else_of_the_referer():
    session = Session("192.0.2.7")
    fields = {"Host": "a.example", "Referer": "https://user:pw@Other.example/secret?x=1"}
    assert asked(flow("http://a.example/", fields), session).attempts[0].referring_host == "other.example"
    fields = {"Host": "a.example", "Referer": "no url"}
    assert asked(flow("http://a.example/", fields), session).attempts[0].referring_host == ""


def test_an_upgrade_to_websocket_is_a_trait():
    made = flow("http://a.example/", {"Host": "a.example", "Upgrade": "WebSocket"})
    assert asked(made, Session("192.0.2.7")).attempts[0].traits == {Trait.WEBSOCKET}


@pytest.mark.parametrize(
    ("method", "target", "fields"),
    [
        pytest.param(b"GET /games HTTP/1.1", b"/", {}, id="a method that is a whole line"),
        pytest.param(b"GET", b"http://games.example/", {}, id="a target with a host of its own"),
        pytest.param(b"GET", b"games", {}, id="a target that does not begin with a slash"),
        pytest.param(b"GET", b"/games HTTP/1.1", {}, id="a target with a space"),
        pytest.param(b"GET", b"/games\x00x", {}, id="a target with an octet that ends a text"),
        pytest.param(b"GET", b"/games%00x", {}, id="the same, escaped"),
        pytest.param(b"GET", b"*", {}, id="the whole server, for GET"),
        pytest.param(b"GET", b"/", {"X": "a\rHost: games.example"}, id="a carriage return in a field"),
        pytest.param(b"GET", b"/", {"X": "a\r\n Host: games.example"}, id="a folded field"),
    ],
)
def test_what_a_server_could_read_as_another_request_is_a_bad_one(method, target, fields):
    session = Session("192.0.2.7", destination=("198.51.100.1", 80))
    made = flow("http://198.51.100.1/", {"Host": "a.example", **fields})
    made.request.data.method, made.request.data.path = method, target
    with pytest.raises(BadRequest):
        asked(made, session)


def test_a_path_that_servers_read_differently_is_judged_in_every_reading():
    made = flow("http://a.example/play.php/%252e%252e/maths?q=1", {"Host": "a.example"})
    request = asked(made, Session("192.0.2.7"))
    assert request.url.path == "/maths"
    assert [attempt.url.path for attempt in request.attempts] == ["/maths", "/play.php/../maths"]


@given(st.text("ab./%2e;\\?#&=+,:@~!$'()*-_ \x7f\xe9", max_size=12).map(lambda text: "/" + text))
@example("/")
@example("/?")
@example("/a?b?c")
@example("/.")
@example("/a/.b/c.")
@example("/a;b?c")
@example("//a")
@example("/a/#?b")
def test_a_target_of_one_reading_is_read_like_any_other(target):
    made = flow("http://a.example/", {"Host": "a.example"})
    made.request.data.path = target.encode("latin-1")
    try:
        request = asked(made, Session("192.0.2.7"))
    except BadRequest:
        assert " " in target or "\x7f" in target
        return
    path, query = path_and_query(made.request)
    read = readings(
        "".join(c if c.isascii() else f"%{ord(c):02X}" for c in target.partition("#")[0].partition("?")[0])
    )
    assert (request.url.path, request.url.query) == (path, query)
    assert tuple(attempt.url.path for attempt in request.attempts) == read


@pytest.mark.parametrize("method", ["GET", "POST", "PROPFIND", "get"])
def test_a_method_is_written_down_as_it_came(method):
    made = flow("http://a.example/", {"Host": "a.example"})
    made.request.data.method = method.encode()
    assert asked(made, Session("192.0.2.7")).attempts[0].method == method
