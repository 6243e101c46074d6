"""`schoolgate bench`, as far as its command line goes; `tests/proxy/bench/test_areas.py` runs the areas."""

import argparse
import importlib
import re
from pathlib import Path

import pytest

from proxy.bench.errors import BenchProblem
from proxy.bench.goals import GOALS
from proxy.commands import Exit, bench


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    bench.register(parser.add_subparsers())
    return parser.parse_args(["bench", *words])


ALONE = {"approval", "console"}
"""Areas in which no other program does what ours does."""


@pytest.mark.parametrize("area", bench.AREAS)
def test_every_area_has_a_module_that_measures_and_names_its_peers(area: str) -> None:
    module = importlib.import_module(f"proxy.bench.areas.{area}")
    assert callable(module.measure)
    assert bool(module.PEER_NAMES) is (area not in ALONE)


def test_an_unknown_peer_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    args = parse("events", "--peers", "sqlite,postgres", "--data", str(tmp_path))
    assert args.run(args) == Exit.USAGE
    assert capsys.readouterr().err == (
        "schoolgate: --peers: no peer of events is called 'postgres'; known: json-lines, sqlite\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rounds", "0"], "'0' should be a whole number from 1 to 1000"),
        (["--size", "many"], "'many' should be a whole number from 1000 to 20000000"),
        (["--seconds", "0"], "'0' should be seconds from 0.2 to 60"),
        (["--seconds", "soon"], "'soon' should be seconds from 0.2 to 60"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_meant_is_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse("dns", *words)
    assert said in capsys.readouterr().err


def test_sizes_may_be_written_with_underscores() -> None:
    assert parse("dns", "--size", "5_000_000").size == 5_000_000


def test_what_cannot_be_measured_is_said_and_the_status_is_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    def fail(place: object) -> None:
        raise BenchProblem("wrk must be there to measure this")

    monkeypatch.setattr("proxy.bench.areas.events.measure", fail)
    args = parse("events", "--data", str(tmp_path))
    assert args.run(args) == Exit.FAILED
    assert capsys.readouterr().err == "schoolgate: wrk must be there to measure this\n"


@pytest.mark.parametrize(("wrong", "status"), [("schoolgate", Exit.NO), ("sqlite", Exit.OK)])
def test_wrong_answers_of_our_own_are_the_exit_status(
    wrong: str,
    status: Exit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: object,
) -> None:
    monkeypatch.setattr(
        "proxy.bench.areas.events.measure", lambda place: place.results.spoil(wrong, "lost one")
    )
    args = parse("events", "--data", str(tmp_path))
    assert args.run(args) == status
    assert f"void: {wrong}: lost one" in capsys.readouterr().out


@pytest.mark.parametrize("area", bench.AREAS)
def test_the_manual_tells_every_area_with_its_cases(area: str) -> None:
    manual = Path("docs/operators/benchmarks.md").read_text()
    assert f"### {area}\n" in manual
    cases = {goal.figure.split(".")[1] for goal in GOALS if goal.figure.startswith(f"{area}.")}
    assert [
        case for case in sorted(cases) if f"`{case}`" not in manual and f"`--{case[6:]}`" not in manual
    ] == []


def test_the_manual_tells_every_option() -> None:
    manual = Path("docs/operators/benchmarks.md").read_text()
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    bench.register(commands)
    options = set(re.findall(r"--[a-z]+", commands.choices["bench"].format_help()))
    assert [option for option in sorted(options - {"--help"}) if f"`{option}" not in manual] == []
