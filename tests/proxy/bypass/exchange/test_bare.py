import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.bare import TECHNIQUE, bare_answer, bare_message, bare_request
from proxy.decision.urls import parse_url
from tests.fakes.exchanges import answered, asked, shipped, talked, techniques


@pytest.mark.parametrize(
    ("fields", "inner"),
    [
        pytest.param(
            {"x-bare-url": "https://games.example/play"}, "https://games.example/play", id="version 3"
        ),
        pytest.param(
            {
                "x-bare-host": "games.example",
                "x-bare-port": "443",
                "x-bare-protocol": "https:",
                "x-bare-path": "/a",
            },
            "https://games.example/a",
            id="version 1 and 2",
        ),
        pytest.param({"x-bare-headers": "{}", "x-bare-forward-headers": "[]"}, None, id="without a target"),
        pytest.param({"x-bare-url": "https://[nonsense"}, None, id="a target that is no address"),
    ],
)
def test_a_request_that_carries_another_is_known_on_any_path(fields, inner):
    (sign,) = bare_request(asked("https://lessons.example.org/any/path", fields=fields), shipped())

    assert sign.technique == TECHNIQUE
    assert sign.inner == (parse_url(inner) if inner else None)


def test_evidence_names_the_target_and_not_what_is_sent_to_it():
    seen = asked(
        "https://a.example.org/", fields={"x-bare-url": "https://b.example/", "x-bare-headers": "cookie=1"}
    )
    (sign,) = bare_request(seen, shipped())
    assert dict(sign.evidence) == {"fields": "x-bare-headers x-bare-url", "target": "https://b.example:443"}


def test_a_preflight_that_asks_for_the_fields_is_known():
    fields = {"access-control-request-headers": "content-type,X-Bare-URL"}
    assert techniques(bare_request, asked("https://a.example.org/", "OPTIONS", fields=fields)) == [TECHNIQUE]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            (("x-bare-status", "200"), ("x-bare-headers", "{}")), [TECHNIQUE], id="another's answer"
        ),
        pytest.param(
            (("access-control-allow-headers", "x-bare-url, x-bare-headers"),), [TECHNIQUE], id="preflight"
        ),
        pytest.param((("access-control-allow-headers", "*"),), [], id="any field is let in"),
        pytest.param((("x-status", "200"),), [], id="another's field"),
    ],
)
def test_an_answer_that_carries_another_is_known(fields, expected):
    assert techniques(bare_answer, answered("https://a.example.org/", "text/html", fields=fields)) == expected


def test_an_ordinary_request_has_none():
    assert techniques(bare_request, asked("https://a.example.org/", fields={"x-barometer": "1"})) == []


CONNECT = {
    "type": "connect",
    "remote": "wss://games.example/play?session=7",
    "protocols": [],
    "headers": {},
    "forwardHeaders": ["user-agent"],
}


def test_a_first_message_that_names_another_socket_is_known():
    (sign,) = bare_message(talked((True, json.dumps(CONNECT))), shipped())

    assert sign.technique == TECHNIQUE
    assert sign.inner == parse_url("wss://games.example/play?session=7")
    assert sign.evidence == (("message", "0"), ("target", "wss://games.example:443"))


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        pytest.param([(True, json.dumps(CONNECT))], [TECHNIQUE], id="at once"),
        pytest.param(
            [(False, "{}"), (True, json.dumps(CONNECT, indent=1))], [TECHNIQUE], id="after the server"
        ),
        pytest.param(
            [(True, json.dumps({"type": "connect", "remote": "wss://a.example/"}))], [], id="no bare"
        ),
        pytest.param([(True, json.dumps({**CONNECT, "remote": "room 7"}))], [], id="no address"),
        pytest.param([(True, "{}"), (True, json.dumps(CONNECT))], [], id="not the first"),
        pytest.param([(True, json.dumps(CONNECT).encode())], [], id="octets"),
        pytest.param([(False, json.dumps(CONNECT))], [], id="the server's"),
    ],
)
def test_only_a_client_s_first_message_of_that_form_counts(messages, expected):
    assert techniques(bare_message, talked(*messages)) == expected


@given(st.lists(st.tuples(st.booleans(), st.text(max_size=80) | st.binary(max_size=80)), max_size=4))
def test_no_messages_trouble_it(messages):
    assert techniques(bare_message, talked(*messages)) == []
