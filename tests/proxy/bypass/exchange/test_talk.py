"""Which messages of a WebSocket are looked at, and together with which."""

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.all_detectors import ALL
from proxy.bypass.exchange.first_message import unmistakable
from proxy.bypass.exchange.sides import MAX_RUN, REACH
from proxy.bypass.exchange.talk import DECISIVE, MAX_ALL, MAX_SIDE, TINY, Talk
from proxy.bypass.observed import MAX_FIRST, MAX_MESSAGES, Message
from tests.fakes.exchanges import shipped, talked

SSH = b"SSH-2.0-OpenSSH_9.2\r\n"
HELLO = b"\x16\3\1\2\0\1\0\1\xfc\3\3" + bytes(500)
TROJAN = b"0a" * 28 + b"\r\n\1\3\x0bexample.com\1\xbb"
SOCKS = b"\5\1\0\3\x0bexample.com\1\xbb"
VLESS = b"\0" + b"7" * 16 + b"\0\1\1\xbb\2\x0bexample.com"
WISP = b"\1\1\0\0\0\1\xbb\1example.com"
KINDS = [
    pytest.param(SSH, "tunnel.websocket", id="SSH"),
    pytest.param(HELLO, "tunnel.websocket", id="TLS"),
    pytest.param(TROJAN, "tunnel.trojan_ws", id="Trojan"),
    pytest.param(SOCKS, "tunnel.websocket", id="SOCKS"),
    pytest.param(VLESS, "tunnel.vless_ws", id="VLESS"),
    pytest.param(WISP, "webproxy.wisp", id="wisp"),
    pytest.param(b"CONNECT example.com:443 HTTP/1.1\r\n\r\n", "tunnel.websocket", id="a proxy's request"),
    pytest.param(b"RFB 003.008\n", "remote.desktop_ws", id="VNC"),
    pytest.param(b"\3\0\0\x0b\6\xe0" + bytes(5), "remote.desktop_ws", id="RDP"),
    pytest.param(bytes.fromhex("1293605d278175f5") + bytes(8), "tor.snowflake_ws", id="Snowflake"),
]


def binary(octets, *, from_client=True):
    return Message(from_client, False, octets)


def text(octets, *, from_client=True):
    return Message(from_client, True, octets)


def begun():
    """A talk whose next messages are later than the first of both sides."""
    talk = Talk()
    for _ in range(MAX_MESSAGES):
        talk.take(text(b"a line of a chat"))
        talk.take(text(b"another", from_client=False))
    return talk


def signs(talk, *messages):
    """The signs at each of some further messages."""
    shown = [talk.take(message) for message in messages]
    return [
        []
        if one is None
        else [
            sign
            for detector in ALL.messages
            for sign in detector(
                replace(talked(), messages=one.messages, left_out=one.left_out),
                shipped(),
            )
        ]
        for one in shown
    ]


def techniques(talk, *messages):
    return [[sign.technique for sign in found] for found in signs(talk, *messages)]


def test_the_first_messages_are_looked_at_with_all_before_them():
    talk, said = Talk(), (text(b"hello"), binary(b"x", from_client=False), text(b"there"))
    shown = [talk.take(message) for message in said]
    assert [(one.messages, one.left_out) for one in shown] == [(said[:n], 0) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("octets", "count"),
    [
        pytest.param(b"12345", MAX_MESSAGES, id="of some length"),
        pytest.param(b"1" * (TINY - 1), MAX_ALL, id="tiny"),
        pytest.param(b"2" * MAX_FIRST, MAX_SIDE // MAX_FIRST, id="long"),
    ],
)
def test_a_side_has_so_many_first_messages(octets, count):
    talk = Talk()
    assert all(talk.take(text(octets)).left_out == 0 for _ in range(count))
    assert talk.take(text(octets)) is None
    assert len(talk.first) == count  # the other side may still begin


@pytest.mark.parametrize(("octets", "technique"), KINDS)
@pytest.mark.parametrize("from_client", [True, False])
def test_what_nothing_else_begins_with_is_seen_later_too(octets, technique, from_client):
    if technique == "webproxy.wisp" and not from_client:
        return
    junk = [text(b"a line")] * 1000
    found = techniques(begun(), *junk, binary(octets, from_client=from_client))
    assert found == [[]] * 1000 + [[technique]]


@pytest.mark.parametrize(("octets", "technique"), KINDS)
def test_it_is_seen_in_pieces_and_written_as_text(octets, technique):
    pieces = [
        binary(octets[at : at + -(-len(octets) // 3)]) for at in range(0, len(octets), -(-len(octets) // 3))
    ]
    seen = techniques(begun(), *pieces)
    assert [found for found in seen if found][-1] == [technique]
    assert techniques(begun(), text(b64encode(octets))) == [[technique]]


def test_evidence_names_the_message_by_its_number():
    talk = begun()
    [*_, [sign]] = signs(talk, *[text(b"a line")] * 7, binary(SSH))
    assert dict(sign.evidence)["message"] == str(2 * MAX_MESSAGES + 7)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"\1\1\0\0\0\1\x39\x05player.one", id="a number, and a word with a dot"),
        pytest.param(b"\5\1\0", id="a greeting of three octets"),
        pytest.param(b"\4\1\1\xbb\xc6\x33\x64\x07\0", id="SOCKS 4 is numbers alone"),
        pytest.param(b"\x38" + bytes(13), id="OpenVPN"),
        pytest.param(
            b"\0" + b"7" * 16 + b"\0\1\1\xbb\1\1\2\3\4" + bytes(9), id="VLESS with an address of numbers"
        ),
        pytest.param(bytes(200), id="zeros"),
    ],
)
def test_what_a_games_numbers_may_look_like_is_nothing_later(octets):
    assert techniques(begun(), binary(octets), binary(octets, from_client=False)) == [[], []]


def test_a_text_that_is_typed_is_nothing_later():
    """Terminals and chats say all day what a lesson about protocols has them say."""
    assert techniques(begun(), text(SSH), text(b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")) == [[], []]


def test_of_later_messages_a_few_short_ones_are_kept():
    talk = begun()
    for octets in (b"\1", b"{", b"\1", b"\2" * MAX_RUN, b"\1" * MAX_FIRST):
        for _ in range(2 * REACH):
            shown = talk.take(binary(octets))
            assert shown is None or len(shown.messages) <= REACH + 1
    assert talk.first == ()
    assert talk.take(binary(b"{}")) is None  # nothing is put before what comes after a long one


@pytest.mark.parametrize(("octets", "technique"), KINDS)
def test_nothing_decisive_begins_with_another_octet(octets, technique):
    others = [bytes((first,)) + octets[1:] for first in range(256) if first not in DECISIVE]
    assert (len(others), {unmistakable(one) for one in others}) == (256 - len(DECISIVE), {None})
    assert octets[0] in DECISIVE, technique


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.binary(max_size=40)), max_size=90))
def test_any_messages_are_taken(said):
    talk = Talk()
    for from_client, is_text, octets in said:
        shown = talk.take(Message(from_client, is_text, octets))
        assert shown is None or shown.messages[-1].payload == octets
