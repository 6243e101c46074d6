import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.openings.streams import SPOKEN, is_web, may_become_web_or_tls
from tests.fakes import first_octets as octets

DICE = random.Random(11)


def spoken(first, server=b""):
    return next((technique for technique, form in SPOKEN if form(first, server)), "")


@pytest.mark.parametrize(
    ("first", "server", "expected"),
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n", b"", "tunnel.ssh", id="SSH"),
        pytest.param(b"", b"SSH-2.0-dropbear\r\n", "tunnel.ssh", id="SSH, server first"),
        pytest.param(b"\x05\x01\x00", b"", "proxy.socks5", id="SOCKS 5"),
        pytest.param(b"\x05\x03\x00\x01\x02", b"", "proxy.socks5", id="SOCKS 5, three methods"),
        pytest.param(b"\x04\x01\x01\xbb\xc0\x00\x02\x01amy\x00", b"", "proxy.socks4", id="SOCKS 4"),
        pytest.param(
            b"\x04\x01\x01\xbb\x00\x00\x00\x01\x00a.example\x00", b"", "proxy.socks4", id="SOCKS 4a"
        ),
        pytest.param(octets.trojan(DICE), b"", "tunnel.trojan", id="Trojan"),
        pytest.param(octets.vless(DICE), b"", "tunnel.vless", id="VLESS"),
        pytest.param(
            octets.vless(DICE, addons=b"\x0a\x10xtls-rprx-vision"), b"", "tunnel.vless", id="VLESS, addons"
        ),
        pytest.param(octets.over_tcp(octets.openvpn(DICE)), b"", "vpn.openvpn", id="OpenVPN"),
        pytest.param(
            octets.over_tcp(octets.openvpn(DICE, digest=64)), b"", "vpn.openvpn", id="OpenVPN, signed"
        ),
        pytest.param(octets.pptp(), b"", "vpn.pptp", id="PPTP"),
        pytest.param(b"\x13BitTorrent protocol" + bytes(8), b"", "p2p.bittorrent", id="BitTorrent"),
        pytest.param(octets.rdp(), b"", "remote.rdp", id="RDP"),
        pytest.param(b"\x03\x00\x00\x0b\x06\xe0\x00\x00\x00\x00\x00", b"", "remote.rdp", id="RDP, bare"),
        pytest.param(b"", b"RFB 003.008\n", "remote.vnc", id="VNC"),
        pytest.param(b"\x17\x24\x0a\x20\x00\x00\x00\x00", b"", "remote.teamviewer", id="TeamViewer"),
        pytest.param(octets.stun(DICE, 3), b"", "webrtc.stun", id="TURN"),
        pytest.param(b"<?xml version='1.0'?><stream:stream", b"", "egress.protocol", id="XMPP"),
        pytest.param(b"WA\x06\x03\x00\x00", b"", "egress.protocol", id="WhatsApp"),
        pytest.param(b"", b"220 mail.example ESMTP\r\n", "egress.protocol", id="mail"),
        pytest.param(b"\x10\x1a\x00\x04MQTT\x04\x02", b"", "egress.protocol", id="MQTT"),
        pytest.param(DICE.randbytes(200), b"", "", id="cipher text"),
        pytest.param(b"\x05", b"", "", id="one octet"),
        pytest.param(b"\x05\x01\x09\x09garbage", b"", "proxy.socks5", id="a method nobody has"),
        pytest.param(b"\x05\x02\x44\x45", b"", "", id="methods that are none"),
    ],
)
def test_a_protocol_is_told_by_its_first_octets(first, server, expected):
    assert spoken(first, server) == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (b"GET / HTTP/1.1\r\n", True),
        (b"PRI * HTTP/2.0\r\n", True),
        (b"OPTIONS * HTTP/1.1", True),
        (b"CONNECT a.example:443 HTTP/1.1\r\n", True),
        (b"HELO a.example\r\n", False),
        (b"\x16\x03\x01", False),
    ],
)
def test_the_web_is_told_from_the_rest(first, expected):
    assert is_web(first) is expected


def test_few_octets_may_become_anything():
    assert [may_become_web_or_tls(first) for first in (b"G", b"\x16", b"\x05", b"GET")] == [
        True,
        True,
        False,
        False,
    ]


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_any_octets_are_read(first, server):
    assert isinstance(spoken(first, server), str)
