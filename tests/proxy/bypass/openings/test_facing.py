import dataclasses

import pytest

from proxy.bypass.observed import Opening, Transport
from proxy.bypass.openings.facing import MAX_SHOWN, is_datagram, is_media, is_tls, leads_out, shown
from proxy.bypass.surroundings import Surroundings
from tests.fakes.first_octets import hello
from tests.fakes.known_ways import delivered


@pytest.mark.parametrize(
    ("destination", "expected"),
    [("192.0.2.1", True), ("", True), ("10.1.2.3", False), ("203.0.113.130", False), ("fd00::1", False)],
    ids=["outside", "unknown", "inside", "the school's public range", "inside, version 6"],
)
def test_what_leads_out(destination, expected):
    assert leads_out(Opening(Transport.TCP, 443, destination), delivered()) is expected


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        pytest.param(Opening(Transport.TCP, 443, first=hello("a.example")), True, id="octets"),
        pytest.param(
            Opening(Transport.TCP, 443, first=b"SSH-2.0", sni="a.example"), False, id="octets know better"
        ),
        pytest.param(Opening(Transport.TCP, 443, sni="a.example"), True, id="a name"),
        pytest.param(Opening(Transport.TCP, 443, ja4="t13d"), True, id="a fingerprint"),
        pytest.param(Opening(Transport.TCP, 443), False, id="nothing"),
        pytest.param(
            Opening(Transport.TCP, 443, first=hello("a.example"), is_inside=True), False, id="inside another"
        ),
    ],
)
def test_what_is_a_greeting(opening, expected):
    assert is_tls(opening) is expected


def test_datagrams_are_told_from_streams():
    assert [is_datagram(Opening(each, 443)) for each in (Transport.UDP, Transport.QUIC, Transport.TCP)] == [
        True,
        True,
        False,
    ]


def test_media_go_to_known_ranges_or_by_open_ports():
    known = delivered()
    assert is_media(Opening(Transport.UDP, 50000, "198.51.100.9"), known)
    assert not is_media(Opening(Transport.UDP, 3478, "192.0.2.1"), known)
    ports_alone = dataclasses.replace(known, around=Surroundings(udp_out=frozenset({3478})))
    assert is_media(Opening(Transport.UDP, 3478, "192.0.2.1"), ports_alone)


def test_evidence_shows_the_beginning_alone():
    evidence = shown(Opening(Transport.TCP, 443, "192.0.2.1", b"\x05" * 100), form="x")
    assert evidence == {"destination": "192.0.2.1 port 443", "form": "x", "first octets": "05" * MAX_SHOWN}
