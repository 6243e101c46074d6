import pytest

from proxy.bypass.exchange.fronting import TECHNIQUE, covered, fronting
from proxy.decision.signs import Consequence
from tests.fakes.exchanges import asked, shipped, techniques


@pytest.mark.parametrize(
    ("host", "certificate", "expected"),
    [
        pytest.param("a.example.org", ("a.example.org",), True, id="itself"),
        pytest.param("a.example.org", ("*.EXAMPLE.org",), True, id="wildcard"),
        pytest.param("b.a.example.org", ("*.example.org",), False, id="one label only"),
        pytest.param("example.org", ("*.example.org",), False, id="not the apex"),
        pytest.param(
            "a.example.org", ("DNS:x.example", "DNS:a.example.org"), True, id="as OpenSSL prints it"
        ),
        pytest.param("a.example.org", ("", "*.", "[", "b.example.org"), False, id="odd names"),
    ],
)
def test_which_hosts_a_certificate_covers(host, certificate, expected):
    assert covered(host, certificate) is expected


@pytest.mark.parametrize(
    ("host", "sni", "certificate", "expected"),
    [
        pytest.param("hidden.example", "cdn.example.org", ("cdn.example.org",), [TECHNIQUE], id="fronted"),
        pytest.param(
            "fonts.gstatic.com",
            "www.googleapis.com",
            ("*.gstatic.com", "*.googleapis.com"),
            [],
            id="coalesced",
        ),
        pytest.param(
            "lh4.googleusercontent.com", "lh3.googleusercontent.com", ("x.example",), [], id="one owner"
        ),
        pytest.param("a.example.org", "a.example.org", ("x.example",), [], id="the same"),
        pytest.param("hidden.example", "", ("x.example",), [], id="no name in the handshake"),
        pytest.param("portal.school.example", "cdn.example.org", ("x.example",), [], id="the school's own"),
        pytest.param("10.20.0.7", "cdn.example.org", ("x.example",), [], id="an address inside"),
    ],
)
def test_a_host_that_the_handshake_did_not_name(host, sni, certificate, expected):
    seen = asked(f"https://{host}/", sni=sni, certificate=certificate)
    assert techniques(fronting, seen) == expected


def test_without_a_certificate_it_is_only_marked():
    (sign,) = fronting(asked("https://hidden.example/", sni="cdn.example.org"), shipped())
    assert sign.consequence is Consequence.LOG
