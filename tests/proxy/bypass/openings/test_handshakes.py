import pytest

from proxy.bypass.observed import Opening, Transport
from proxy.bypass.openings.handshakes import (
    listed_server,
    made_up_name,
    name_elsewhere,
    resolver_greeting,
    server_not_named,
    unusual_port,
)
from tests.fakes.first_octets import hello
from tests.fakes.known_ways import delivered, told

OUTSIDE = "192.0.2.61"


def greeting(*names, port=443, to=OUTSIDE, protocols=(b"h2",), **more):
    return Opening(Transport.TCP, port, to, hello(*names, protocols=protocols), **more)


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        pytest.param(
            greeting("dns.example", protocols=(b"dot",)), [("dns.dot", "block")], id="DoT on any port"
        ),
        pytest.param(greeting("dns.example", protocols=(b"doq",)), [("dns.doq", "block")], id="DoQ"),
        pytest.param(greeting("dns.example", port=853), [("dns.dot", "block")], id="by its port"),
        pytest.param(
            Opening(Transport.TCP, 443, OUTSIDE, alpn=("dot",)), [("dns.dot", "block")], id="by fields"
        ),
        pytest.param(greeting("t.example", protocols=(b"stun.turn",)), [("webrtc.stun", "block")], id="TURN"),
        pytest.param(
            greeting("t.example", protocols=(b"stun.turn",), to="198.51.100.4"), [], id="TURN of a meeting"
        ),
        pytest.param(greeting("dns.example", port=853, to="10.0.0.5"), [], id="inside"),
        pytest.param(greeting("www.example"), [], id="the web"),
    ],
)
def test_hidden_names_are_told_by_protocol_and_port(opening, expected):
    assert told(resolver_greeting(opening, delivered())) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("dns.google", [("dns.doh_sni", "block")], id="resolver"),
        pytest.param("api.nordvpn.com", [("vpn.app", "block")], id="VPN"),
        pytest.param("cloudflare-ech.com", [("tls.ech_outer", "block")], id="outer name"),
        pytest.param("www.usgs.gov", [], id="ordinary"),
    ],
)
def test_known_services_are_told_by_name(name, expected):
    assert told(listed_server(greeting(name), delivered())) == expected
    assert told(listed_server(Opening(Transport.TCP, 443, OUTSIDE, sni=name), delivered())) == expected


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        pytest.param(greeting(), [("tls.no_sni", "block")], id="none"),
        pytest.param(greeting(to=""), [("tls.no_sni", "block")], id="none, to nobody knows where"),
        pytest.param(greeting("192.0.2.7"), [("tls.no_sni", "block")], id="an address"),
        pytest.param(greeting("bad name"), [("tls.no_sni", "block")], id="no name"),
        pytest.param(greeting("a.example", "b.example"), [("tls.two_names", "block")], id="two"),
        pytest.param(greeting("a.example", "A.example"), [], id="one twice"),
        pytest.param(greeting(to="10.20.4.12"), [], id="inside"),
        pytest.param(greeting(port=5223), [], id="push"),
        pytest.param(greeting("a.example", ech=True), [], id="GREASE"),
        pytest.param(
            Opening(Transport.TCP, 443, OUTSIDE, hello("a.example", record=60)), [], id="in several records"
        ),
    ],
)
def test_a_greeting_names_one_server(opening, expected):
    assert told(server_not_named(opening, delivered())) == expected


@pytest.mark.parametrize(
    ("to", "resolved", "is_signed"),
    [
        pytest.param("192.0.2.61", {"198.51.100.9"}, True, id="elsewhere"),
        pytest.param("192.0.2.61", {"192.0.77.1", "198.51.100.9"}, False, id="near one of them"),
        pytest.param("142.250.74.36", {"172.217.16.4"}, False, id="the same owner"),
        pytest.param("52.35.9.9", {"44.229.7.7", "35.166.8.8"}, False, id="a load balancer of Amazon's EC2"),
        pytest.param("54.231.4.4", {"52.217.5.5"}, False, id="Amazon's S3"),
        pytest.param("2600:1f14:1::1", {"2406:da14:1::1"}, False, id="Amazon's, version 6"),
        pytest.param("34.149.1.1", {"35.201.1.1"}, False, id="Google Cloud"),
        pytest.param("4.150.1.1", {"172.178.1.1"}, False, id="Azure"),
        pytest.param("129.146.1.1", {"152.70.1.1"}, False, id="Oracle"),
        pytest.param("52.35.9.9", {"13.224.1.1"}, True, id="a site of Amazon's CDN, at a rented machine"),
        pytest.param("138.197.1.1", {"164.92.1.1"}, True, id="rented machines, each with one address"),
        pytest.param("142.250.74.36", {"104.16.1.1"}, True, id="two owners"),
        pytest.param("2001:db8:1::1", {"2001:db8:2::1"}, False, id="near, version 6"),
        pytest.param("2001:db9::1", {"2001:db8::1"}, True, id="elsewhere, version 6"),
        pytest.param("192.0.2.61", {"2001:db8::1"}, False, id="the other version was asked for"),
        pytest.param("192.0.2.61", set(), True, id="it has no address"),
        pytest.param("10.0.0.9", set(), False, id="it has no address, and is inside"),
        pytest.param("192.0.2.61", None, False, id="nothing is known"),
        pytest.param("10.0.0.9", {"198.51.100.9"}, False, id="inside"),
    ],
)
def test_a_name_leads_where_our_resolver_said(to, resolved, is_signed):
    given = None if resolved is None else frozenset(resolved)
    signs = told(name_elsewhere(greeting("www.example.org", to=to, resolved=given), delivered()))
    assert signs == [("tls.sni_mismatch", "block")] * is_signed


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        pytest.param("www.l3kfxqpzt2w6.com", {}, [("tor.hello", "incident")], id="made up"),
        pytest.param("www.gardentools.com", {}, [("tor.hello", "log")], id="words"),
        pytest.param("www.l3kfxqpzt2w6.com", {"resolved": frozenset({OUTSIDE})}, [], id="looked up"),
        pytest.param("www.l3kfxqpzt2w6.org", {}, [], id="another ending"),
    ],
)
def test_a_made_up_name_is_told(name, more, expected):
    assert told(made_up_name(greeting(name, protocols=(), **more), delivered())) == expected
    assert told(made_up_name(greeting(name, **more), delivered())) == []


@pytest.mark.parametrize(("port", "expected"), [(53, 1), (80, 1), (443, 0), (8443, 0)])
def test_tls_has_ports_of_its_own(port, expected):
    signs = told(unusual_port(greeting("www.example", port=port), delivered()))
    assert signs == [("tls.port", "block")] * expected
