import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.head_rules import HeadRule, Heads, address_text
from proxy.decision.urls import Url, parse_url

RULES = (
    HeadRule("x.method", methods=frozenset({"ODD_POST"})),
    HeadRule("x.address", address="^/svc/(?:open|close)[?]id="),
    HeadRule("x.field", fields=(("upgrade", "^odd$"), ("x-more", "[0-9]"))),
    HeadRule("x.both", methods=frozenset({"POST"}), address="/both", fields=(("x-more", "^a"),)),
    HeadRule("x.answer", answer=(("x-said", "yes"),), unless_hosts=frozenset({"fine.example"})),
    HeadRule("x.there", address="/there", hosts=frozenset({"b.example"})),
)
HEADS = Heads(RULES)


@pytest.mark.parametrize(
    ("method", "url", "fields", "expected"),
    [
        pytest.param(
            "ODD_POST", "https://a.example/", (), [("x.method", {"method": "ODD_POST"})], id="method"
        ),
        pytest.param(
            "GET",
            "https://a.example/svc/open?id=7",
            (),
            [("x.address", {"address": "/svc/open?id="})],
            id="address",
        ),
        pytest.param(
            "GET",
            "https://a.example/SVC/%6fpen?i%64=7",
            (),
            [("x.address", {"address": "/SVC/open?id="})],
            id="coded",
        ),
        pytest.param("GET", "https://a.example/svc/open", (), [], id="not the whole address"),
        pytest.param(
            "GET",
            "https://a.example/",
            (("upgrade", "ODD"), ("x-more", "a1")),
            [("x.field", {"upgrade": "ODD", "x-more": "1"})],
            id="fields",
        ),
        pytest.param("GET", "https://a.example/", (("upgrade", "odd"),), [], id="one field of two"),
        pytest.param(
            "POST",
            "https://a.example/both",
            (("x-more", "abc"),),
            [("x.both", {"method": "POST", "address": "/both", "x-more": "a"})],
            id="all that is named",
        ),
        pytest.param("GET", "https://a.example/both", (("x-more", "abc"),), [], id="another method"),
        pytest.param("GET", "https://a.example/there", (), [], id="another host"),
        pytest.param(
            "GET", "https://w.b.example/there", (), [("x.there", {"address": "/there"})], id="below the host"
        ),
    ],
)
def test_which_rules_a_request_meets(method, url, fields, expected):
    found = [
        (rule.technique, evidence) for rule, evidence in HEADS.of_request(method, parse_url(url), fields)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("host", "answer", "expected"),
    [
        pytest.param("a.example", (("x-said", "yes, it did"),), [("x.answer", {"x-said": "yes"})], id="met"),
        pytest.param("a.example", (("x-said", "no"),), [], id="another value"),
        pytest.param("w.fine.example", (("x-said", "yes"),), [], id="excused"),
    ],
)
def test_which_rules_an_answer_meets(host, answer, expected):
    found = HEADS.of_answer("GET", Url("https", host, 443, "/"), (), answer)
    assert [(rule.technique, evidence) for rule, evidence in found] == expected


def test_a_rule_is_named_once_however_often_its_field_comes():
    fields = (("upgrade", "odd"), ("upgrade", "odd"), ("x-more", "1"))
    assert len(list(HEADS.of_request("GET", parse_url("https://a.example/"), fields))) == 1


def test_the_address_is_cut():
    assert len(address_text(Url("https", "a.example", 443, "/" + "a" * 9000, "b" * 9000))) == 4096 * 2 + 1


def test_octets_that_are_no_text_are_searched_too():
    url = Url("https", "a.example", 443, "/svc/open", "x=\udc80")
    assert list(HEADS.of_request("GET", url, (("upgrade", "odd \udc80"),))) == []


@given(
    st.text(max_size=100),
    st.text(max_size=100),
    st.lists(st.tuples(st.sampled_from(["upgrade", "x-more"]), st.text())),
)
def test_no_text_makes_it_raise(path, query, fields):
    url = Url("https", "a.example", 443, "/" + path, query)
    list(HEADS.of_request("ODD", url, tuple(fields)))
    list(HEADS.of_answer("ODD", url, tuple(fields), (("x-said", path),)))


ALL = (
    HeadRule("x.start", address="^/a"),
    HeadRule("x.end", address="b$"),
    HeadRule("x.field", fields=(("x-one", "^a|b$"),)),
    HeadRule("x.other", fields=(("x-two", "^\\s*a"),)),
)
TEXT = st.text(alphabet="ab/\n :x", max_size=6)


@given(TEXT, st.lists(st.tuples(st.sampled_from(["x-one", "x-two"]), TEXT), max_size=3))
def test_one_pass_finds_what_each_expression_alone_would_find(path, fields):
    def meets(rule: HeadRule) -> bool:
        if rule.address:
            return re2.search(rule.address, "/" + path) is not None
        ((name, expression),) = rule.fields
        return any(key == name and re2.search(expression, value) for key, value in fields)

    found = Heads(ALL).of_request("GET", Url("https", "a.example", 443, "/" + path), tuple(fields))
    assert {rule.technique for rule, _ in found} == {rule.technique for rule in ALL if meets(rule)}
