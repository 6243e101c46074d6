import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packets import (
    CLIENT,
    COOKED,
    COOKED_2,
    ETHERNET,
    NULL,
    RAW,
    SERVER,
    cooked,
    cooked_2,
    ethernet,
    ip,
    tcp,
    udp,
)
from proxy.replay.formats.frames import Segment, is_known_link, segment_in

DATAGRAM = Segment(CLIENT, 40000, SERVER, 53, False, b"hello")
SIX = {"source": "2001:db8::7", "destination": "2001:db8::53"}


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        pytest.param(ETHERNET, ethernet(udp(b"hello")), id="Ethernet"),
        pytest.param(ETHERNET, ethernet(udp(b"hello")) + bytes(20), id="padded to 60 octets"),
        pytest.param(ETHERNET, ethernet(udp(b"hello"), tags=[5]), id="a VLAN"),
        pytest.param(ETHERNET, ethernet(udp(b"hello"), tags=[5, 6]), id="two VLANs"),
        pytest.param(COOKED, cooked(udp(b"hello")), id="Linux cooked"),
        pytest.param(COOKED_2, cooked_2(udp(b"hello")), id="Linux cooked, version 2"),
        pytest.param(RAW, udp(b"hello"), id="raw IP"),
        pytest.param(NULL, b"\x02\0\0\0" + udp(b"hello"), id="BSD loopback"),
    ],
)
def test_a_datagram_is_found_on_every_kind_of_link(link, frame):
    assert segment_in(link, frame) == DATAGRAM


def test_ipv6_with_extension_headers():
    packet = udp(b"hello", **SIX)
    assert segment_in(RAW, packet) == Segment(SIX["source"], 40000, SIX["destination"], 53, False, b"hello")
    longer = bytearray(packet[:40] + bytes([17, 0]) + bytes(6) + packet[40:])
    longer[6] = 0
    longer[4:6] = struct.pack("!H", len(longer) - 40)
    assert segment_in(RAW, bytes(longer)) == segment_in(RAW, packet)


def test_a_tcp_segment_says_its_place():
    first = segment_in(RAW, tcp(b"", 100, flags=2))
    last = segment_in(RAW, tcp(b"abc", 101, flags=0x11))
    assert (first.is_tcp, first.number, first.is_first, first.is_last) == (True, 100, True, False)
    assert (last.payload, last.number, last.is_first, last.is_last) == (b"abc", 101, False, True)


@pytest.mark.parametrize(
    ("link", "frame"),
    [
        pytest.param(ETHERNET, bytes(12) + b"\x08\x06" + bytes(40), id="ARP"),
        pytest.param(ETHERNET, b"", id="nothing"),
        pytest.param(RAW, ip(b"x" * 20, protocol=1), id="ICMP"),
        pytest.param(RAW, ip(udp(b"hello")[20:], fragment=0x2000), id="the first fragment"),
        pytest.param(RAW, ip(udp(b"hello")[20:], fragment=9), id="a later fragment"),
        pytest.param(RAW, udp(b"hello")[:-2], id="cut short"),
        pytest.param(RAW, udp(b"hello")[:25], id="cut within its head"),
        pytest.param(RAW, b"\x75" + udp(b"hello")[1:], id="another version"),
        pytest.param(999, udp(b"hello"), id="a link that nobody knows"),
    ],
)
def test_everything_else_carries_nothing(link, frame):
    assert segment_in(link, frame) is None


def test_which_links_can_be_read():
    assert [link for link in (0, 1, 101, 113, 127, 276) if is_known_link(link)] == [0, 1, 101, 113, 276]


@given(st.sampled_from([NULL, ETHERNET, RAW, COOKED, COOKED_2, 999]), st.binary(max_size=120))
def test_no_octets_raise(link, octets):
    segment = segment_in(link, octets)
    assert segment is None or len(segment.payload) <= len(octets)
