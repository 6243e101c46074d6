import pytest

from proxy.bypass.noticing import notice
from proxy.bypass.observed import Exchange, Opening, Question, Transport
from proxy.bypass.spelling.detectors import NAME_DETECTORS, OPENING_DETECTORS, REQUEST_DETECTORS
from proxy.decision.names import canonical_host
from proxy.decision.signs import Consequence, Nature
from proxy.decision.urls import parse_url

BLOCK, LOG = Consequence.BLOCK, Consequence.LOG


def fault(name, error):
    raise error


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://203.0.113.9:8443/play", [("host.ip_literal", BLOCK)], id="public"),
        pytest.param("http://0xCB007109/", [("host.ip_literal", BLOCK)], id="hexadecimal"),
        pytest.param("http://3405803785/", [("host.ip_literal", BLOCK)], id="decimal"),
        pytest.param("http://0313.0.0x71.9/", [("host.ip_literal", BLOCK)], id="octal and hexadecimal"),
        pytest.param("http://[::ffff:cb00:7109]/", [("host.ip_literal", BLOCK)], id="mapped to IPv6"),
        pytest.param("http://[2001:db8::1]/", [("host.ip_literal", BLOCK)], id="IPv6"),
        pytest.param("http://lesson.example.org@203.0.113.9/", [("host.ip_literal", BLOCK)], id="userinfo"),
        pytest.param("http://192.168.1.5/", [], id="in the building"),
        pytest.param("http://0300.0250.1.5/", [], id="in the building, octal"),
        pytest.param("http://198.51.100.7/", [], id="the school's own"),
        pytest.param("http://[fe80::1]/", [], id="link-local"),
        pytest.param("http://203-0-113-9.nip.io/", [("host.wildcard_ip", BLOCK)], id="a name for an address"),
        pytest.param("http://cb007109.nip.io/", [("host.wildcard_ip", BLOCK)], id="hexadecimal in a name"),
        pytest.param("http://10-20-4-12.nip.io/", [("host.wildcard_ip", LOG)], id="inside"),
        pytest.param("http://class.lvh.me:3000/", [("host.wildcard_ip", LOG)], id="the device itself"),
        pytest.param("https://sslip.io/", [], id="the service's page"),
        pytest.param("https://g\u0430mes.example.com/", [("host.lookalike", LOG)], id="a look-alike"),
        pytest.param("https://www.example.org/", [], id="an ordinary name"),
        pytest.param("https://203-0-113-9.static.example.net/", [], id="a provider's name for a customer"),
    ],
)
def test_hosts_that_mislead_or_name_nobody(shipped, url, expected):
    exchange = Exchange("GET", parse_url(url), "/")
    found = notice(REQUEST_DETECTORS, exchange, shipped, fault)
    assert [(sign.technique, sign.consequence) for sign in found] == expected
    assert {sign.consequence for sign in found} <= {BLOCK, LOG}


def test_a_look_alike_is_judged_as_what_it_imitates(shipped):
    exchange = Exchange("GET", parse_url("https://g\u0430mes.example.com/play?x"), "/play?x")
    (sign,) = notice(REQUEST_DETECTORS, exchange, shipped, fault)
    assert (sign.nature, str(sign.inner)) == (Nature.WRAPPER, "https://games.example.com/play?x")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("203-0-113-9.SSLIP.io", ["host.wildcard_ip"], id="a name for an address"),
        pytest.param(canonical_host("g\u0430mes.example.com"), ["host.lookalike"], id="a look-alike"),
        pytest.param("www.school.example.org", [], id="the school's own"),
        pytest.param("www.example.com", [], id="an ordinary name"),
        pytest.param("", [], id="the root"),
    ],
)
def test_names_show_it_in_questions_and_handshakes(shipped, name, expected):
    asked = notice(NAME_DETECTORS, Question("192.0.2.1", name, "A"), shipped, fault)
    opened = notice(OPENING_DETECTORS, Opening(Transport.TCP, 443, sni=name.lower()), shipped, fault)
    assert [sign.technique for sign in asked] == [sign.technique for sign in opened] == expected
