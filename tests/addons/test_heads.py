"""What was read of a head is used again for the same head, and for no other."""

from dataclasses import replace

import pytest
from mitmproxy import connection, http

from addons.bodies import _framing as framing
from addons.heads import MAX_HEADS, MAX_REMEMBERED, BadRequest, head_of, told_in
from proxy.frontdoor.sessions import Session

FIELDS = (
    (b"Host", b"learn.example"),
    (b"User-Agent", b"x"),
    (b"Referer", b"https://other.example/a?b"),
    (b"X-Forwarded-For", b"192.0.2.1"),
)


def inside(session: Session) -> Session:
    session.connect, session.server_name = ("learn.example", 443), "learn.example"
    return session


def flow(fields=FIELDS, *, path: str = "/", version: str = "HTTP/1.1") -> http.HTTPFlow:
    client = connection.Client(peername=("192.0.2.7", 5000), sockname=("192.0.2.1", 8080))
    client.tls = True
    made = http.HTTPFlow(client, connection.Server(address=None))
    made.request = http.Request.make("GET", f"https://learn.example{path}")
    made.request.data.http_version = version.encode()
    made.request.headers = http.Headers(fields)
    return made


def test_a_head_says_whom_it_is_for_and_what_a_server_may_see():
    head = head_of(flow(), inside(Session("192.0.2.7")))
    assert (head.scheme, head.host, head.port, head.endpoint) == (
        "https",
        "learn.example",
        443,
        "learn.example",
    )
    assert (head.names, head.traits, head.referring_host) == (
        ("learn.example",),
        frozenset(),
        "other.example",
    )
    assert head.passed == FIELDS[:3]


def test_the_same_fields_with_another_target_are_not_read_again():
    session = inside(Session("192.0.2.7"))
    first = head_of(flow(path="/a"), session)
    assert head_of(flow(path="/b"), session) is first


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(((b"Host", b"games.example"), *FIELDS[1:]), id="another host"),
        pytest.param((*FIELDS, (b"Host", b"games.example")), id="a second host"),
        pytest.param((*FIELDS, (b"Upgrade", b"websocket")), id="an upgrade"),
        pytest.param((*FIELDS[:2], (b"Referer", b"https://games.example/")), id="another referer"),
        pytest.param((*FIELDS, (b"X", b"a\r\nb")), id="a field of two lines"),
    ],
)
def test_other_fields_are_read_as_if_nothing_came_before(fields):
    def read(session: Session):
        try:
            return replace(head_of(flow(fields), session), said=())
        except BadRequest as bad:
            return str(bad)

    session = inside(Session("192.0.2.7"))
    before = replace(head_of(flow(), session), said=())
    assert read(session) == read(inside(Session("192.0.2.7"))) != before


def test_what_is_not_in_the_fields_counts_as_well():
    session = inside(Session("192.0.2.7"))
    http1 = head_of(flow((*FIELDS, (b"TE", b"trailers"))), session)
    http2 = head_of(flow((*FIELDS, (b"TE", b"trailers")), version="HTTP/2.0"), session)
    assert (b"TE", b"trailers") not in http1.passed
    assert (b"TE", b"trailers") in http2.passed
    session.server_name = "games.example"
    assert head_of(flow(FIELDS), session).endpoint == "games.example"


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2.0"])
def test_a_server_is_asked_for_no_coding_that_nobody_here_reads(version):
    field = (b"Accept-Encoding", b"br, dcb")
    head = head_of(flow((*FIELDS[:2], field), version=version), inside(Session("192.0.2.7")))
    assert head.passed == (*FIELDS[:2], (b"Accept-Encoding", b"br"))
    assert ("accept-encoding", "br, dcb") in head.shown


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2.0"])
def test_no_server_hears_of_a_dictionary(version):
    told = ((b"Available-Dictionary", b":pZGm1A==:"), (b"Dictionary-ID", b'"a"'))
    head = head_of(flow((*FIELDS[:2], *told), version=version), inside(Session("192.0.2.7")))
    assert head.passed == FIELDS[:2]


def test_a_long_head_is_not_kept():
    session = inside(Session("192.0.2.7"))
    head_of(flow((*FIELDS, (b"Cookie", b"x" * MAX_REMEMBERED))), session)
    assert session.head is None
    head_of(flow(), session)
    assert session.head is not None


def test_values_of_one_name_are_joined():
    told = told_in(http.Headers([(b"A", b"1"), (b"b", b"2"), (b"a", b"3")]))
    assert told == {b"a": b"1, 3", b"b": b"2"}


def test_the_heads_of_the_last_requests_are_recalled():
    """A page's scripts, pictures and styles come in turn, each with fields of its own."""
    session = inside(Session("192.0.2.7"))
    kinds = [(*FIELDS, (b"Sec-Fetch-Dest", kind)) for kind in (b"script", b"image", b"style")]
    first = [head_of(flow(fields), session) for fields in kinds]
    again = [head_of(flow(fields), session) for fields in kinds]
    assert all(one is other for one, other in zip(first, again, strict=True))
    for number in range(MAX_HEADS):
        head_of(flow((*FIELDS, (b"X", b"%d" % number))), session)
    assert head_of(flow(kinds[0]), session) is not first[0]


def test_of_all_heads_together_so_many_octets_are_kept():
    session = inside(Session("192.0.2.7"))
    long, other = ((*FIELDS, (b"Cookie", letter * (MAX_REMEMBERED - 200))) for letter in (b"x", b"y"))
    first = head_of(flow(long), session)
    assert head_of(flow(long), session) is first
    head_of(flow(other), session)
    assert head_of(flow(long), session) is not first


def test_what_is_recalled_of_a_body_is_the_requests_own():
    """Streams of one HTTP/2 connection wait for different names: the head read last may be another's."""
    session = inside(Session("192.0.2.7"))
    told = [(5, False), (None, True), (None, False)]
    fields = ((b"Content-Length", b"5"), (b"Transfer-Encoding", b"chunked"), (b"X", b"y"))
    flows = [flow((*FIELDS, field)) for field in fields]
    for one in flows:
        one.request.data.headers.fields = head_of(one, session).passed
    assert [framing(one.request, session.head) for one in flows] == told
    again = flow((*FIELDS, fields[1]))
    again.request.data.headers.fields = head_of(again, session).passed
    assert again.request.data.headers.fields is session.head.passed
    assert framing(again.request, session.head) == told[1]
