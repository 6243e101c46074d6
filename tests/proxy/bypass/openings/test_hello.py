import contextlib
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.openings.hello import HelloSeen, is_hello, read_hello
from tests.fakes.first_octets import hello


def real_hello(name, protocols):
    outgoing = ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.set_alpn_protocols(protocols)
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_a_real_greeting_is_read():
    first = real_hello("www.example.org", ["h2", "http/1.1"])
    assert is_hello(first)
    assert read_hello(first) == HelloSeen(("www.example.org",), ("h2", "http/1.1"))


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        pytest.param(hello("a.example", record=40), HelloSeen(("a.example",)), id="in several records"),
        pytest.param(hello("a.example", "b.example"), HelloSeen(("a.example", "b.example")), id="two names"),
        pytest.param(hello("a.example", ech=True), HelloSeen(("a.example",), (), True), id="ECH"),
        pytest.param(hello(protocols=(b"dot",)), HelloSeen((), ("dot",)), id="no name"),
        pytest.param(
            hello("a.example", protocols=(b"h2",))[:-5], HelloSeen(("a.example",), ("h2",)), id="cut short"
        ),
        pytest.param(b"\x16\x03\x01\x00\x05\x02\x00\x00\x01\x00", HelloSeen(), id="a server's"),
        pytest.param(b"", HelloSeen(), id="nothing"),
    ],
)
def test_what_has_come_is_read(first, expected):
    assert read_hello(first) == expected


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: hello("a.example")[:60] + tail))
def test_any_octets_are_read(first):
    assert isinstance(read_hello(first), HelloSeen)
