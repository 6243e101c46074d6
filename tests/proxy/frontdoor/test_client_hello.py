"""The name in a ClientHello, however its octets are cut up."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greetings import client_hello, in_records
from proxy.frontdoor.client_hello import (
    MAX_HELLO,
    Hello,
    NotAHello,
    may_become_tls,
    read_hello,
    starts_like_tls,
)

HELLO = client_hello("www.example.org")


@pytest.mark.parametrize("size", [20, 57, 200, 16_000])
def test_a_hello_in_several_records_is_put_together(size):
    assert read_hello(in_records(HELLO, size)) == Hello("www.example.org")


def test_a_hello_that_names_nobody_has_no_name():
    assert read_hello(client_hello(None)) == Hello(None)


def test_nothing_is_said_before_the_last_octet_and_the_same_behind_it():
    for cut in range(len(HELLO)):
        assert read_hello(HELLO[:cut]) is None
    assert read_hello(HELLO + b"\x14\x03\x03") == Hello("www.example.org")


def test_a_record_that_is_cut_anywhere_waits_for_the_rest():
    cut_up = in_records(HELLO, 30)
    assert {read_hello(cut_up[:at]) for at in range(len(cut_up))} == {None}


def naming_twice() -> bytes:
    """A greeting with a second server_name extension, whose lengths are all right."""
    name = b"games.example.org"
    again = struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    at = 9 + 2 + 32  # behind the heads of record and message, version and random
    at += 1 + HELLO[at]
    at += 2 + int.from_bytes(HELLO[at : at + 2])
    at += 1 + HELLO[at]
    extensions = HELLO[at + 2 :] + again
    body = HELLO[9:at] + len(extensions).to_bytes(2) + extensions
    message = b"\x01" + len(body).to_bytes(3) + body
    return HELLO[:3] + len(message).to_bytes(2) + message


def changed(at: int, *octets: int) -> bytes:
    return HELLO[:at] + bytes(octets) + HELLO[at + len(octets) :]


IN_PARTS = in_records(HELLO, 100)
NAME = HELLO.index(b"www.example.org")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(changed(5, 2), "no ClientHello", id="a ServerHello"),
        pytest.param(changed(3, 0, 0), "empty", id="an empty record"),
        pytest.param(changed(3, 0x50, 0), "too long", id="a record too long"),
        pytest.param(changed(6, 2, 0, 0), "longer than", id="a message too long"),
        pytest.param(in_records(HELLO, 2), "too many", id="hundreds of tiny records"),
        pytest.param(IN_PARTS[:105] + b"\x17" + IN_PARTS[106:], "handshake", id="mixed"),
        pytest.param(changed(NAME - 2, 0, 40), "one host name", id="a name longer than its field"),
        pytest.param(changed(NAME, 0xFF), "ASCII", id="a name that is no ASCII"),
        pytest.param(naming_twice(), "twice", id="two names"),
        pytest.param(changed(NAME - 3, 1), "one host name", id="another kind of name"),
    ],
)
def test_what_is_no_hello_or_could_be_read_in_two_ways_is_refused(data, why):
    with pytest.raises(NotAHello, match=why):
        read_hello(data)


def test_whoever_sends_on_and_on_is_stopped():
    head = bytes.fromhex("160301400001003fff0303")
    with pytest.raises(NotAHello):
        read_hello(head + b"\0" * (2 * MAX_HELLO))


@given(st.binary(max_size=120), st.integers(0, len(HELLO)))
def test_no_octets_make_the_reader_raise_anything_else(noise, at):
    for data in (noise, HELLO[:at] + noise + HELLO[at:]):
        try:
            read_hello(data)
        except NotAHello:
            continue


@pytest.mark.parametrize(
    ("first", "is_tls", "may_be"),
    [(b"\x16\x03\x01", True, False), (b"\x16\x03", False, True), (b"\x16", False, True), (b"", False, True),
     (b"\x16\x04", False, False), (b"GET", False, False)],
)  # fmt: skip
def test_tls_is_told_by_its_first_three_octets(first, is_tls, may_be):
    assert (starts_like_tls(first), may_become_tls(first)) == (is_tls, may_be)
