"""Do the pages for technicians tell of every technique, truly, and do their examples work?"""

import json
import re
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from proxy.bypass.noticing import FAULT
from proxy.bypass.surroundings import Surroundings
from proxy.decision.signs import Consequence, Nature
from proxy.replay.policies import rules_from
from proxy.replay.recording import Judges, replay
from proxy.settings.bypass.family import FamilyFile
from proxy.settings.bypass.reading import read_knowledge
from proxy.settings.schema.permits import PermitSettings

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs/operators/bypass").glob("*.md"))
COVERAGE = ROOT / "docs/operators/bypass/coverage.md"
TECHNIQUES = read_knowledge(ROOT / "blocklists/bypass", Surroundings())[0].techniques
FAMILIES = {technique.partition(".")[0] for technique in TECHNIQUES}
ROW = re.compile(r"^\| `([a-z0-9_.]+)` \| [^|]+ \| ([^|]+) \| `([a-z0-9_]+\.yaml)` \|$", re.MULTILINE)
NAMED = re.compile(r"`([a-z0-9_]+(?:\.[a-z0-9_*]+)+)`")
WORDS = {
    Consequence.LOG: "let through, marked",
    Consequence.REWRITE: "made harmless",
    Consequence.BLOCK: "stopped",
    Consequence.INCIDENT: "stopped, incident",
}
SETTINGS = {"dns.forwarders", "dns.rate_limit", "proxy.connect_ports"}
"""What the pages name that looks like a technique and is a key of the settings."""
EXAMPLE_KEYS = {*FamilyFile.model_fields} - {"version"}


def becomes(technique):
    if technique.nature is Nature.WRAPPER and technique.consequence is Consequence.LOG:
        return "address inside is judged"
    return WORDS[technique.consequence]


def named_in(text):
    """What looks like a technique in a page's text: two parts or more, the first of them a family."""
    ends = (".yaml", ".md", ".jsonl")
    return {
        name for name in NAMED.findall(text) if name.partition(".")[0] in FAMILIES and not name.endswith(ends)
    }


def blocks(page):
    """The indented examples of a page."""
    found = re.findall(r"(?:^(?: {4}.*)?\n)+", page.read_text(), re.MULTILINE)
    return [textwrap.dedent(block).strip("\n") for block in found if block.strip()]


def test_every_technique_has_one_row_that_says_what_becomes_of_it_and_where_it_is_described():
    rows = sorted(row for page in PAGES for row in ROW.findall(page.read_text()))
    files = {
        described["id"]: file.name
        for file in (ROOT / "blocklists/bypass").glob("*.yaml")
        for described in yaml.safe_load(file.read_text()).get("techniques", ())
    }
    expected = [(name, becomes(technique), files[name]) for name, technique in TECHNIQUES.items()]
    assert rows == sorted(expected)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_technique_that_is_named_exists(page):
    known = {*TECHNIQUES, *SETTINGS, FAULT}
    unknown = {
        name
        for name in named_in(page.read_text())
        if not any(each == name or each.startswith(name.rstrip("*")) for each in known)
    }
    assert unknown == set()


def test_every_way_is_covered_by_a_technique_a_policy_or_a_sentence():
    rows = [line for line in COVERAGE.read_text().splitlines() if line.startswith("| ")]
    ways = [line.strip("| ").split(" | ") for line in rows if not line.startswith("| way |")]
    assert len(ways) >= 70
    sentence = ("no detector: ", "policy: ", "nothing passes the gateway")
    bare = [way for way in ways if len(way) != 3 or not (named_in(way[1]) or way[1].startswith(sentence))]
    assert bare == []


def test_every_technique_covers_some_way():
    covering = named_in(COVERAGE.read_text())
    assert set(TECHNIQUES) - covering == set()


def test_the_recorded_rows_of_the_pages_are_what_they_are_said_to_be(tmp_path):
    rows = [
        line for page in PAGES for block in blocks(page) for line in block.splitlines() if '{"id"' in line
    ]
    recording = tmp_path / "rows.jsonl"
    recording.write_text("\n".join(rows))
    rules = rules_from(ROOT / "config/demo", "", None, lambda *_: None)
    failed = []
    judges = Judges(rules, datetime(2026, 11, 23, 10, tzinfo=UTC), lambda *fault: failed.append(fault))

    answers = {judged.answered.id: judged.answered.technique for judged in replay(recording, judges)}

    assert (failed, answers) == ([], {row["id"]: row["technique"] for row in map(json.loads, rows)})
    assert len(answers) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_data_and_permits_of_a_page_can_be_read(page):
    for block in blocks(page):
        key = block.partition(":")[0]
        if key in EXAMPLE_KEYS:
            FamilyFile.model_validate({"version": "1", **yaml.safe_load(block)})
        elif key in {"permits", "groups"}:
            data = yaml.safe_load(block)
            for permit in data.get("permits") or data["groups"][0]["permits"]:
                PermitSettings.model_validate(permit)
