import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.urls import parse_url
from proxy.journal.kept_signs import (
    MAX_CHARS,
    KeptSign,
    SignsProblem,
    kept_signs,
    read_signs,
    show,
    techniques_in,
)

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


def sign(technique, consequence=Consequence.INCIDENT, confidence=0.97, evidence=(), inner=None):
    return Sign(technique, Nature.ANONYMIZER, consequence, confidence, "It leads around.", evidence, inner)


def of_evidence(name, value, *, with_url):
    (kept,) = read_signs(kept_signs([sign("vpn.x", evidence=((name, value),))], with_url=with_url))
    return kept.evidence[name]


def test_signs_are_spelled_compactly_gravest_first():
    seen = [
        sign("tls.no_sni", Consequence.BLOCK, 1.0, (("sni", "none"),)),
        sign("vpn.wireguard", Consequence.INCIDENT, 0.971, (("address", "192.0.2.7"),)),
    ]

    assert kept_signs(seen, with_url=True) == (
        '[{"technique":"vpn.wireguard","nature":"anonymizer","consequence":"incident","confidence":0.97,'
        '"evidence":{"address":"192.0.2.7"}},'
        '{"technique":"tls.no_sni","nature":"anonymizer","consequence":"block","confidence":1.0,'
        '"evidence":{"sni":"none"}}]'
    )


def test_without_signs_there_is_no_text():
    assert kept_signs([], with_url=True) == ""
    assert read_signs("") == ()


def test_of_each_technique_the_gravest_stands_and_of_these_the_four_gravest():
    seen = [sign(f"vpn.{name}", confidence=n / 10) for n, name in enumerate("abcdef")]
    seen += [sign("vpn.a", confidence=0.99), sign("vpn.f", Consequence.LOG, 1.0)]

    kept = read_signs(kept_signs(seen, with_url=True))

    assert [(one.technique, one.confidence) for one in kept] == [
        ("vpn.a", 0.99), ("vpn.f", 0.5), ("vpn.e", 0.4), ("vpn.d", 0.3),
    ]  # fmt: skip


def test_of_a_mark_that_stops_nobody_no_evidence_is_kept():
    marked = sign("dns.rebinding", Consequence.LOG, 0.2, (("name", "a.example"),))

    assert read_signs(kept_signs([marked], with_url=True)) == (
        KeptSign("dns.rebinding", Nature.ANONYMIZER, Consequence.LOG, 0.2, {}),
    )


def test_of_an_address_inside_its_host_is_kept():
    inside = sign("webproxy.x", inner=parse_url("https://games.example/play?token=hush"))

    (kept,) = read_signs(kept_signs([inside], with_url=True))

    assert kept.evidence == {"inner": "games.example"}


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        pytest.param("where", "at https://u:p@games.example/a?token=b", "at games.example", id="URL"),
        pytest.param("path", "/service/hvtrs8%2F", "-", id="path"),
        pytest.param("target", "games.example/play", "-", id="path behind a host"),
        pytest.param("text", "aHR0cHM6Ly9nYW1lcy5leGE", "-", id="coded address"),
        pytest.param("text", "poki.com", "poki.com", id="host in a field of addresses"),
        pytest.param("parameter", "safe=off", "-", id="parameter"),
        pytest.param("address", "[2001:db8::1]", "[2001:db8::1]", id="IPv6 address"),
        pytest.param("address", "192.0.2.7:51820", "192.0.2.7:51820", id="address and port"),
        pytest.param("content-type", "application/dns-message", "application/dns-message", id="media type"),
        pytest.param("accept", "text/html, image/png;q=1", "-", id="types with a parameter"),
        pytest.param("protocols", "chisel-v3 stun.turn", "chisel-v3 stun.turn", id="protocols"),
        pytest.param("where", "https://[/a", "-", id="URL that is none"),
    ],
)  # fmt: skip
def test_where_the_url_is_not_kept_no_part_of_it_stands_in_evidence(name, value, kept):
    assert of_evidence(name, value, with_url=False) == kept


def test_where_the_url_is_kept_evidence_is_kept_without_credentials():
    said = "https://u:p@games.example/a?token=hush&page=2"

    assert of_evidence("address", said, with_url=True) == "https://games.example/a?token=-&page=2"


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=12), st.booleans())
def test_any_evidence_fits_is_ascii_and_comes_back(evidence, with_url):
    seen = [sign(f"vpn.{name}", evidence=tuple(evidence)) for name in "abcd"]

    text = kept_signs(seen, with_url=with_url)

    assert len(text) <= MAX_CHARS
    assert text.isascii()
    assert techniques_in(text) == ("vpn.a", "vpn.b", "vpn.c", "vpn.d")
    assert json.loads(text)[0]["technique"] == "vpn.a"


def test_signs_whose_names_alone_are_too_long_are_left_out():
    long = ["vpn." + "x" * 1500, "vpn." + "y" * 1500]

    assert techniques_in(kept_signs(map(sign, long), with_url=True)) == tuple(long[:1])


@pytest.mark.parametrize(
    ("technique", "found"),
    [
        pytest.param("webproxy.bare", True, id="itself"),
        pytest.param("webproxy", True, id="its family"),
        pytest.param("webproxy.b", False, id="a part of a word"),
        pytest.param("web", False, id="a part of the family's word"),
        pytest.param("webproxy.bare.v3", False, id="a longer name"),
        pytest.param("vpn", False, id="what evidence says"),
    ],
)
def test_signs_show_a_technique_or_its_family(technique, found):
    forged = sign("webproxy.bare", evidence=(("x", '{"technique":"vpn"'), ('{"technique":"vpn.', "y")))

    assert show(kept_signs([forged], with_url=True), technique) is found


@pytest.mark.parametrize(
    "text", ["{", "7", "[7]", "[{}]", '[{"technique":"a","nature":"?","consequence":"log","confidence":1}]']
)
def test_other_texts_are_no_signs(text):
    with pytest.raises(SignsProblem):
        read_signs(text)
    assert techniques_in(text) == ()


@given(ANY_TEXT)
def test_any_text_raises_only_the_documented_error(text):
    with contextlib.suppress(SignsProblem):
        read_signs(text)
