import pytest

from proxy.bypass.dns.signals import (
    designated_resolver,
    foreign_resolver,
    hidden_resolver,
    proxy_configuration,
)
from proxy.bypass.observed import Question
from tests.fakes.known_ways import delivered, told


@pytest.mark.parametrize(
    ("detector", "name", "type_", "expected"),
    [
        pytest.param(designated_resolver, "_dns.isp.example", "SVCB", ["dns.auto_signal"], id="DDR by name"),
        pytest.param(
            designated_resolver, "_853._dns.isp.example", "TYPE64", ["dns.auto_signal"], id="by port"
        ),
        pytest.param(designated_resolver, "_dns.isp.example", "TXT", [], id="another type"),
        pytest.param(designated_resolver, "_dns.valley.example", "SVCB", [], id="the school's own"),
        pytest.param(designated_resolver, "_8443._https.api.example", "SVCB", [], id="another service"),
        pytest.param(proxy_configuration, "wpad", "A", ["dns.wpad"], id="WPAD"),
        pytest.param(proxy_configuration, "wpad.example.com", "A", ["dns.wpad"], id="WPAD below a domain"),
        pytest.param(proxy_configuration, "wpad.valley.example", "A", [], id="the school's WPAD"),
        pytest.param(proxy_configuration, "wpadding.example", "A", [], id="a longer word"),
        pytest.param(hidden_resolver, "2.dnscrypt-cert.somebody.org", "TXT", ["dns.dnscrypt"], id="DNSCrypt"),
        pytest.param(hidden_resolver, "dnscrypt.info", "A", [], id="about DNSCrypt"),
    ],
)
def test_what_devices_and_programmes_look_for(detector, name, type_, expected):
    signs = list(detector(Question("c", name, type_), delivered()))
    assert [sign.technique for sign in signs] == expected


@pytest.mark.parametrize(
    ("resolver", "expected"),
    [
        pytest.param("", [], id="the gateway"),
        pytest.param("10.20.0.53", [], id="the gateway by its address"),
        pytest.param("10.20.0.9", [], id="another one inside"),
        pytest.param("8.8.8.8", [("dns.foreign_resolver", "block")], id="outside"),
        pytest.param("2001:4860:4860::8888", [("dns.foreign_resolver", "block")], id="outside, version 6"),
    ],
)
def test_questions_are_for_our_resolver(resolver, expected):
    question = Question("c", "www.example.org", "A", resolver=resolver)
    assert told(foreign_resolver(question, delivered())) == expected
