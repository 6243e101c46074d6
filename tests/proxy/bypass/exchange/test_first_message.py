import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.first_message import READERS, protocol_of

UUID = bytes(range(1, 17))
NAME = b"games.example"


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
            {"protocol": "HTTP proxy", "line": "CONNECT games.example:443 HTTP/1.1"},
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
            b"\x01\0\0\0" + bytes(144),
            "tunnel.websocket",
            {"protocol": "WireGuard", "bytes": "0100000000000000"},
            id="WireGuard",
        ),
        pytest.param(
            b"\0\x0e\x38" + bytes(13),
            "tunnel.websocket",
            {"protocol": "OpenVPN", "bytes": "000e380000000000"},
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
    ],
)
def test_a_protocol_is_known_by_its_first_octets(data, technique, evidence):
    assert protocol_of(data) == (technique, evidence)


@pytest.mark.parametrize(
    "data",
    [
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
    ],
)
def test_what_pages_send_is_nothing(data):
    assert protocol_of(data) is None


@given(st.sampled_from([b"", vless(NAME), hello(), b"\x05", b"\x04\x01"]), st.binary(max_size=700))
def test_no_octets_make_it_raise(head, tail):
    for reader in READERS:
        reader(head + tail)
        reader((head + tail)[: len(tail) // 2])
