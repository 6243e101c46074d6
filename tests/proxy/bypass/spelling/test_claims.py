import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.observed import Exchange, Form
from proxy.bypass.spelling.claims import claimed, two_hosts
from proxy.decision.signs import Consequence
from proxy.decision.urls import parse_url

LOG, INCIDENT, BLOCK = Consequence.LOG, Consequence.INCIDENT, Consequence.BLOCK
PAGE = parse_url("https://lesson.example.com/unit")
VISIT = ("sec-fetch-mode", "navigate")


def exchange(*fields, form=Form.ORIGIN, client="10.20.32.5"):
    return Exchange("GET", PAGE, "/unit", form, fields, client=client)


def signs(found):
    return [(sign.technique, sign.consequence, str(sign.inner) if sign.inner else "") for sign in found]


@pytest.mark.parametrize(
    ("fields", "client", "consequence"),
    [
        pytest.param([("x-authenticated-user", "teacher1")], "", INCIDENT, id="a teacher"),
        pytest.param([("x-forwarded-groups", "pupils,it-staff")], "", INCIDENT, id="a group of staff"),
        pytest.param(
            [("x-authenticated-user", base64.b64encode(b"WinNT://school/admin").decode())],
            "",
            INCIDENT,
            id="as ICAP writes it",
        ),
        pytest.param([("x-authenticated-user", "ms garcia")], "", LOG, id="how people are addressed"),
        pytest.param([("x-authenticated-user", "pupil7")], "", LOG, id="nobody who is filtered less"),
        pytest.param([("x-user-role", "teacher"), VISIT], "", INCIDENT, id="a role, in a visit"),
        pytest.param([("x-user-role", "teacher")], "", LOG, id="a role, from a page's own program"),
        pytest.param([("x-forwarded-for", "10.20.8.14")], "10.20.32.5", INCIDENT, id="an address of staff"),
        pytest.param([("x-forwarded-for", "10.20.8.14")], "10.20.8.14", LOG, id="its own"),
        pytest.param([("x-forwarded-for", "10.20.8.14")], "", LOG, id="nobody knows from where"),
        pytest.param(
            [("x-forwarded-for", "127.0.0.1, 203.0.113.9")], "10.20.32.5", LOG, id="another address"
        ),
        pytest.param([("forwarded", "for=10.20.8.14;proto=https")], "10.20.32.5", INCIDENT, id="RFC 7239"),
    ],
)
def test_a_claim_weighs_by_whom_it_names(shipped, fields, client, consequence):
    found = list(claimed(exchange(*fields, client=client), shipped))
    assert signs(found) == [("identity.header", consequence, "")]


def test_a_persons_name_is_no_evidence(shipped):
    (sign,) = claimed(exchange(("x-authenticated-user", "Staff: Erika Mustermann")), shipped)
    assert sign.evidence == (("field", "x-authenticated-user"), ("claims", "staff"))


def test_ordinary_fields_claim_nothing(shipped):
    fields = (("host", PAGE.host), ("user-agent", "staff"), ("x-requested-with", "XMLHttpRequest"), VISIT)
    assert signs(claimed(exchange(*fields), shipped)) == []


@pytest.mark.parametrize(
    ("field", "value", "inner"),
    [
        pytest.param("x-forwarded-host", "games.example.org", "https://games.example.org/unit", id="a host"),
        pytest.param(
            "forwarded", 'for=1;host="games.example.org:80"', "https://games.example.org/unit", id="RFC"
        ),
        pytest.param("x-original-url", "/games?x", "https://lesson.example.com/games?x", id="a path"),
        pytest.param("x-rewrite-url", "https://games.example.org/", "https://games.example.org/", id="a URL"),
    ],
)
def test_another_host_or_path_is_judged_as_that(shipped, field, value, inner):
    assert signs(claimed(exchange((field, value)), shipped))[-1] == ("host.forwarded", LOG, inner)


@pytest.mark.parametrize("value", ["lesson.example.com", "no host", "http://[", "x" * 5000])
def test_the_same_host_or_none_is_nothing(shipped, value):
    assert signs(claimed(exchange(("x-forwarded-host", value)), shipped)) == []


@pytest.mark.parametrize(
    ("fields", "form", "expected"),
    [
        pytest.param([("host", "games.example.org")], Form.ABSOLUTE, [BLOCK], id="target and field"),
        pytest.param(
            [("host", "LESSON.example.com:443")], Form.ABSOLUTE, [], id="the same, spelled otherwise"
        ),
        pytest.param([("host", "www.example.com")], Form.ABSOLUTE, [LOG], id="of one owner"),
        pytest.param(
            [("host", "lesson.example.com"), ("host", "a.example.org")], Form.ORIGIN, [BLOCK], id="two"
        ),
        pytest.param([("host", "lesson.example.com")], Form.ORIGIN, [], id="one"),
        pytest.param([], Form.ABSOLUTE, [], id="none"),
        pytest.param([("host", "no host")], Form.ABSOLUTE, [BLOCK], id="something else"),
    ],
)
def test_two_hosts_in_one_request_are_refused(shipped, fields, form, expected):
    assert [sign.consequence for sign in two_hosts(exchange(*fields, form=form), shipped)] == expected


def test_a_name_of_the_own_network_is_the_same_as_in_the_target(shipped):
    page = replace(
        exchange(("host", "printer:8080"), form=Form.ABSOLUTE), url=parse_url("http://printer:8080/")
    )
    assert list(two_hosts(page, shipped)) == []


@given(
    st.sampled_from(["forwarded", "x-forwarded-for", "x-original-url", "x-host", "remote-user"]), st.text()
)
def test_any_value_is_read(shipped, field, value):
    list(claimed(exchange((field, value), VISIT), shipped))
    list(two_hosts(exchange(("host", value), form=Form.ABSOLUTE), shipped))
