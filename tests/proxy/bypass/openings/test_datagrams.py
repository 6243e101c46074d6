import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.openings.datagrams import SPOKEN, ntp
from tests.fakes import first_octets as octets

DICE = random.Random(12)


def spoken(first, port):
    return next((technique for technique, form in SPOKEN if form(first, port)), "")


@pytest.mark.parametrize(
    ("first", "port", "expected"),
    [
        pytest.param(octets.wireguard(DICE), 51820, "vpn.wireguard", id="WireGuard"),
        pytest.param(octets.wireguard(DICE), 53, "vpn.wireguard", id="WireGuard on the port of names"),
        pytest.param(
            b"\x04\x00\x00\x00" + DICE.randbytes(8) + bytes(4) + DICE.randbytes(16),
            443,
            "vpn.wireguard",
            id="its data",
        ),
        pytest.param(octets.wireguard(DICE, reserved=b"\x4c\x91\x07"), 2408, "vpn.warp", id="WARP"),
        pytest.param(octets.openvpn(DICE), 443, "vpn.openvpn", id="OpenVPN"),
        pytest.param(octets.openvpn(DICE, digest=20), 5000, "vpn.openvpn", id="OpenVPN, SHA-1"),
        pytest.param(octets.openvpn(DICE, digest=64), 5000, "vpn.openvpn", id="OpenVPN, SHA-512"),
        pytest.param(octets.openvpn_tls_crypt(DICE), 443, "vpn.openvpn", id="OpenVPN, tls-crypt"),
        pytest.param(octets.ike(DICE), 500, "vpn.ike", id="IKEv2"),
        pytest.param(bytes(4) + octets.ike(DICE), 4500, "vpn.ike", id="IKEv2 behind NAT"),
        pytest.param(octets.ike(DICE, version=0x10, exchange=2), 500, "vpn.ike", id="IKEv1"),
        pytest.param(octets.l2tp(), 1701, "vpn.l2tp", id="L2TP"),
        pytest.param(
            b"\x10\xd1\x9e\x13" + DICE.randbytes(16), 53, "tunnel.iodine_raw", id="iodine's raw mode"
        ),
        pytest.param(octets.quic(DICE), 443, "quic.http3", id="QUIC"),
        pytest.param(octets.quic(DICE, b"\x6b\x33\x43\xcf"), 8443, "quic.http3", id="QUIC 2 on another port"),
        pytest.param(octets.quic(DICE, b"\x1a\x2a\x3a\x4a"), 443, "quic.http3", id="QUIC asks for versions"),
        pytest.param(octets.stun(DICE), 19302, "webrtc.stun", id="STUN"),
        pytest.param(octets.dtls(DICE), 443, "vpn.dtls", id="DTLS"),
        pytest.param("TS💬".encode() + DICE.randbytes(60), 41641, "vpn.tailscale", id="Tailscale"),
        pytest.param(DICE.randbytes(90), 9993, "vpn.zerotier", id="ZeroTier"),
        pytest.param(b"d1:ad2:id20:" + DICE.randbytes(20), 6881, "p2p.bittorrent", id="BitTorrent's table"),
        pytest.param(octets.dns(), 53, "dns.foreign_resolver", id="DNS"),
        pytest.param(octets.dns(), 5000, "", id="on no port of names"),
        pytest.param(b"\x80\x60" + DICE.randbytes(160), 50000, "", id="sound"),
        pytest.param(b"\x23" + bytes(47), 123, "", id="time"),
        pytest.param(b"", 443, "", id="nothing"),
    ],
)
def test_a_protocol_is_told_by_its_first_datagram(first, port, expected):
    assert spoken(first, port) == expected


def test_the_time_of_day_is_told():
    assert ntp(b"\x23" + bytes(47), 123)
    assert not ntp(octets.wireguard(DICE), 123)


@given(st.binary(max_size=300), st.sampled_from([53, 123, 443, 500, 1194, 1701, 4500, 9993]))
def test_any_octets_are_read(first, port):
    assert isinstance(spoken(first, port), str)
