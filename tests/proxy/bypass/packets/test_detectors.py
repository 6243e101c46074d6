"""What a refused packet was part of, by its port, its protocol, or its first octets."""

import random

import pytest

import first_octets as octets
from known_ways import delivered, told
from proxy.bypass.packets.detectors import PACKET_DETECTORS, noticed
from proxy.bypass.packets.seen import Refused
from proxy.packets.headers import refused_packet
from refused_packets import ipv4, ipv6, tcp, udp

DICE = random.Random(3)


def raised(name: str, error: Exception) -> None:
    raise AssertionError(name) from error


def techniques(packet: bytes) -> list[tuple[str, str]]:
    return told(noticed(refused_packet(packet), delivered(), raised))


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        pytest.param(ipv4(tcp(port=853), 6), [("dns.dot", "block")], id="DNS over TLS"),
        pytest.param(ipv4(tcp(port=22), 6), [("tunnel.ssh", "block"), ("egress.tcp", "block")], id="SSH"),
        pytest.param(ipv4(tcp(port=7777), 6), [("egress.tcp", "block")], id="a port known for nothing"),
        pytest.param(ipv4(tcp(port=53), 6, place="10.20.0.53"), [], id="our own resolver"),
        pytest.param(ipv4(tcp(port=22), 6, place="10.0.0.9"), [], id="inside the school"),
        pytest.param(
            ipv4(udp(octets.wireguard(DICE), 999), 17), [("vpn.wireguard", "incident")], id="WireGuard"
        ),
        pytest.param(ipv6(bytes(40), 47), [("vpn.pptp", "block")], id="GRE"),
        pytest.param(ipv4(bytes(40), 51), [("vpn.ike", "block")], id="AH"),
        pytest.param(ipv4(bytes(40), 41), [("tunnel.ip", "block")], id="IPv6 in IPv4"),
        pytest.param(ipv4(bytes(40), 132), [("egress.packets", "block")], id="SCTP"),
        pytest.param(ipv4(b"\x08\x00" + bytes(300), 1), [("tunnel.icmp", "block")], id="a long ping"),
        pytest.param(
            ipv6(b"\x80\x00" + bytes(300), 58), [("tunnel.icmp", "block")], id="a long ping of IPv6"
        ),
        pytest.param(ipv4(b"\x0d\x00" + bytes(20), 1), [("egress.packets", "block")], id="other ICMP"),
    ],
)
def test_a_packet_is_told_by_what_it_shows(packet: bytes, expected: list[tuple[str, str]]) -> None:
    assert techniques(packet) == expected


def test_a_port_alone_never_opens_an_incident() -> None:
    ports = [port for _, port in delivered().packets.ports]
    assert len(ports) > 20
    assert {what for port in ports for _, what in techniques(ipv4(tcp(port=port), 6))} == {"block"}


def test_evidence_names_place_protocol_and_port_and_no_payload() -> None:
    (sign,) = [each for detect in PACKET_DETECTORS
               for each in detect(refused_packet(ipv4(tcp(port=1080), 6)), delivered())]  # fmt: skip

    assert dict(sign.evidence) == {"destination": "192.0.2.7", "protocol": "6", "port": "1080", "by": "port"}


def test_a_detector_that_fails_refuses() -> None:
    failed: list[str] = []
    strange = Refused("192.0.2.1", "192.0.2.2", 1, first=None)  # type: ignore[arg-type]

    signs = noticed(strange, delivered(), lambda name, _: failed.append(name))

    assert (failed, [sign.technique for sign in signs]) == (["ping"], ["fault.detector"])
