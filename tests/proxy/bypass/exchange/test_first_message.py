import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.first_message import NUMBERS, TEXTS, protocol_of, unmistakable

UUID = bytes(range(1, 17))
NAME = b"games.example"
DICE = random.Random(5)
SESSION, PEER = b"\xf3" + DICE.randbytes(7), b"\xe1" + DICE.randbytes(7)
WIREGUARD = b"\x01\0\0\0" + DICE.randbytes(128) + bytes(16)
OPENVPN = b"\x38" + SESSION + bytes(5)
WRAPPED = SESSION + b"\0\0\0\x01" + DICE.randbytes(41)


def framed(packet: bytes) -> bytes:
    """A packet of OpenVPN as it travels in a stream."""
    return len(packet).to_bytes(2, "big") + packet


def hello(name: bytes = NAME) -> bytes:
    """A ClientHello with one extension, the name."""
    names = struct.pack(">HBH", len(name) + 3, 0, len(name)) + name
    extensions = struct.pack(">HH", 0, len(names)) + names
    body = (
        b"\x03\x03"
        + bytes(32)
        + b"\0"
        + b"\0\x02\x13\x01"
        + b"\x01\0"
        + struct.pack(">H", len(extensions))
        + extensions
    )
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(handshake)) + handshake


def vless(host: bytes, kind: int = 2) -> bytes:
    length = bytes((len(host),)) if kind == 2 else b""
    return b"\0" + UUID + b"\0\x01\x01\xbb" + bytes((kind,)) + length + host


@pytest.mark.parametrize(
    ("data", "technique", "evidence"),
    [
        pytest.param(vless(NAME), "tunnel.vless_ws", {"connect": "games.example:443"}, id="VLESS"),
        pytest.param(
            vless(b"\xc0\0\x02\x01", 1), "tunnel.vless_ws", {"connect": "192.0.2.1:443"}, id="VLESS to IPv4"
        ),
        pytest.param(
            b"a1" * 28 + b"\r\n\x01\x03\x0dgames.example\x01\xbb\r\n",
            "tunnel.trojan_ws",
            {"connect": "games.example", "bytes": "56 hexadecimal digits, CRLF"},
            id="Trojan",
        ),
        pytest.param(
            b"\x05\x01\0", "tunnel.websocket", {"protocol": "SOCKS5 greeting", "bytes": "050100"}, id="SOCKS5"
        ),
        pytest.param(
            b"\x05\x01\0\x03\x0dgames.example\x01\xbb",
            "tunnel.websocket",
            {"protocol": "SOCKS5 request", "connect": "games.example"},
            id="SOCKS5 request",
        ),
        pytest.param(
            b"\x04\x01\x01\xbb\xc0\0\x02\x01\0",
            "tunnel.websocket",
            {"protocol": "SOCKS4 request", "bytes": "040101bbc0000201"},
            id="SOCKS4",
        ),
        pytest.param(
            hello(),
            "tunnel.websocket",
            {"protocol": "TLS", "bytes": hello()[:6].hex(), "sni": "games.example"},
            id="TLS",
        ),
        pytest.param(
            b"SSH-2.0-OpenSSH_9.6\r\n",
            "tunnel.websocket",
            {"protocol": "SSH", "banner": "SSH-2.0-OpenSSH_9.6"},
            id="SSH",
        ),
        pytest.param(
            b"CONNECT games.example:443 HTTP/1.1\r\n\r\n",
            "tunnel.websocket",
            {"protocol": "HTTP proxy", "line": "CONNECT games.example:443"},
            id="CONNECT",
        ),
        pytest.param(
            b"RFB 003.008\n",
            "remote.desktop_ws",
            {"protocol": "RFB (VNC)", "banner": "RFB 003.008"},
            id="VNC",
        ),
        pytest.param(
            bytes.fromhex("0300000b06e00000000000"),
            "remote.desktop_ws",
            {"protocol": "RDP", "bytes": "0300000b06e00000"},
            id="RDP",
        ),
        pytest.param(
            WIREGUARD,
            "tunnel.websocket",
            {"protocol": "WireGuard", "bytes": WIREGUARD[:8].hex()},
            id="WireGuard",
        ),
        pytest.param(
            framed(OPENVPN),
            "tunnel.websocket",
            {"protocol": "OpenVPN", "bytes": framed(OPENVPN)[:8].hex()},
            id="OpenVPN",
        ),
        pytest.param(
            bytes.fromhex("000300002112a442") + bytes(12),
            "tunnel.turn_ws",
            {"protocol": "TURN", "bytes": "000300002112a442"},
            id="TURN",
        ),
        pytest.param(
            bytes.fromhex("1293605d278175f5") + b"id",
            "tor.snowflake_ws",
            {"bytes": "1293605d278175f5"},
            id="Snowflake",
        ),
        pytest.param(
            b"GET /play?level=3 HTTP/1.1\r\nAccept: */*\r\nHost: games.example:8080\r\n\r\n",
            "tunnel.websocket",
            {"protocol": "HTTP", "host": "games.example:8080"},
            id="a page",
        ),
    ],
)
def test_a_protocol_is_known_by_its_first_octets(data, technique, evidence):
    found = protocol_of(data)
    assert found is not None
    assert (found.technique, found.evidence) == (technique, evidence)


@pytest.mark.parametrize(
    ("data", "is_loose"),
    [
        pytest.param(vless(NAME), False, id="VLESS to a name"),
        pytest.param(vless(b"\xc0\0\x02\x01", 1), True, id="VLESS to four octets"),
        pytest.param(b"\x05\x01\0\x03\x0dgames.example\x01\xbb", False, id="SOCKS5 to a name"),
        pytest.param(b"\x05\x01\0\x01\xc0\0\x02\x01\x01\xbb", True, id="SOCKS5 to four octets"),
        pytest.param(b"\x05\x01\0", True, id="SOCKS5 greeting"),
        pytest.param(b"\x04\x01\x01\xbb\xc0\0\x02\x01\0", True, id="SOCKS4"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n", False, id="SSH"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: games.example\r\n\r\n", True, id="a page"),
        pytest.param(WIREGUARD, True, id="WireGuard, the client's"),
        pytest.param(framed(OPENVPN), True, id="OpenVPN, the client's"),
        pytest.param(framed(b"\x38" + SESSION + DICE.randbytes(28) + bytes(5)), True, id="under tls-auth"),
        pytest.param(framed(b"\x38" + WRAPPED), True, id="under tls-crypt"),
        pytest.param(framed(b"\x50" + WRAPPED + DICE.randbytes(297) + b"\x01\x2b"), True, id="tls-crypt-v2"),
    ],
)
def test_what_other_programs_may_send_is_loose_and_is_not_looked_for_everywhere(data, is_loose):
    found = protocol_of(data)
    assert found is not None
    assert found.is_loose is is_loose
    assert unmistakable(data) == (None if is_loose else found)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x02\0\0\0" + DICE.randbytes(72) + bytes(16), id="WireGuard"),
        pytest.param(framed(b"\x40" + SESSION + b"\x01" + bytes(4) + PEER + bytes(4)), id="OpenVPN"),
    ],
)
def test_what_a_server_of_a_vpn_answers_is_not_loose(data):
    found = protocol_of(data)
    assert found is not None
    assert not found.is_loose


@pytest.mark.parametrize(
    ("target", "host"),
    [
        (b"http://bob:hunter2@games.example/private/alice", "games.example"),
        (b"http://games.example:8080/search?q=alice", "games.example"),
        (b"http://[2001:db8::1]:80/x@y", "[2001:db8::1]:80"),
        (b"http://games.example#alice@home", "games.example"),
    ],
)
def test_evidence_of_a_request_to_a_proxy_is_its_method_and_host(target, host):
    found = protocol_of(b"GET " + target + b" HTTP/1.1\r\n\r\n")
    assert found is not None
    assert found.evidence == {"protocol": "HTTP proxy", "line": f"GET {host}"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(framed(b"PLAYER_JOIN:alice,room7"), id="a text and its length"),
        pytest.param(framed(b"8th grade quiz no. 4"), id="another"),
        pytest.param(framed(b"8lesson 1" + bytes(5)), id="a text, filled up"),
        pytest.param(framed(b"\x38" + DICE.randbytes(40)), id="numbers"),
        pytest.param(framed(b"\x50" + WRAPPED + bytes(300)), id="numbers with a key's place"),
        pytest.param(WIREGUARD[:-1] + b"\x01", id="numbers at the end"),
        pytest.param(b"\x01\0\0\0" + bytes(144), id="one, and zeros"),
        pytest.param(b"\x01\0\0\0" + b"\0\0\x80?" * 32 + bytes(16), id="a grid of numbers"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"type":"ping"}', id="JSON"),
        pytest.param(b"\0" * 64, id="zeros"),
        pytest.param(b"\x05\x02\0", id="a greeting that is cut"),
        pytest.param(b"\x05\x01\x07", id="no method of SOCKS"),
        pytest.param(b"a1" * 28 + b"\n", id="a digest"),
        pytest.param(b"\0" + UUID + b"\0\x01\0\0\x02\x03abc", id="no port"),
        pytest.param(vless(b"nodots"), id="no name"),
        pytest.param(b"\x16\x03\x01\0\x05hello", id="a short record"),
        pytest.param(b"\0\0\x01\x05\x83\xf4\xc1\x01", id="Yjs"),
        pytest.param(b"\x93\x01\xa4join\x80", id="MessagePack"),
        pytest.param(bytes.fromhex("0000000908011205") + b"hello", id="gRPC"),
        pytest.param(b"\x1a\x45\xdf\xa3" + bytes(40), id="WebM"),
        pytest.param(b"\x03\0\0\x0b" + bytes(9), id="no RDP"),
        pytest.param(b"GET /notes HTTP/1.1 is how a request begins\r\n", id="words about HTTP"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 400, id="no host"),
    ],
)
def test_what_pages_send_is_nothing(data):
    assert protocol_of(data) is None


@given(st.sampled_from([b"", vless(NAME), hello(), b"\x05", b"\x04\x01"]), st.binary(max_size=700))
def test_no_octets_make_it_raise(head, tail):
    for reader in (*TEXTS, *NUMBERS):
        reader(head + tail)
        reader((head + tail)[: len(tail) // 2])
