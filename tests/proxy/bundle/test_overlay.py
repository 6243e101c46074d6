"""Overlays as values and as files."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bundle.errors import PublishRefused
from proxy.bundle.overlay import Overlay, OverlayProblem, from_data, read_overlay_file, to_data
from proxy.decision.permits import GivenPermit
from proxy.decision.policy import Audience, Correction, Override, Target
from proxy.decision.verdict import Action

FILE = """
overrides:
  - id: "2026-0142"
    action: allow
    target: {host: Example.ORG, path: /labs/./optics}
    audience: {classes: [science-7b], grades: ["07"]}
    reason: lesson on optics
    decided_by: principal's office
    ends: 2026-12-18T15:00:00-06:00
corrections:
  - id: c-17
    name: clinic.example.org
    category: pornography
    why: a health clinic
    by: [library, principal's office]
permits:
  - id: console-permit-2
    technique: tunnel.ssh
    hosts: [Shell.Example.org]
    ports: [22]
    audience: {subjects: [p-1]}
    reason: programming lessons
    decided_by: safeguarding office
    ends: 2027-06-30T18:00:00-05:00
"""
WRITTEN = Overlay(
    (
        Override(
            "2026-0142",
            Action.ALLOW,
            Target("example.org", "/labs/optics"),
            Audience(classes=frozenset({"science-7b"}), grades=frozenset({"07"})),
            "lesson on optics",
            "principal's office",
            ends=datetime(2026, 12, 18, 21, tzinfo=UTC),
        ),
    ),
    (
        Correction(
            "c-17", "clinic.example.org", "pornography", "a health clinic", ("library", "principal's office")
        ),
    ),
    (
        GivenPermit(
            "console-permit-2",
            "tunnel.ssh",
            "safeguarding office",
            "programming lessons",
            frozenset({"shell.example.org"}),
            frozenset({22}),
            ends=datetime(2027, 6, 30, 23, tzinfo=UTC),
            audience=Audience(subjects=frozenset({"p-1"})),
        ),
    ),
)

words = st.text("abcdefgh -", min_size=1, max_size=12).map(str.strip).filter(bool)
hosts = st.sampled_from(["example.org", "a.example.net", "192.0.2.7", "2001:db8::7"])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
sets = st.frozensets(words, max_size=3)
named = st.builds(Audience, sets, sets, sets, sets, sets).filter(lambda audience: audience != Audience())
audiences = st.builds(lambda audience, within: replace(audience, within=within), named, sets)
overrides = st.builds(
    Override,
    id=words,
    action=st.sampled_from([Action.ALLOW, Action.BLOCK]),
    target=st.builds(Target, hosts, st.sampled_from(["/", "/a", "/a/b"]), st.booleans(), st.none() | words),
    audience=audiences,
    reason=words,
    decided_by=words,
    begins=st.none() | moments.filter(lambda at: at.year < 2030),
    ends=st.none() | moments.filter(lambda at: at.year >= 2030),
)
corrections = st.builds(
    Correction,
    id=words,
    name=hosts,
    category=words,
    why=words,
    by=st.lists(words, min_size=1, max_size=3).map(tuple),
    schools=sets,
)
permits = st.builds(
    GivenPermit,
    id=words,
    technique=st.sampled_from(["vpn", "tunnel.ssh"]),
    decided_by=words,
    reason=words,
    hosts=st.frozensets(hosts, max_size=2),
    ports=st.frozensets(st.integers(1, 65535), max_size=2),
    ends=moments.filter(lambda at: at.year >= 2030),
    begins=st.none() | moments.filter(lambda at: at.year < 2030),
    audience=audiences,
)
overlays = st.builds(
    Overlay,
    st.lists(overrides, max_size=4, unique_by=lambda o: o.id).map(tuple),
    st.lists(corrections, max_size=4, unique_by=lambda c: c.id).map(tuple),
    st.lists(permits, max_size=3, unique_by=lambda p: p.id).map(tuple),
)


def test_a_file_is_read_into_canonical_values(tmp_path: Path) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text(FILE)
    assert read_overlay_file(file) == WRITTEN


@given(overlays)
def test_every_overlay_comes_back_from_its_spelling(overlay: Overlay) -> None:
    assert from_data(to_data(overlay)) == overlay


def test_an_empty_file_is_an_empty_overlay(tmp_path: Path) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text("")
    assert read_overlay_file(file) == Overlay()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(("action: allow", "action: rewrite"), "overrides[0]: action is", id="rewrite"),
        pytest.param(("action: allow", "action: open"), "overrides[0].action: is allow", id="no action"),
        pytest.param(("-06:00", ""), "overrides[0].ends: needs a time zone", id="no time zone"),
        pytest.param(("reason: lesson on optics", ""), "overrides[0].reason: is missing", id="no reason"),
        pytest.param(("audience: {classes: [science-7b], grades: [\"07\"]}", "audience: {}"),
                     "overrides[0].audience: names nobody", id="nobody"),
        pytest.param(("Example.ORG", "exa mple"), "overrides[0].target.host: 'exa mple'", id="host"),
        pytest.param(("by: [library, principal's office]", "by: []"), "corrections[0].by:", id="by nobody"),
        pytest.param(("why:", "because:"), "corrections[0].because: is no field here", id="unknown field"),
        pytest.param(('"2026-0142"', "7"), "overrides[0].id: is a text; put it in", id="number"),
        pytest.param(("ends: 2026", "begins: 2027-01-01T00:00:00Z\n    ends: 2026"),
                     "overrides[0]: ends before it begins", id="ends first"),
        pytest.param(("    ends: 2027-06-30T18:00:00-05:00\n", ""),
                     "permits[0].ends: is missing", id="a permit without an end"),
        pytest.param(("tunnel.ssh", "Tunnel"), "permits[0].technique: 'Tunnel' is no", id="no technique"),
        pytest.param(("tunnel.ssh", "fault"), "permits[0].technique: 'fault' is no", id="a fault of ours"),
        pytest.param(("[22]", "[0]"), "permits[0].ports[0]:", id="no port"),
        pytest.param(("{subjects: [p-1]}", "{}"), "permits[0].audience: names nobody", id="for nobody"),
        pytest.param(("    ends: 2027", "    begins: 2028-01-01T00:00:00Z\n    ends: 2027"),
                     "permits[0]: ends before it begins", id="a permit that ends first"),
        pytest.param(("corrections:", "corrections: ["), "is no YAML or JSON", id="no YAML"),
        pytest.param(("overrides:", "more: !!bool maybe\noverrides:"), "is no YAML", id="a tag that lies"),
        pytest.param(("overrides:", "more: !!int ''\noverrides:"), "is no YAML", id="an empty number"),
        pytest.param(("overrides:", "more: !!timestamp x\noverrides:"), "is no YAML", id="no moment"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_place(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text(FILE.replace(*change))
    with pytest.raises(PublishRefused) as refused:
        read_overlay_file(file)
    assert any(str(one).startswith(f"{file}: {problem}") for one in refused.value.problems)


def test_an_id_used_twice_is_refused() -> None:
    data = to_data(WRITTEN)
    data["corrections"] *= 2
    with pytest.raises(OverlayProblem, match="the id 'c-17' is used twice"):
        from_data(data)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PublishRefused, match="cannot be read: No such file"):
        read_overlay_file(tmp_path / "nothing.yaml")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    )
)
def test_foreign_data_raises_the_documented_error_only(data: object) -> None:
    with contextlib.suppress(OverlayProblem):
        from_data(data)
