from pathlib import Path

import pytest

from proxy.bypass.all_detectors import ALL
from proxy.bypass.noticing import notice
from proxy.bypass.observed import Exchange, Opening, Question, Transport
from proxy.bypass.surroundings import Surroundings
from proxy.decision.urls import parse_url
from proxy.settings.bypass.reading import read_knowledge

BLOCKLISTS = Path(__file__).parents[3] / "blocklists" / "bypass"
PAGE = Exchange("GET", parse_url("https://www.example.org/"), "/")
QUESTION = Question("192.0.2.7", "www.example.org", "A")
OPENING = Opening(Transport.TCP, 443, "192.0.2.80", sni="www.example.org")


@pytest.mark.parametrize(
    ("detectors", "seen"),
    [
        pytest.param(ALL.requests, PAGE, id="requests"),
        pytest.param(ALL.answers, PAGE, id="answers"),
        pytest.param(ALL.messages, PAGE, id="messages"),
        pytest.param(ALL.names, QUESTION, id="names"),
        pytest.param(ALL.openings, OPENING, id="openings"),
    ],
)
def test_nothing_is_seen_in_the_ordinary_and_nothing_fails(detectors, seen):
    faults = []
    knowledge, problems = read_knowledge(BLOCKLISTS, Surroundings())
    assert problems == ()
    assert notice(detectors, seen, knowledge, lambda *fault: faults.append(fault)) == ()
    assert faults == []


def test_no_detector_is_asked_twice():
    for detectors in (ALL.requests, ALL.answers, ALL.messages, ALL.names, ALL.openings):
        assert len(set(detectors)) == len(detectors)
