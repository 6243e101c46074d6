import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.dns.detectors import NAME_DETECTORS
from proxy.bypass.noticing import notice
from proxy.bypass.observed import Question, Record
from tests.fakes.known_ways import delivered, told

TYPES = ("A", "AAAA", "HTTPS", "TXT", "CNAME", "NULL", "SVCB", "TYPE65399", "PTR")


def raised(name, error):
    raise AssertionError(name) from error


def seen(question):
    return notice(NAME_DETECTORS, question, delivered(), raised)


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("www.usgs.gov", "HTTPS"), ("e55.b.akamaiedge.net", "A"), ("_dmarc.example.org", "TXT"),
        ("7.4.20.10.in-addr.arpa", "PTR"), ("d9f8e7d6c5b4.cloudfront.net", "A"), ("time.apple.com", "A"),
        ("r3---sn-4g5edn7y.googlevideo.com", "A"), ("_ldap._tcp.dc._msdcs.valley.example", "SRV"),
        ("p2-abcdefghij-klmnopqr-1-v6exp3-v4.metric.gstatic.com", "AAAA"), ("localhost", "A"), ("", "NS"),
        ("proxy.library.example.edu", "A"), ("dns.msftncsi.com", "AAAA"), ("vpn.valley.example", "A"),
        ("connectivitycheck.gstatic.com", "A"), ("xkcdqwe", "A"), ("_acme-challenge.www.example.org", "TXT"),
    ],
    ids=lambda value: value or "root",
)  # fmt: skip
def test_ordinary_questions_have_no_sign(name, type_):
    assert seen(Question("c", name, type_)) == ()


def test_each_sign_is_described_once_and_carries_evidence():
    question = Question("c", "doh.opendns.com", "A", resolver="9.9.9.9")
    signs = seen(question)
    assert told(signs) == [("dns.foreign_resolver", "block"), ("dns.doh_host", "block")]
    assert all(sign.evidence for sign in signs)


@given(
    st.text(max_size=200),
    st.sampled_from(TYPES),
    st.lists(st.tuples(st.sampled_from(TYPES), st.text(max_size=60)), max_size=4),
)
def test_nothing_makes_a_detector_fail(name, type_, records):
    seen(Question("c", name, type_, answers=tuple(Record(*record) for record in records)))
