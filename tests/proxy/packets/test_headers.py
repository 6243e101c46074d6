"""Packets are read from their headers, however much of them is missing or made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.observed import MAX_FIRST, Opening, Transport
from proxy.bypass.packets.seen import Refused
from proxy.packets.headers import Unreadable, refused_packet
from refused_packets import ipv4, ipv6, tcp, udp

ONE, OTHER = "198.51.100.2", "192.0.2.7"
ONE6, OTHER6 = "2001:db8:1::2", "2001:db8:ffff::7"


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        pytest.param(
            ipv4(udp(b"hello", 51820), 17),
            Refused(ONE, OTHER, 17, 51820, 33, b"hello", Opening(Transport.UDP, 51820, OTHER, b"hello")),
            id="IPv4, UDP",
        ),
        pytest.param(
            ipv4(tcp(port=853), 6, options=8),
            Refused(ONE, OTHER, 6, 853, 48, b"", Opening(Transport.TCP, 853, OTHER)),
            id="IPv4 with options, TCP",
        ),
        pytest.param(
            ipv6(udp(b"hello", 53), 17, extensions=3),
            Refused(ONE6, OTHER6, 17, 53, 77, b"hello", Opening(Transport.UDP, 53, OTHER6, b"hello")),
            id="IPv6 with extension headers, UDP",
        ),
        pytest.param(ipv4(b"\x08\x00rest", 1), Refused(ONE, OTHER, 1, 0, 26, b"\x08\x00rest"), id="ping"),
        pytest.param(ipv6(b"gre", 47), Refused(ONE6, OTHER6, 47, 0, 43, b"gre"), id="another protocol"),
        pytest.param(ipv4(udp(), 17) + b"trailer", Refused(ONE, OTHER, 17, 443, 28, b"",
                     Opening(Transport.UDP, 443, OTHER)), id="what stands behind the packet is not of it"),
    ],
)  # fmt: skip
def test_a_packet_is_read(packet: bytes, expected: Refused) -> None:
    assert refused_packet(packet) == expected


def test_a_packet_of_which_the_end_was_not_kept_has_its_own_length() -> None:
    whole = ipv4(udp(bytes(1200), 443), 17)

    seen = refused_packet(whole[:100])

    assert (seen.length, len(seen.first)) == (1228, 72)


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x50" + bytes(40), id="no version of IP"),
        pytest.param(ipv4(b"", 17)[:19], id="IPv4, cut"),
        pytest.param(b"\x44" + ipv4(b"", 17)[1:], id="IPv4, a header too short"),
        pytest.param(ipv4(udp(), 17)[:2] + b"\x00\x05" + ipv4(udp(), 17)[4:], id="IPv4, a length too short"),
        pytest.param(ipv4(udp(), 17, fragment=5), id="IPv4, a later fragment"),
        pytest.param(ipv4(udp()[:7], 17), id="UDP, cut"),
        pytest.param(ipv4(tcp()[:19], 6), id="TCP, cut"),
        pytest.param(ipv6(udp(), 17)[:39], id="IPv6, cut"),
        pytest.param(ipv6(udp(), 17, extensions=1)[:44], id="an extension header, cut"),
        pytest.param(ipv6(udp(), 17, extensions=9), id="too many extension headers"),
        pytest.param(ipv6(b"\x11\x00\x00\x08" + bytes(12), 44), id="IPv6, a later fragment"),
    ],
)
def test_what_cannot_be_read_is_said_to_be_so(packet: bytes) -> None:
    with pytest.raises(Unreadable):
        refused_packet(packet)


PACKETS = (
    st.binary(max_size=200)
    | st.binary(max_size=80).map(lambda rest: ipv4(rest, 17))
    | st.builds(ipv6, st.binary(max_size=80), st.integers(0, 255), extensions=st.integers(0, 10))
)


@given(PACKETS)
def test_any_octets_are_read_or_refused(packet: bytes) -> None:
    try:
        seen = refused_packet(packet)
    except Unreadable:
        return
    assert len(seen.first) <= MAX_FIRST
    assert (seen.opening is not None) == (seen.protocol in (6, 17))
