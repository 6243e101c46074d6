from dataclasses import replace

import pytest

from proxy.bypass.knowledge import Knowledge, KnownName, Technique
from proxy.decision.signs import MAX_EVIDENCE, Consequence, Nature, Sign

DOH = Technique("dns.doh_host", Nature.ANONYMIZER, Consequence.BLOCK, 0, "DoH", "Another resolver.")
BELOW = KnownName("resolver.example", "dns.doh_host", "bypass/dns.yaml")
ALONE = KnownName("alone.example", "dns.doh_host", "bypass/dns.yaml", is_exact=True)
KNOWN = Knowledge({DOH.id: DOH}, {BELOW.name: BELOW, ALONE.name: ALONE})


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("resolver.example", BELOW, id="itself"),
        pytest.param("a.b.resolver.example", BELOW, id="below"),
        pytest.param("myresolver.example", None, id="no part of a label"),
        pytest.param("alone.example", ALONE, id="exact"),
        pytest.param("www.alone.example", None, id="below an exact one"),
    ],
)
def test_a_name_belongs_to_what_covers_it(host, expected):
    assert KNOWN.named(host) == expected


def test_a_sign_has_what_its_technique_says_and_its_evidence_is_cut():
    sign = KNOWN.sign("dns.doh_host", 0.9, {"name": "x" * 1000, "port": 53})
    assert sign == Sign(
        "dns.doh_host",
        Nature.ANONYMIZER,
        Consequence.BLOCK,
        0.9,
        "Another resolver.",
        (("name", "x" * MAX_EVIDENCE), ("port", "53")),
    )


def test_a_weak_sign_may_have_a_lesser_consequence():
    assert KNOWN.sign("dns.doh_host", consequence=Consequence.LOG).consequence is Consequence.LOG


def test_there_is_no_sign_of_what_nobody_described():
    with pytest.raises(KeyError):
        KNOWN.sign("dns.other")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param({"DoH": "DoH", "Another resolver.": "Otro."}, ("DoH", "Otro.", ()), id="all"),
        pytest.param({"DoH": "DoH"}, None, id="one missing"),
        pytest.param({}, None, id="none"),
    ],
)
def test_a_technique_is_said_in_another_language_with_all_its_texts_or_not_at_all(texts, expected):
    said = Knowledge({DOH.id: DOH}, languages={"es": texts}).in_language(DOH, "es")
    assert (said and (said.title, said.explanation, said.innocent)) == expected


def test_innocent_causes_stay_in_their_order():
    known = replace(DOH, innocent=("one", "two"))
    texts = {"DoH": "DoH", "Another resolver.": "Otro.", "two": "dos", "one": "uno"}
    said = Knowledge({}, languages={"es": texts}).in_language(known, "es")
    assert said == replace(known, explanation="Otro.", innocent=("uno", "dos"))


def test_a_language_that_nobody_wrote_is_none():
    assert KNOWN.in_language(DOH, "fr") is None
