"""Rows of other tools than the detectors were built on: how much is caught, how much of it rightly?"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proxy.replay.policies import OWN_BLOCKLISTS, rules_from
from proxy.replay.recording import Judged, Judges, replay
from proxy.replay.scoring import scores
from proxy.settings.bypass.reading import read_knowledge
from proxy.settings.gathering import BYPASS

ROWS = Path(__file__).parents[2] / "data" / "bypass"
SETS = ("apart", "tuned")
FILES = {
    "requests": ("requests", 0.85, 0.97),
    "dns": ("DNS", 0.92, 0.98),
    "handshakes": ("handshakes and streams", 0.90, 0.98),
}
"""A file, what a score calls its rows, and the least recall and precision."""
LEAST_INCIDENT_PRECISION = 0.98
LABELS = {
    "benign": ("allow", "log", "rewrite"),
    "bypass": ("block", "block_incident", "rewrite"),
}
FORMS = {
    "benign",
    "policy",
    "webproxy",
    "wrapper",
    "relay",
    "frontend",
    "mirror",
    "safesearch",
    "host",
    "identity",
    "dns",
    "vpn",
    "tor",
    "tunnel",
    "proxy",
    "remote",
    "tls",
    "webrtc",
    "p2p",
    "quic",
    "egress",
    "together",
}
"""Families of techniques; labels are finer or coarser than the detectors' names within them."""


@pytest.fixture(scope="module")
def rules():
    return rules_from(ROWS / "policy.json", "", None, lambda _: None)


def rows(kind, file):
    return [json.loads(line) for line in (ROWS / kind / f"{file}.jsonl").read_text().splitlines()]


def judged(rules, kind, file):
    """Answers, the rows that could not be read, and what detectors raised."""
    faults = []
    judges = Judges(
        rules, datetime(2026, 11, 20, 10, tzinfo=UTC), lambda name, error: faults.append((name, error))
    )
    told = list(replay(ROWS / kind / f"{file}.jsonl", judges))
    return (
        [each for each in told if isinstance(each, Judged)],
        [e for e in told if not isinstance(e, Judged)],
        faults,
    )


@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize("file", FILES)
def test_the_figures_hold(rules, kind, file):
    answers, complaints, faults = judged(rules, kind, file)
    found = scores(answers).overall
    name, recall, precision = FILES[file]
    assert (complaints, faults) == ([], []), name
    assert found.recall.ratio >= recall, found
    assert found.precision.ratio >= precision, found
    assert found.incidents.whole > 5, "there are incidents to be right about"
    assert found.incidents.ratio >= LEAST_INCIDENT_PRECISION, found


@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize("file", FILES)
def test_every_row_says_what_it_is(kind, file):
    found = rows(kind, file)
    assert len({row["id"] for row in found}) == len(found)
    assert [row["id"] for row in found if row["expect"] not in LABELS[row["label"]]] == []
    assert {row["technique"].split(".")[0] for row in found} <= FORMS
    assert [
        row["id"] for row in found if row["technique"].startswith("benign.") != (row["label"] == "benign")
    ] == []


@pytest.mark.parametrize("file", FILES)
def test_no_row_is_in_both_sets(file):
    sets = [{json.dumps({**row, "id": ""}, sort_keys=True) for row in rows(kind, file)} for kind in SETS]
    assert sets[0] & sets[1] == set()


def test_what_is_held_apart_is_enough():
    def count(file, label, has=None):
        wanted = [row for row in rows("apart", file) if row["label"] == label]
        return len({row.get("session") for row in wanted if "session" in row} if has else wanted)

    assert count("requests", "bypass") >= 150
    assert count("requests", "benign") >= 250
    assert count("dns", "bypass", has="session") + count("dns", "benign", has="session") >= 40
    assert sum("session" not in row for row in rows("apart", "dns")) >= 200
    assert len(rows("apart", "handshakes")) >= 80


def test_the_families_are_those_that_are_described(rules):
    _, problems = read_knowledge(OWN_BLOCKLISTS / BYPASS, rules.knowledge.around)
    described = {technique.split(".")[0] for technique in rules.knowledge.techniques}
    assert problems == ()
    assert described <= FORMS


@pytest.mark.parametrize("kind", SETS)
def test_rows_hold_no_cookies_and_no_log_ins(kind):
    for row in rows(kind, "requests"):
        named = {name.lower() for name in row["headers"]}
        assert named & {"cookie", "authorization", "proxy-authorization"} == set(), row["id"]
