import pytest

from proxy.bypass.dns.listed import called_resolver, called_vpn, listed, listed_name
from proxy.bypass.observed import Question
from proxy.decision.signs import Consequence
from tests.fakes.known_ways import delivered, told

BLOCKED = "block"


def asked(name, type_="A"):
    return told(listed_name(Question("c", name, type_), delivered()))


@pytest.mark.parametrize(
    ("name", "technique"),
    [
        pytest.param("mozilla.cloudflare-dns.com", "dns.doh_host", id="resolver"),
        pytest.param("DNS.Google.", "dns.doh_host", id="any spelling"),
        pytest.param("abc123.dns.nextdns.io", "dns.doh_host", id="below a resolver"),
        pytest.param("odoh-relay.numa.rs", "dns.doh_host", id="relay"),
        pytest.param("account.protonvpn.com", "vpn.app", id="VPN"),
        pytest.param("api.polargrizzly.com", "vpn.app", id="a VPN's API"),
        pytest.param("vpn-api.proton.me", "vpn.app", id="exact"),
        pytest.param("calm-hat-12.trycloudflare.com", "tunnel.quick", id="quick tunnel"),
        pytest.param("relay-b1.net.anydesk.com", "remote.host", id="remote desktop"),
        pytest.param("engine.hyperbeam.com", "remote.browser", id="remote browser"),
        pytest.param("bridges.torproject.org", "tor.name", id="Tor"),
        pytest.param("abcdefgh.onion", "tor.onion", id="onion"),
        pytest.param("free-proxy-list.net", "proxy.site", id="a name of our own list"),
        pytest.param("cloudflare-ech.com", "tls.ech_outer", id="outer name"),
    ],
)
def test_known_services_are_stopped_by_name(name, technique):
    assert asked(name) == [(technique, BLOCKED)]


@pytest.mark.parametrize(
    "name", ["use-application-dns.net", "mask-h2.icloud.com", "_dns.resolver.arpa"], ids=lambda name: name
)
def test_signals_of_devices_are_stopped_and_are_nobodys_fault(name):
    assert asked(name) == [("dns.auto_signal", BLOCKED)]
    assert delivered().techniques["dns.auto_signal"].weight == 0


@pytest.mark.parametrize(
    "name",
    [
        "www.usgs.gov", "mail.proton.me", "icloud.com", "google.com", "cloudflare.com", "dns.valley.example",
        "www.vpnmentor.com", "opendns.com", "teamviewerschool.example", "onion.example",
    ],
    ids=lambda name: name,
)  # fmt: skip
def test_ordinary_names_are_not_signed(name):
    assert asked(name) == []


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        pytest.param("doh.somebody.net", "A", 1, id="doh"),
        pytest.param("odoh-target.somebody.io", "HTTPS", 1, id="odoh"),
        pytest.param("dns-over-https.somebody.org", "AAAA", 1, id="in words"),
        pytest.param("eu1-doq.somebody.net", "A", 1, id="behind a place"),
        pytest.param("doh.somebody.net", "NS", 0, id="about it"),
        pytest.param("doh.wa.gov", "A", 0, id="department of health"),
        pytest.param("doh.gov.ph", "A", 0, id="department of health abroad"),
        pytest.param("dot.ca.gov", "A", 0, id="department of transportation"),
        pytest.param("us.doh.somebody.org", "A", 1, id="before a place"),
        pytest.param("www.doh.com", "A", 0, id="a company's page"),
        pytest.param("www.doh.nsw.gov.au", "A", 0, id="a department's page"),
        pytest.param("doh.com", "A", 0, id="a company"),
        pytest.param("dohring.somebody.net", "A", 0, id="no part of a word"),
        pytest.param("doh.valley.example", "A", 0, id="the school's own"),
        pytest.param("doh.opendns.com", "A", 0, id="listed already"),
    ],
)
def test_what_calls_itself_a_resolver_is_one(name, type_, expected):
    found = told(called_resolver(Question("c", name, type_), delivered()))
    assert found == [("dns.doh_host", BLOCKED)] * expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("www.rocketvpn.com", 1, id="at the end"),
        pytest.param("api.vpnrocket.co.uk", 1, id="at the beginning"),
        pytest.param("rocket-vpn-app.net", 1, id="in the middle"),
        pytest.param("vpn.somebody.com", 0, id="an employer's"),
        pytest.param("www.vpnmentor.com", 0, id="about VPNs"),
        pytest.param("www.top10vpn.com", 0, id="a comparison"),
        pytest.param("vpn.valley.example", 0, id="the school's own"),
        pytest.param("www.nordvpn.com", 0, id="listed already"),
    ],
)
def test_what_calls_itself_a_vpn_is_one(name, expected):
    assert told(called_vpn(Question("c", name, "A"), delivered())) == [("vpn.app", BLOCKED)] * expected


def test_a_name_alone_is_never_an_incident():
    known = delivered()
    for name in known.names:
        assert all(sign.consequence is not Consequence.INCIDENT for sign in listed(name, known)), name


def test_the_evidence_names_the_list():
    (sign,) = listed("www.psiphon.ca", delivered(), sni="www.psiphon.ca")
    assert dict(sign.evidence) == {
        "name": "www.psiphon.ca",
        "listed": "psiphon.ca",
        "list": "bypass/vpn.yaml",
        "sni": "www.psiphon.ca",
    }
