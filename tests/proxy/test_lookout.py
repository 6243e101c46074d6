"""Live traffic is looked at by the detectors, and a failing one refuses and is counted."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import policy_gateway
from known_ways import delivered
from proxy import metrics
from proxy.bypass.all_detectors import Detectors
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange, Question
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.urls import parse_url
from proxy.gateway import Gateway
from proxy.lookout import Lookout

HIDDEN = "http://192.0.2.1/"
RELAY = Exchange(
    "GET",
    parse_url("https://notes.example.net/anywhere/"),
    "/anywhere/",
    fields=(("x-bare-url", "https://example.com/"), ("x-bare-headers", "{}")),
)


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    made = policy_gateway.gateway(tmp_path, policy_gateway.policy(), policy_gateway.settings())
    made.knowledge = delivered()
    return made


def failing(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    raise RuntimeError(HIDDEN)


def test_a_request_shows_its_technique_and_is_counted(gateway: Gateway) -> None:
    counted = metrics.SIGNS.bind("http", "webproxy", "incident")
    before = counted.value
    signs = Lookout(gateway).request(RELAY)
    assert [sign.technique for sign in signs if sign.consequence is Consequence.INCIDENT] == ["webproxy.bare"]
    assert counted.value == before + 1


def test_what_was_seen_before_is_neither_counted_nor_returned_again(gateway: Gateway) -> None:
    lookout = Lookout(gateway)
    seen = lookout.request(RELAY)
    counted = metrics.SIGNS.bind("http", "webproxy", "incident")
    before = counted.value
    assert (lookout.request(RELAY, seen), lookout.request(RELAY, seen[1:])) == ((), seen[:1])
    assert counted.value == before + 1


def test_whoever_looks_at_a_page_with_a_foreign_picture_is_not_counted(gateway: Gateway) -> None:
    fields = (*RELAY.fields, ("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "image"))
    lookout, seen = Lookout(gateway), replace(RELAY, fields=fields)
    signs = lookout.request(seen)
    assert {sign.consequence for sign in signs} == {Consequence.BLOCK}
    assert lookout.request(seen, signs) == ()


def test_an_ordinary_question_has_no_sign(gateway: Gateway) -> None:
    question = Question("10.20.33.7", "www.example.org", "A")
    assert Lookout(gateway).name(question) == ()


def test_without_knowledge_there_are_no_signs(gateway: Gateway) -> None:
    gateway.knowledge = None
    assert Lookout(gateway).request(RELAY) == ()


def test_a_failing_detector_refuses_is_counted_and_logged_once(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    counted = metrics.DETECTOR_ERRORS.bind("failing")
    before = counted.value
    lookout = Lookout(gateway, Detectors(requests=(failing,)))
    with caplog.at_level(logging.ERROR):
        signs = [lookout.request(RELAY) for _ in range(3)]
    assert all(sign.nature is Nature.FAULT for (sign,) in signs)
    assert counted.value == before + 3
    assert len(caplog.records) == 1
    assert HIDDEN not in caplog.text
