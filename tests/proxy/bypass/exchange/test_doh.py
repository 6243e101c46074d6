import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.doh import TECHNIQUE, doh_answer, doh_request
from proxy.decision.signs import Consequence
from tests.fakes.exchanges import answered, asked, shipped, techniques, told

NAME = b"\x05games\x07example\0"
QUERY = bytes.fromhex("0000 0100 0001 0000 0000 0000") + NAME + b"\0\x01\0\x01"
ANSWER = bytes.fromhex("0000 8180 0001 0000 0000 0000") + NAME + b"\0\x01\0\x01"
CODED = base64.urlsafe_b64encode(QUERY).decode().rstrip("=")
WITH_ID = base64.b64encode(b"\xab\xcd\x01\x10" + QUERY[4:]).decode().replace("+", "%2B").replace("=", "%3D")
JSON = '{"Status": 0,"TC": false,"RD": true,"RA": true,"Question":[{"name":"a.example.","type":1}]}'


@pytest.mark.parametrize(
    ("url", "where"),
    [
        pytest.param(f"https://dns.example/dns-query?dns={CODED}", "parameter dns", id="RFC 8484"),
        pytest.param(
            f"https://cdn.example.org/img/logo.png?v=3&x={CODED}", "parameter x", id="any path and parameter"
        ),
        pytest.param(f"https://cdn.example.org/?dns={WITH_ID}", "parameter dns", id="an id, and padding"),
    ],
)
def test_a_question_in_a_query_is_known_on_any_host_and_path(url, where):
    assert told(doh_request, asked(url)) == {"where": where, "name": "games.example", "type": "A"}


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        pytest.param({"content-type": "application/dns-message"}, QUERY, id="as it should be"),
        pytest.param({"content-type": "application/octet-stream"}, QUERY, id="under another type"),
        pytest.param({"content-type": "application/dns-message; x=1"}, b"\0", id="the type alone"),
    ],
)
def test_a_question_in_a_body_is_known(fields, body):
    seen = asked("https://cdn.example.org/api", "POST", body=body, fields=fields)
    assert techniques(doh_request, seen) == [TECHNIQUE]


@pytest.mark.parametrize(
    ("url", "fields", "consequence"),
    [
        pytest.param(
            "https://r.example/x?name=a.example&type=A",
            {"accept": "application/dns-json"},
            "incident",
            id="json",
        ),
        pytest.param("https://r.example/resolve?name=a.example", {}, "incident", id="a resolver's path"),
        pytest.param("https://r.example/lookup?name=a.example&type=MX", {}, "log", id="perhaps"),
        pytest.param(
            "https://r.example/dns-query", {"accept": "application/dns-message"}, "block", id="no question"
        ),
    ],
)
def test_the_json_form_is_known_as_far_as_it_shows(url, fields, consequence):
    (sign,) = doh_request(asked(url, fields=fields), shipped())
    assert sign.consequence is Consequence(consequence)


@pytest.mark.parametrize(
    "url",
    [
        "https://host.example.org/panel?dns=ns1.example.org",
        "https://host.example.org/panel?dns=true&ttl=300",
        "https://host.example.org/panel?dns=bGVzc29uLTE0LnBuZwAAAAAAAAAAAAAA",
        "https://school.example.org/people?name=maria.lopez",
        "https://school.example.org/people?name=Maria+Lopez&type=student",
        "https://files.example.org/view?name=report.pdf",
        f"https://files.example.org/view?state={'A' * 400}",
        f"https://files.example.org/view?state={'QUFB' * 100}",
    ],
)
def test_parameters_that_are_no_dns_are_nothing(url):
    assert techniques(doh_request, asked(url)) == []


@pytest.mark.parametrize(
    ("type_", "body", "expected"),
    [
        pytest.param("application/dns-message", ANSWER, [TECHNIQUE], id="DNS"),
        pytest.param("application/dns-json", "{}", [TECHNIQUE], id="DNS as JSON"),
        pytest.param("application/json", JSON, [TECHNIQUE], id="JSON by its keys"),
        pytest.param("application/json", '{"Status":0,"Question":"2+2"}', [], id="a quiz"),
        pytest.param("text/html", b"<p>application/dns-message", [], id="a page about it"),
    ],
)
def test_an_answer_that_is_dns_is_known(type_, body, expected):
    assert techniques(doh_answer, answered("https://a.example.org/q", type_, body)) == expected


@given(st.text(max_size=200), st.binary(max_size=100))
def test_nothing_makes_it_raise(query, body):
    seen = asked("https://a.example.org/", "POST", body=body)
    list(doh_request(seen, shipped()))
    list(
        doh_request(asked(f"https://a.example.org/?dns={base64.urlsafe_b64encode(body).decode()}"), shipped())
    )
    list(doh_answer(answered("https://a.example.org/", "application/dns-message", body), shipped()))


def test_of_a_path_only_what_resolvers_have_is_evidence():
    (sign,) = doh_request(asked("https://r.example/pupil/resolve?name=a.example"), shipped())
    assert dict(sign.evidence)["path"] == "/resolve"
