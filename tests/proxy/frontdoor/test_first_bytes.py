"""What a client's first octets say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.frontdoor.first_bytes import MAX_CONNECT, BadConnect, Connect, Speaks, read_connect, speaks


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        pytest.param(b"GET / HTTP/1.1\r\n", Speaks.HTTP, id="a request"),
        pytest.param(b"M-SEARCH * HTTP/1.0\n", Speaks.HTTP, id="a method with a hyphen"),
        pytest.param(b"", Speaks.UNKNOWN_YET, id="nothing yet"),
        pytest.param(b"GE", Speaks.UNKNOWN_YET, id="half a method"),
        pytest.param(b"GET /a", Speaks.UNKNOWN_YET, id="half a line"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Speaks.SOMETHING_ELSE, id="HTTP/2 without TLS"),
        pytest.param(b"SSH-2.0-x\r\n", Speaks.SOMETHING_ELSE, id="SSH"),
        pytest.param(b"\x05\x01\x00", Speaks.SOMETHING_ELSE, id="SOCKS"),
        pytest.param(b"\x13BitTorrent protocol", Speaks.SOMETHING_ELSE, id="BitTorrent"),
        pytest.param(b"get / HTTP/1.1\r\n", Speaks.SOMETHING_ELSE, id="lower case is no method"),
        pytest.param(b"SSTP_DUPLEX_POST /x HTTP/1.1\r\n", Speaks.SOMETHING_ELSE, id="SSTP"),
        pytest.param(b"A" * 40, Speaks.SOMETHING_ELSE, id="a method without end"),
        pytest.param(b"GET " + b"a" * 70_000, Speaks.SOMETHING_ELSE, id="a line without end"),
    ],
)
def test_first_bytes_are_told_apart(first, expected):
    assert speaks(first) is expected


@given(st.binary(max_size=200))
def test_whatever_comes_first_the_answer_is_one_of_three_and_final_ones_stay(first):
    answer = speaks(first)
    if answer is not Speaks.UNKNOWN_YET:
        assert speaks(first + b"more\r\n") is answer or b"\n" not in first


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("CONNECT a.example:443 HTTP/1.1\r\n\r\n", Connect("a.example", 443, "", 34), id="plain"),
        pytest.param("CONNECT a.example HTTP/1.0\n\n", Connect("a.example", 443, "", 28), id="bare, by LF"),
        pytest.param(
            "CONNECT [2001:DB8::1]:8443 HTTP/1.1\r\nHost: x\r\nproxy-authorization:  Basic eA== \r\n\r\n",
            Connect("2001:db8::1", 8443, "Basic eA==", 83),
            id="IPv6 with a log-in",
        ),
        pytest.param("CONNECT a.example:443 HTTP/1.1\r\nHost: a", None, id="not yet complete"),
    ],
)
def test_a_connect_request_is_read_once_its_head_is_there(head, expected):
    assert read_connect(head.encode()) == expected


def test_what_follows_the_head_is_the_tunnel_s():
    head = b"CONNECT a.example:443 HTTP/1.1\r\n\r\n"
    assert read_connect(head + b"\x16\x03\x01").length == len(head)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        pytest.param("CONNECT a..example:443 HTTP/1.1\r\n\r\n", "host is not valid", id="no name"),
        pytest.param("CONNECT a.example:0 HTTP/1.1\r\n\r\n", "host is not valid", id="no port"),
        pytest.param("CONNECT a b HTTP/1.1\r\n\r\n", "first line", id="two targets"),
        pytest.param("CONNECT a.example:443 HTTP/2.0\r\n\r\n", "first line", id="another version"),
        pytest.param("CONNECT a.example:443 HTTP/1.1\r\nno field\r\n\r\n", "field", id="no field"),
        pytest.param("CONNECT a.example:443 HTTP/1.1\r\n folded: x\r\n\r\n", "field", id="a folded field"),
        pytest.param("CONNECT a.example:443 HTTP/1.1\r\nContent-Length: 4\r\n\r\n", "no body", id="a body"),
        pytest.param(
            "CONNECT a.example:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "no body", id="chunks"
        ),
        pytest.param(
            "CONNECT a.example:443 HTTP/1.1\r\n" + "Proxy-Authorization: Basic eA==\r\n" * 2 + "\r\n",
            "two log-ins",
            id="two log-ins",
        ),
        pytest.param(
            "CONNECT a.example:443 HTTP/1.1\r\nX: " + "a" * MAX_CONNECT, "too long", id="without end"
        ),
    ],
)
def test_a_connect_request_that_could_be_read_in_two_ways_is_refused(head, why):
    with pytest.raises(BadConnect, match=why):
        read_connect(head.encode())


@given(st.binary(max_size=300))
def test_no_octets_make_the_reader_raise_anything_else(tail):
    try:
        read_connect(b"CONNECT a.example:443 HTTP/1.1\r\n" + tail)
    except BadConnect:
        return


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        pytest.param(b" " * 15_000 + b"\x01", False, id="before a wrong octet"),
        pytest.param(b"a" + b"\t " * 7_500 + b"\x01", False, id="behind an octet and before a wrong one"),
        pytest.param(b" " * 7_000 + b"a" + b" " * 8_000, True, id="around an octet"),
    ],
)
def test_white_space_is_read_once(value, valid):
    """An expression that tries every way to share it out would be at this for hours."""
    head = b"CONNECT a.example:443 HTTP/1.1\r\nProxy-Authorization:" + value + b"\r\n\r\n"
    if valid:
        assert read_connect(head) == Connect("a.example", 443, "a", len(head))
    else:
        with pytest.raises(BadConnect, match="field"):
            read_connect(head)
