from dataclasses import replace

import pytest

from greetings import client_hello
from proxy.bypass.observed import Opening, Transport
from proxy.replay.errors import WrongRow
from proxy.replay.formats.fields import Fields
from proxy.replay.formats.tls_row import read_opening

OPENING = Opening(Transport.TCP, 443, "192.0.2.9", b"\x16\x03", sni="www.example.org")


def read(**row):
    return read_opening(Fields(row))


def test_a_connection_is_read_with_all_that_is_known_of_it():
    host, seen = read(
        transport="tcp",
        port=8443,
        dst="192.0.2.9",
        sni="WWW.example.org",
        alpn=["h2"],
        ech=True,
        ja3="3",
        ja4="4",
        first_bytes_hex="1603",
        server_first_bytes_hex="16",
        resolver_answer_for_sni=["192.0.2.9", "2001:DB8::1", "odd"],
    )
    assert host == "www.example.org"
    assert seen == (
        replace(
            OPENING,
            port=8443,
            server_first=b"\x16",
            alpn=("h2",),
            ech=True,
            resolved=frozenset({"192.0.2.9", "2001:db8::1"}),
            ja3="3",
            ja4="4",
        ),
    )


def test_an_answer_that_is_not_known_is_none_and_one_without_addresses_is_empty():
    assert read(dst="192.0.2.9", port=1)[1][0].resolved is None
    assert read(dst="192.0.2.9", port=1, resolver_answer_for_sni=[])[1][0].resolved == frozenset()
    for unknown in (None, ["servfail"]):
        assert read(dst="192.0.2.9", port=1, resolver_answer_for_sni=unknown)[1][0].resolved is None


def test_the_name_in_the_octets_goes_before_the_field():
    hello = client_hello("inner.example").hex()
    assert read(sni="outer.example", first_bytes_hex=hello)[0] == "inner.example"
    assert read(first_bytes_hex=hello)[1][0].sni == "inner.example"


def test_without_a_name_the_address_is_what_is_asked_for():
    assert read(sni=None, dst="192.0.2.9", first_bytes_hex="5353482d")[0] == "192.0.2.9"
    assert read(sni=None, first_bytes_hex="5353482d")[0] == ""


def test_what_stood_inside_is_seen_after_the_handshake():
    _, (outer, inner) = read(sni="a.example", first_bytes_hex="16", stream_first_bytes_hex="05")
    assert inner == replace(outer, first=b"\x05", is_inside=True)


@pytest.mark.parametrize(
    ("word", "transport"),
    [("UDP", Transport.UDP), ("tcp443", Transport.TCP), ("quic", Transport.QUIC), ("dtls", Transport.UDP)],
)
def test_transports(word, transport):
    assert read(transport=word, port=1)[1][0].transport is transport


def test_another_transport_is_named():
    with pytest.raises(WrongRow) as raised:
        read(transport="sctp", port=1)
    assert (raised.value.wrong, raised.value.hint) == ("it is 'sctp'", "one of tcp, tls, udp, dtls, quic")
