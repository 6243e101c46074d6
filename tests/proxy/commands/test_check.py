"""`schoolgate check`, as it is typed."""

import json
from pathlib import Path

import pytest

from proxy.cli import main
from small_settings import SCHOOL, changed, write_settings


def test_sound_settings_are_summed_up_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(write_settings(tmp_path))]) == 0
    counted = "0 schools, 2 groups, 0 classes, 0 devices, 1 network, 1 schedule, 0 lists"
    assert capsys.readouterr().out == f"{tmp_path}: {counted}; no problems\n"


def test_every_problem_is_printed_and_the_exit_status_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = changed("zone: America/Chicago", "zone: Mars", SCHOOL + "odd: 1\n")
    assert main(["check", "--config", str(write_settings(tmp_path, text))]) == 1

    printed = capsys.readouterr()
    assert printed.out.count("\n  hint: ") == 2
    assert "school.yaml:1:7: zone: there is no time zone 'Mars'" in printed.out
    assert "school.yaml:19:1: odd: there is no setting called 'odd' here" in printed.out
    assert printed.err == "\n2 problems; what is in force stays in force.\n"


def test_json_holds_every_part_of_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = write_settings(tmp_path, changed("America/Chicago", "Mars"))
    assert main(["check", "--json", "--config", str(directory)]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "config": str(directory),
        "problems": [
            {
                "file": f"{directory}/school.yaml",
                "line": 1,
                "column": 7,
                "source_line": "zone: Mars",
                "path": "zone",
                "message": "there is no time zone 'Mars'",
                "hint": "for example America/Chicago",
                "width": 4,
            }
        ],
    }


def test_json_of_sound_settings_has_no_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "--config", str(write_settings(tmp_path))]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []


def test_a_directory_that_is_not_there_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--config", str(tmp_path / "none")]) == 1
    assert "the settings directory cannot be read" in capsys.readouterr().out


def test_a_school_that_switches_detectors_off_is_told_what_follows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--config", str(write_settings(tmp_path))]) == 0
    assert capsys.readouterr().err == (
        "note: bypass.detectors is off: ways around the filter are stopped by the names on lists alone\n"
    )


def test_files_about_ways_around_that_are_missing_are_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = write_settings(tmp_path, bypass="bypass: {detectors: on}\n")
    assert main(["check", "--config", str(directory)]) == 1
    said = capsys.readouterr()
    assert "blocklists/bypass: no *.yaml file stands in this directory" in said.out
    assert "write `bypass: {detectors: off}`" in said.out
    assert "note:" not in said.err
