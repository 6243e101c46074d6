import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.noticing import notice
from proxy.bypass.observed import Opening, Transport
from proxy.bypass.openings.detectors import OPENING_DETECTORS
from tests.fakes.first_octets import hello
from tests.fakes.known_ways import delivered, told


def raised(name, error):
    raise AssertionError(name) from error


def seen(opening):
    return notice(OPENING_DETECTORS, opening, delivered(), raised)


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(
            Opening(Transport.TCP, 443, "151.101.1.99", hello("docs.google.com", protocols=(b"h2",))),
            id="web",
        ),
        pytest.param(Opening(Transport.TCP, 443, "192.0.2.1", hello("a.example", ech=True)), id="GREASE"),
        pytest.param(Opening(Transport.TCP, 443, "10.20.4.12", hello()), id="a printer"),
        pytest.param(Opening(Transport.TCP, 5228, "142.250.101.188", hello("mtalk.google.com")), id="push"),
        pytest.param(
            Opening(Transport.TCP, 443, "192.0.2.1", sni="www.example.org", alpn=("h2",)), id="by fields"
        ),
        pytest.param(
            Opening(Transport.TCP, 80, "192.0.2.1", b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"), id="plain"
        ),
    ],
)
def test_ordinary_openings_have_no_sign(opening):
    assert seen(opening) == ()


def test_the_most_telling_sign_comes_first():
    opening = Opening(Transport.TCP, 8853, "9.9.9.9", hello("dns.quad9.net", protocols=(b"dot",)))
    assert told(seen(opening)) == [("dns.dot", "block"), ("dns.doh_sni", "block"), ("egress.tcp", "block")]


@given(
    st.builds(
        Opening,
        st.sampled_from(Transport),
        st.integers(0, 65535),
        st.sampled_from(["", "192.0.2.1", "10.0.0.1", "2001:db8::1", "no address"]),
        st.binary(max_size=200)
        | st.binary(max_size=80).map(lambda tail: hello("a.example", record=30)[:90] + tail),
        st.binary(max_size=60),
        st.booleans(),
        st.text(max_size=30),
    )
)
def test_nothing_makes_a_detector_fail(opening):
    seen(opening)
