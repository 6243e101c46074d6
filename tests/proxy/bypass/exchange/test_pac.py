import pytest

from proxy.bypass.exchange.pac import TECHNIQUE, outside_pac
from tests.fakes.exchanges import answered, techniques, told

PAC = 'function FindProxyForURL(url, host) { return "PROXY 198.51.100.9:8080; DIRECT"; }'
TYPE = "application/x-ns-proxy-autoconfig"


@pytest.mark.parametrize(
    ("url", "type_", "body", "more", "expected"),
    [
        pytest.param("https://free.example.org/p", TYPE, PAC, {}, [TECHNIQUE], id="type"),
        pytest.param(
            "https://free.example.org/my.pac", "text/plain", PAC, {}, [TECHNIQUE], id="name and function"
        ),
        pytest.param(
            "https://free.example.org/cfg",
            "text/plain",
            PAC,
            {},
            [TECHNIQUE],
            id="fetched by the browser itself",
        ),
        pytest.param(
            "https://docs.example.org/pac.txt",
            "text/plain",
            PAC,
            {"asked_with": {"sec-fetch-dest": "document"}},
            [],
            id="read in a page",
        ),
        pytest.param("https://docs.example.org/pac.html", "text/html", PAC, {}, [], id="a page about it"),
        pytest.param("http://wpad.school.example/wpad.dat", TYPE, PAC, {}, [], id="the school's own"),
        pytest.param("http://10.20.0.5/wpad.dat", TYPE, PAC, {}, [], id="inside the school"),
        pytest.param("https://free.example.org/x", TYPE, "", {"status": 404}, [], id="not there"),
    ],
)
def test_a_configuration_from_outside(url, type_, body, more, expected):
    assert techniques(outside_pac, answered(url, type_, body, **more)) == expected


def test_evidence_names_the_proxy():
    evidence = told(outside_pac, answered("https://free.example.org/p", TYPE, PAC))
    assert evidence == {"host": "free.example.org", "content-type": TYPE, "proxy": "PROXY 198.51.100.9:8080"}
