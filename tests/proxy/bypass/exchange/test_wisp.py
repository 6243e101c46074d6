import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.wisp import TECHNIQUE, wisp
from proxy.decision.urls import Url
from tests.fakes.exchanges import shipped, talked, techniques

CLIENT, SERVER = True, False
INFO = bytes.fromhex("05000000000200") + bytes.fromhex("01 00000000")


def connect(host: str, port: int = 443, *, stream: int = 7, kind: int = 1) -> bytes:
    return struct.pack("<BIBH", 1, stream, kind, port) + host.encode()


def begins(buffer: int) -> bytes:
    return struct.pack("<BII", 3, 0, buffer)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param(connect("games.example"), "games.example", id="a name"),
        pytest.param(connect("games.example", 80, kind=2, stream=2**31), "games.example", id="UDP"),
        pytest.param(connect("192.0.2.7"), "192.0.2.7", id="an address"),
        pytest.param(connect("2001:db8::1"), "2001:db8::1", id="IPv6"),
        pytest.param(
            connect("games.example") + b"\x02\x07\0\0\0GET", "games.example", id="with a packet behind it"
        ),
    ],
)
def test_a_client_that_names_a_target_is_known(message, expected):
    (sign,) = wisp(talked((CLIENT, message)), shipped())

    assert sign.technique == TECHNIQUE
    assert sign.inner is not None
    assert sign.inner.host == expected
    assert dict(sign.evidence)["message"] == "0"


@pytest.mark.parametrize(
    ("messages", "index"),
    [
        pytest.param(
            [(CLIENT, connect("games.example")[:4]), (CLIENT, connect("games.example")[4:])], "1", id="cut"
        ),
        pytest.param(
            [(CLIENT, b"dummy message")] * 20 + [(CLIENT, connect("games.example"))], "20", id="late"
        ),
        pytest.param(
            [(CLIENT, base64.b64encode(connect("games.example")).decode())], "0", id="written as base64"
        ),
        pytest.param([(SERVER, begins(128)[:4]), (SERVER, begins(128)[4:])], "1", id="a server's first, cut"),
        pytest.param([(SERVER, begins(1 << 21))], "0", id="a large buffer"),
    ],
)
def test_pieces_padding_and_letters_do_not_hide_it(messages, index):
    (sign,) = wisp(talked(*messages), shipped())
    assert (sign.technique, dict(sign.evidence)["message"]) == (TECHNIQUE, index)


@pytest.mark.parametrize(
    "message", [begins(128), begins(0xFFFF), INFO, INFO[:7]], ids=["v1", "large", "v2", "bare v2"]
)
def test_a_server_that_begins_as_wisp_does_is_known_before_the_client_speaks(message):
    assert techniques(wisp, talked((SERVER, message))) == [TECHNIQUE]


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([(SERVER, b"\x03\0\0\0\0\0\0\0\0")], id="no buffer"),
        pytest.param([(SERVER, begins(128) + b"\0")], id="longer"),
        pytest.param([(CLIENT, begins(128))], id="a client says it"),
        pytest.param([(CLIENT, b"hello"), (SERVER, begins(128))], id="not first"),
        pytest.param([(CLIENT, connect("games.example", stream=0))], id="stream 0"),
        pytest.param([(CLIENT, connect("games.example", port=0))], id="port 0"),
        pytest.param([(CLIENT, connect("nodots"))], id="a word"),
        pytest.param([(CLIENT, connect("games.example and more"))], id="text"),
        pytest.param([(CLIENT, connect("games.example", kind=9))], id="another kind"),
        pytest.param(
            [(SERVER, b"\x05\0\0\0\0\x02\0\x01\xff\0\0\0")], id="an extension longer than the message"
        ),
        pytest.param([(SERVER, "\x03\0\0\0\0\x80\0\0\0")], id="as text"),
        pytest.param([(SERVER, bytes.fromhex("0a1b2c3d4e5f")), (CLIENT, b"\0\x01\x02")], id="a page's own"),
        pytest.param([(CLIENT, b"\0\0\x01\x05"), (SERVER, b"\0\x01\x02\0\0")], id="Yjs"),
    ],
)
def test_other_messages_are_nothing(messages):
    assert techniques(wisp, talked(*messages)) == []


def test_the_target_is_where_the_client_wanted_to_go():
    (sign,) = wisp(talked((CLIENT, connect("www.games.example", 80))), shipped())
    assert sign.inner == Url("http", "www.games.example", 80, "/")


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=300)), max_size=8))
def test_no_message_makes_it_raise(messages):
    assert set(techniques(wisp, talked(*messages))) <= {TECHNIQUE}


@given(st.binary(max_size=64).map(lambda tail: b"\x01\x01\0\0\0\x01\xbb\x01" + tail))
def test_no_target_makes_it_raise(message):
    assert set(techniques(wisp, talked((CLIENT, message)))) <= {TECHNIQUE}
