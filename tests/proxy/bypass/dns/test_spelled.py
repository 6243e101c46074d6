import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.dns.spelled import MAX_TEXT, host_of, malformed, octets_of
from proxy.bypass.observed import Question
from tests.fakes.known_ways import delivered, told


@pytest.mark.parametrize(
    ("name", "is_malformed"),
    [
        pytest.param("www.example.org", False, id="ordinary"),
        pytest.param("WWW.Example.ORG.", False, id="case and last dot"),
        pytest.param("münchen.example", False, id="a name in another script"),
        pytest.param("Büro Drucker 3._ipp._tcp.local", False, id="a printer's name"),
        pytest.param("http://www.example.org", False, id="a careless programme"),
        pytest.param("", False, id="the root"),
        pytest.param("0aaba82\xbc\xbd\xe9\xf0.t.example", True, id="base128"),
        pytest.param("0aaba82\\188\\189\\233.t.example", True, id="base128 in escapes"),
        pytest.param("a" * 64 + ".example", True, id="label too long"),
        pytest.param(".".join(["a" * 60] * 5), True, id="name too long"),
        pytest.param("a..example", True, id="empty label"),
        pytest.param("a\x00b.example", True, id="control"),
        pytest.param("a" * (MAX_TEXT + 1), True, id="far too long"),
    ],
)
def test_what_no_name_can_be_is_malformed(name, is_malformed):
    found = told(malformed(Question("c", name, "A"), delivered()))
    assert found == [("dns.malformed", "block")] * is_malformed


def test_a_host_is_canonical_or_nothing():
    assert host_of("WWW.Example.ORG.") == "www.example.org"
    assert host_of("no host") == ""


@given(st.text(max_size=300))
def test_any_text_has_octets_and_an_answer(name):
    assert octets_of(name) is not None
    list(malformed(Question("c", name, "A"), delivered()))
