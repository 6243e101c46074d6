import pytest

from proxy.bypass.dns.answers import behind_alias, rebinding, service_binding
from proxy.bypass.observed import Question, Record
from tests.fakes.known_ways import delivered, told


def answered(name, *records, type_="A"):
    return Question("c", name, type_, answers=tuple(Record(*record) for record in records))


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([("CNAME", "dns.quad9.net.")], [("dns.doh_host", "block")], id="resolver"),
        pytest.param(
            [("CNAME", "a.example."), ("CNAME", "x.ngrok.app.")], [("tunnel.quick", "block")], id="chain"
        ),
        pytest.param([("DNAME", "trycloudflare.com.")], [("tunnel.quick", "block")], id="whole branch"),
        pytest.param(
            [("HTTPS", "0 pool.nordvpn.com.")], [("vpn.app", "block")], id="alias in a service binding"
        ),
        pytest.param([("CNAME", "d1.cloudfront.net."), ("A", "192.0.2.1")], [], id="network"),
        pytest.param([("TXT", "dns.quad9.net.")], [], id="a text"),
        pytest.param([("CNAME", "no name at all")], [], id="no name"),
    ],
)
def test_a_known_service_behind_a_name_is_stopped(records, expected):
    assert told(behind_alias(answered("notes.example.com", *records), delivered())) == expected


@pytest.mark.parametrize(
    ("name", "type_", "data", "expected"),
    [
        pytest.param("evil.example.com", "A", "192.168.1.1", "dns.rebinding block", id="private"),
        pytest.param("evil.example.com", "A", "127.0.0.1", "dns.rebinding block", id="loopback"),
        pytest.param("evil.example.com", "A", "169.254.169.254", "dns.rebinding block", id="link-local"),
        pytest.param(
            "evil.example.com", "A", "203.0.113.200", "dns.rebinding block", id="the school's public range"
        ),
        pytest.param("evil.example.com", "AAAA", "::ffff:10.1.2.3", "dns.rebinding block", id="mapped"),
        pytest.param("evil.example.com", "AAAA", "64:ff9b::a01:203", "dns.rebinding block", id="NAT64"),
        pytest.param("evil.example.com", "AAAA", "2002:0a01:0203::1", "dns.rebinding block", id="6to4"),
        pytest.param("evil.example.com", "AAAA", "fd00::1", "dns.rebinding block", id="unique local"),
        pytest.param("evil.example.com", "HTTPS", "1 . ipv4hint=10.0.0.1", "dns.rebinding block", id="hint"),
        pytest.param(
            "evil.example.com", "A", "10.20.0.53", "dns.rebinding_gateway incident", id="the gateway"
        ),
        pytest.param("ads.example.com", "A", "0.0.0.0", "dns.rebinding log", id="blocked upstream"),
        pytest.param("ab12.av.example.com", "A", "127.0.0.4", "dns.rebinding log", id="a code"),
        pytest.param("www.example.com", "A", "198.51.100.7", "", id="public"),
        pytest.param("printer.valley.example", "A", "10.20.4.12", "", id="the school's own name"),
        pytest.param("printer.lan", "A", "10.20.4.12", "", id="a name for inside"),
        pytest.param("10-0-0-5.abc.plex.direct", "A", "10.0.0.5", "", id="made for it"),
        pytest.param("4.3.2.192.bl.example.org", "A", "127.0.0.2", "", id="a list of spammers"),
        pytest.param("x.zen.spamhaus.org", "A", "127.0.0.2", "", id="a known list"),
        pytest.param("1.0.20.10.in-addr.arpa", "PTR", "10.0.0.1", "", id="not an address"),
    ],
)
def test_public_names_do_not_lead_inside(name, type_, data, expected):
    signs = told(rebinding(answered(name, (type_, data)), delivered()))
    assert [" ".join(sign) for sign in signs] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param('1 . alpn="h2" ech="AEX"', [("dns.svcb", "rewrite")], id="ech"),
        pytest.param('1 . alpn="h2,h3"', [("dns.svcb", "rewrite")], id="HTTP/3"),
        pytest.param('1 . alpn="h2"', [], id="ordinary"),
    ],
)
def test_keys_for_hidden_connections_are_taken_out(data, expected):
    question = answered("www.example.com", ("HTTPS", data), type_="HTTPS")
    assert told(service_binding(question, delivered())) == expected
