import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.sockets import tunnel_handshake, tunnel_message
from proxy.decision.urls import parse_url
from tests.fakes.exchanges import asked, shipped, talked, techniques

CLIENT, SERVER = True, False
VLESS = b"\0" + bytes(range(1, 17)) + b"\0\x01\x01\xbb\x02\x0dgames.example"
UPGRADE = {"upgrade": "websocket", "origin": "https://lessons.example.org"}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        pytest.param([(CLIENT, VLESS)], ["tunnel.vless_ws"], id="VLESS"),
        pytest.param([(SERVER, b"RFB 003.008\n")], ["remote.desktop_ws"], id="VNC"),
        pytest.param([(SERVER, "RFB 003.008\n")], ["remote.desktop_ws"], id="VNC as text"),
        pytest.param(
            [(CLIENT, b"hi"), (SERVER, b"SSH-2.0-x\r\n")], ["tunnel.websocket"], id="the server's first"
        ),
        pytest.param([(SERVER, "5.ready,37.$260d01da;")], ["remote.desktop_ws"], id="Guacamole"),
        pytest.param([(SERVER, '{"event":"system/init"}')], ["remote.browser_web"], id="neko"),
        pytest.param([(CLIENT, b"\x05\x02\0\x02"), (CLIENT, b"x")], ["tunnel.websocket"], id="SOCKS"),
        pytest.param([(CLIENT, b"hello"), (CLIENT, b"\x05\x01\0")], [], id="in the middle of something else"),
        pytest.param([(CLIENT, '["1","1","wall:1","phx_join",{}]')], [], id="Phoenix"),
        pytest.param([(SERVER, '0{"sid":"abc","upgrades":[]}')], [], id="Socket.IO"),
        pytest.param([(CLIENT, "CONNECT\naccept-version:1.2\n\n\0")], [], id="STOMP"),
        pytest.param([(SERVER, b"\x0a\x1b\x2c\x3d\x4e\x5f")], [], id="a document's own"),
        pytest.param([(CLIENT, b"\x10\x12\0\x04MQTT\x04\x02\0\x3c\0\x06client")], [], id="MQTT"),
    ],
)
def test_messages_are_known_by_what_they_speak(messages, expected):
    assert techniques(tunnel_message, talked(*messages)) == expected


SSH = b"SSH-2.0-OpenSSH_9.6\r\n"


@pytest.mark.parametrize(
    ("messages", "expected", "index"),
    [
        pytest.param([(CLIENT, b""), (CLIENT, SSH)], ["tunnel.websocket"], "1", id="an empty message first"),
        pytest.param([(CLIENT, b"\x7f"), (CLIENT, SSH)], ["tunnel.websocket"], "1", id="a junk octet first"),
        pytest.param(
            [(CLIENT, b"\x7f"), (CLIENT, VLESS)], ["tunnel.vless_ws"], "1", id="VLESS behind a junk octet"
        ),
        pytest.param(
            [(CLIENT, VLESS[:9]), (SERVER, b""), (CLIENT, VLESS[9:])], ["tunnel.vless_ws"], "2", id="in two"
        ),
        pytest.param(
            [(CLIENT, SSH[:3]), (CLIENT, SSH[3:6]), (CLIENT, SSH[6:])],
            ["tunnel.websocket"],
            "2",
            id="in three",
        ),
        pytest.param(
            [(CLIENT, b"\0"), (CLIENT, SSH[:3]), (CLIENT, SSH[3:])],
            ["tunnel.websocket"],
            "2",
            id="in two behind junk",
        ),
        pytest.param(
            [(SERVER, base64.b64encode(SSH).decode())], ["tunnel.websocket"], "0", id="written as base64"
        ),
        pytest.param(
            [(CLIENT, b"\x05\x01\0"), (SERVER, b"\x05\0"), (CLIENT, b"\x05\x01\0\x03\x07a.b.org\x01\xbb")],
            ["tunnel.websocket", "tunnel.websocket"],
            "2",
            id="SOCKS: greeting, then request",
        ),
    ],
)
def test_pieces_padding_and_letters_do_not_hide_a_protocol(messages, expected, index):
    signs = list(tunnel_message(talked(*messages), shipped()))
    assert [sign.technique for sign in signs] == expected
    assert dict(signs[-1].evidence)["message"] == index


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([(CLIENT, "BQEA")], id="a word that is base64 of a greeting"),
        pytest.param(
            [(CLIENT, b"x" * 30), (CLIENT, b"\x05\x01\0"), (CLIENT, b"\x04\x01")], id="numbers later"
        ),
        pytest.param([(CLIENT, "lessonplan12"), (CLIENT, "SSH")], id="words"),
    ],
)
def test_numbers_in_the_middle_are_nothing(messages):
    assert techniques(tunnel_message, talked(*messages)) == []


def test_evidence_says_which_message_must_not_be_forwarded():
    (sign,) = tunnel_message(talked((SERVER, b"motd"), (CLIENT, b"\x05\x01\0")), shipped())
    assert dict(sign.evidence)["message"] == "1"


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param(b"\x05\x01\0", ["block"], id="three octets"),
        pytest.param(b"\x05\x01\0\x03\x07a.b.org\x01\xbb", ["incident"], id="SOCKS 5 with a target"),
        pytest.param(b"\x04\x01\x01\xbb\xc0\0\x02\x09me\0", ["block"], id="SOCKS 4"),
        pytest.param(VLESS, ["incident"], id="VLESS to a name"),
        pytest.param(VLESS[:21] + b"\x01\xc0\0\x02\x01", ["block"], id="VLESS to four octets"),
        pytest.param(b"\x04\x01\x01\xbb\xc0\0\x02\x09" + b"\xff" * 8 + b"\0", [], id="what SOCKS 4 is not"),
    ],
)
def test_what_a_few_octets_look_like_is_held_against_nobody(payload, expected):
    signs = tunnel_message(talked((CLIENT, payload)), shipped())
    assert [sign.consequence.value for sign in signs] == expected


@pytest.mark.parametrize(
    ("url", "fields", "expected"),
    [
        pytest.param("https://a.example.org/x/games.example:443", {}, ["webproxy.wsproxy"], id="wsproxy"),
        pytest.param("https://a.example.org/games.example:443/", {}, ["webproxy.wsproxy"], id="with a slash"),
        pytest.param("https://a.example.org/room:12", {}, [], id="a room"),
        pytest.param(
            "https://a.example.org/ray",
            {"sec-websocket-protocol": base64.urlsafe_b64encode(VLESS).decode().rstrip("=")},
            ["tunnel.vless_ws"],
            id="early data",
        ),
        pytest.param(
            "https://a.example.org/graphql",
            {"sec-websocket-protocol": "graphql-transport-ws"},
            [],
            id="subprotocol",
        ),
        pytest.param(
            "https://a.example.org/x",
            {"origin": "", "user-agent": "Go-http-client/1.1"},
            ["tunnel.program_ws"],
            id="Go",
        ),
        pytest.param(
            "https://a.example.org/x", {"user-agent": "Go-http-client/1.1"}, [], id="Go with an origin"
        ),
    ],
)
def test_handshakes(url, fields, expected):
    assert techniques(tunnel_handshake, asked(url, fields=UPGRADE | fields)) == expected


def test_where_wsproxy_leads_is_read():
    (sign,) = tunnel_handshake(asked("https://a.example.org/x/games.example:8443", fields=UPGRADE), shipped())
    assert sign.inner == parse_url("https://games.example:8443/")


def test_a_request_that_is_no_upgrade_is_not_looked_at():
    assert techniques(tunnel_handshake, asked("https://a.example.org/x/games.example:443")) == []


@given(
    st.lists(st.tuples(st.booleans(), st.one_of(st.binary(max_size=200), st.text(max_size=80))), max_size=8)
)
def test_no_message_makes_it_raise(messages):
    list(tunnel_message(talked(*messages), shipped()))


@given(st.text(alphabet="ABCabc012_-=, ", max_size=200))
def test_no_subprotocol_makes_it_raise(text):
    fields = UPGRADE | {"sec-websocket-protocol": text}
    list(tunnel_handshake(asked("https://a.example.org/x", fields=fields), shipped()))
