import random

import pytest

from proxy.bypass.observed import Opening, Transport
from proxy.bypass.openings.flows import closed_port, datagram, known_service, stream
from tests.fakes import first_octets as octets
from tests.fakes.known_ways import delivered, told

DICE = random.Random(13)
OUTSIDE = "192.0.2.61"


def opened(first, port=443, to=OUTSIDE, **more):
    return Opening(Transport.TCP, port, to, first, **more)


def sent(first, port, to=OUTSIDE):
    return Opening(Transport.UDP, port, to, first)


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        pytest.param(opened(b"SSH-2.0-x\r\n"), [("tunnel.ssh", "incident")], id="SSH"),
        pytest.param(
            opened(b"\x04\x01\x01\xbb\xc0\0\x02\x01amy\0"),
            [("proxy.socks4", "block")],
            id="as of SOCKS 4",
        ),
        pytest.param(
            opened(b"\x04\x01\x01\xbb\0\0\0\x01\0a.example\0"), [("proxy.socks4", "incident")], id="SOCKS 4a"
        ),
        pytest.param(
            opened(b"\0" + bytes(range(1, 17)) + b"\0\x01\x01\xbb\x01\xc0\0\x02\x01"),
            [("tunnel.vless", "block")],
            id="numbers as of VLESS",
        ),
        pytest.param(
            opened(b"\0" + bytes(range(1, 17)) + b"\0\x01\x01\xbb\x02\x0da.example.org"),
            [("tunnel.vless", "incident")],
            id="VLESS to a name",
        ),
        pytest.param(
            opened(b"SSH-2.0-x\r\n", is_inside=True), [("tunnel.ssh", "incident")], id="SSH inside TLS"
        ),
        pytest.param(opened(b"SSH-2.0-x\r\n", port=22, to="10.20.0.4"), [], id="SSH to a server inside"),
        pytest.param(opened(DICE.randbytes(90)), [("tunnel.unknown", "incident")], id="cipher text"),
        pytest.param(
            opened(DICE.randbytes(90), port=80), [("tunnel.unknown", "block")], id="for plain pages"
        ),
        pytest.param(opened(DICE.randbytes(90), port=8388), [], id="on a closed port"),
        pytest.param(
            opened(DICE.randbytes(90), is_inside=True), [("tunnel.unknown", "incident")], id="inside TLS"
        ),
        pytest.param(
            opened(octets.hello("a.example"), is_inside=True),
            [("tunnel.nested_tls", "incident")],
            id="TLS inside TLS",
        ),
        pytest.param(opened(b"GET / HTTP/1.1\r\n"), [("tls.plain", "block")], id="plain HTTP on 443"),
        pytest.param(opened(b"GET / HTTP/1.1\r\n", port=80), [], id="plain HTTP"),
        pytest.param(opened(b"GET / HTTP/1.1\r\n", is_inside=True), [], id="HTTP inside TLS"),
        pytest.param(opened(b"PRI * HTTP/2.0\r\n", is_inside=True), [], id="HTTP/2 inside TLS"),
        pytest.param(
            opened(b"CONNECT a.example:443 HTTP/1.1\r\n", port=3128),
            [("proxy.http", "incident")],
            id="a proxy outside",
        ),
        pytest.param(opened(b"CONNECT a.example:443 HTTP/1.1\r\n", port=8080, to="10.20.0.8"), [], id="ours"),
        pytest.param(
            opened(b"CONNECT a.example:443 HTTP/1.1\r\n", is_inside=True),
            [("proxy.http", "incident")],
            id="a proxy inside TLS",
        ),
        pytest.param(
            opened(b"GET https://a.example/ HTTP/1.1\r\n", is_inside=True),
            [],
            id="a whole address inside TLS",
        ),
        pytest.param(
            opened(b"SSTP_DUPLEX_POST / HTTP/1.1\r\n", is_inside=True), [("vpn.sstp", "incident")], id="SSTP"
        ),
        pytest.param(
            opened(octets.over_tcp(octets.dns()), port=53), [("dns.foreign_resolver", "block")], id="DNS"
        ),
        pytest.param(
            opened(b"", server_first=b"RFB 003.008\n", port=5900), [("remote.vnc", "incident")], id="VNC"
        ),
        pytest.param(
            opened(b"", server_first=b"\x00\x01\x02\x03"), [("tunnel.unknown", "block")], id="a server alone"
        ),
        pytest.param(opened(b"G"), [], id="not enough yet"),
        pytest.param(opened(b""), [], id="nothing yet"),
        pytest.param(opened(octets.hello("a.example")), [], id="TLS"),
    ],
)
def test_streams_are_the_web_or_signed(opening, expected):
    assert told(stream(opening, delivered())) == expected


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        pytest.param(sent(octets.wireguard(DICE), 51820), [("vpn.wireguard", "incident")], id="WireGuard"),
        pytest.param(
            sent(octets.wireguard(DICE), 2408, "162.159.193.4"),
            [("vpn.warp", "incident")],
            id="WARP by address",
        ),
        pytest.param(sent(octets.quic(DICE), 443), [("quic.http3", "block")], id="QUIC"),
        pytest.param(sent(octets.quic(DICE), 853), [("dns.doq", "block")], id="DoQ"),
        pytest.param(sent(b"", 443), [("quic.http3", "block")], id="by its port"),
        pytest.param(Opening(Transport.QUIC, 443, OUTSIDE), [("quic.http3", "block")], id="said to be QUIC"),
        pytest.param(sent(octets.stun(DICE), 3478, "198.51.100.7"), [], id="a meeting"),
        pytest.param(sent(octets.stun(DICE), 3478), [("webrtc.stun", "block")], id="media elsewhere"),
        pytest.param(
            sent(octets.dns(), 53, "9.9.9.9"), [("dns.foreign_resolver", "block")], id="another resolver"
        ),
        pytest.param(sent(octets.wireguard(DICE), 51820, "10.0.0.4"), [], id="inside"),
        pytest.param(sent(b"\x23" + bytes(47), 123), [], id="time"),
    ],
)
def test_datagrams_are_told(opening, expected):
    assert told(datagram(opening, delivered())) == expected


def test_automatic_datagrams_are_never_an_incident():
    known = delivered().techniques
    assert [known[each].weight for each in ("quic.http3", "dns.foreign_resolver", "webrtc.stun")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        pytest.param(
            opened(octets.hello("a.example"), port=8443), [("egress.tcp", "block")], id="TLS elsewhere"
        ),
        pytest.param(opened(octets.hello("a.example"), port=5228), [], id="push"),
        pytest.param(opened(octets.rdp(), port=3389), [], id="told by its protocol"),
        pytest.param(opened(DICE.randbytes(50), port=8388), [("egress.tcp", "block")], id="cipher text"),
        pytest.param(opened(b"", port=22, to="10.20.0.4"), [], id="inside"),
        pytest.param(opened(b"GET / HTTP/1.1\r\n", port=8080, is_inside=True), [], id="inside TLS"),
        pytest.param(sent(DICE.randbytes(50), 27015), [("egress.udp", "block")], id="a game"),
        pytest.param(sent(b"\x23" + DICE.randbytes(47), 123), [], id="the time"),
        pytest.param(sent(b"\x00" * 20, 123), [("egress.udp", "block")], id="no time"),
        pytest.param(sent(b"\x80" * 50, 50000, "198.51.100.7"), [], id="a meeting's sound"),
        pytest.param(sent(octets.quic(DICE), 443), [], id="told by its protocol, datagrams"),
    ],
)
def test_few_ports_are_open(opening, expected):
    assert told(closed_port(opening, delivered())) == expected


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        pytest.param(
            opened(octets.hello("a.example"), to="9.9.9.9"), [("dns.doh_sni", "block")], id="resolver"
        ),
        pytest.param(opened(b"", port=80, to="1.1.1.1"), [], id="its page"),
        pytest.param(opened(octets.hello(), to="131.188.40.189"), [("tor.relay", "incident")], id="Tor"),
        pytest.param(sent(DICE.randbytes(50), 4500, "162.159.192.9"), [("vpn.warp", "block")], id="WARP"),
        pytest.param(opened(octets.hello("a.example")), [], id="anybody"),
    ],
)
def test_known_addresses_need_no_name(opening, expected):
    assert told(known_service(opening, delivered())) == expected
