import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.dns.payload import Payload, is_rare, payload_of
from proxy.bypass.observed import Question
from tests.fakes.known_ways import delivered


def carried(name):
    return payload_of(Question("c", name, "TXT"), delivered())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("abc.t.chem.example", Payload("chem.example", ("abc", "t")), id="below a domain"),
        pytest.param("abc.foo.co.uk", Payload("foo.co.uk", ("abc",)), id="public suffix of two labels"),
        pytest.param("abc.x.duckdns.org", Payload("x.duckdns.org", ("abc",)), id="a host of many"),
        pytest.param("Ab+/xY9.foo.com", Payload("foo.com", ("ab+/xy9",), True), id="base64"),
        pytest.param("aB.SoMe.CoM", Payload("some.com", ("ab",)), id="a resolver that mixes capitals in"),
        pytest.param("ab.site.example.com", Payload("site.example.com", ("ab",)), id="a name for examples"),
        pytest.param("site.example.org", None, id="a site of examples itself"),
        pytest.param(
            "k3v9x2m1q8r7t6w5z4y3n2b1.x._tcp.foo.com",
            Payload("foo.com", ("k3v9x2m1q8r7t6w5z4y3n2b1", "x", "_tcp")),
            id="more than a service is called",
        ),
        pytest.param("www-jstor-org.ezproxy.lib.some-college.edu", None, id="a site in a library's proxy"),
        pytest.param(
            "k3v9x2m1q8r7-com.ezproxy.lib.some-college.edu",
            Payload("some-college.edu", ("k3v9x2m1q8r7-com", "ezproxy", "lib")),
            id="a code in a library's proxy",
        ),
        pytest.param(
            "maple-garden.ezproxy.lib.some-college.edu",
            Payload("some-college.edu", ("maple-garden", "ezproxy", "lib")),
            id="words in a library's proxy",
        ),
        pytest.param("foo.com", None, id="the domain itself"),
        pytest.param("abc.printer.lan", None, id="no public name"),
        pytest.param("abc.valley.example", None, id="the school's own"),
        pytest.param("0a1b2c3d.avqs.mcafee.com", None, id="a vendor's"),
        pytest.param("selector1._domainkey.foo.com", None, id="a key for mail"),
        pytest.param(
            "a" * 60 + "._domainkey.foo.com",
            Payload("foo.com", ("a" * 60, "_domainkey")),
            id="too much for one",
        ),
    ],
)
def test_what_stands_below_the_registered_domain(name, expected):
    assert carried(name) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param(("settings-win", "data"), False, id="words"),
        pytest.param(("cdn45-iad3",), False, id="numbered words"),
        pytest.param(("d5bd00841b7897",), True, id="hex"),
        pytest.param(("mzxw6ytboi",), True, id="base32"),
        pytest.param(("2f1c9a44-53f2-4f7e-9c1b-8a1f00d3e2aa",), True, id="number of a device"),
    ],
)
def test_octets_in_text_are_told_from_words(labels, expected):
    assert Payload("foo.com", labels).is_encoded is expected


def test_numbers_stand_by_themselves():
    assert Payload("foo.com", ("12", "s7-abc", "x9y")).numbers == (12,)


def test_few_programmes_ask_for_texts():
    assert [is_rare(type_) for type_ in ("A", "AAAA", "HTTPS", "TXT", "NULL", "CNAME")] == [False] * 3 + [
        True
    ] * 3


@given(st.text(max_size=300))
def test_any_text_is_read(name):
    payload = carried(name)
    assert payload is None or (payload.labels and isinstance(payload.is_encoded, bool))
