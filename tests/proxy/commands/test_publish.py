"""`schoolgate publish`."""

import argparse
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.bundle import publish as publish_bundle
from proxy.bundle.errors import PublishRefused
from proxy.bundle.layout import Layout
from proxy.bundle.load import load_current
from proxy.commands import Exit, publish
from written_school import WrittenSchool, write_school

STEPS: list[str] = []


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    return write_school(tmp_path)


@pytest.fixture(autouse=True)
def staying_in_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests publish in their own process, which is not to step back for good."""
    STEPS.clear()
    monkeypatch.setattr(publish, "_step_back", lambda: STEPS.append("back"))


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    publish.register(parser.add_subparsers())
    args = parser.parse_args(["publish", *arguments])
    return int(args.run(args))


def written_overlay(school: WrittenSchool, by: str = "library") -> str:
    file = school.root / "overlay.yaml"
    file.write_text(
        f"corrections: [{{id: c1, name: floor.example, category: pornography, why: not so, by: [{by}]}}]\n"
    )
    return str(file)


def test_it_lets_those_who_answer_go_first() -> None:
    told = "import os; from proxy.commands.publish import _step_back as step; step();"
    told += "print(os.nice(0), os.sched_getscheduler(0) == os.SCHED_IDLE)"
    began = os.nice(0)
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(max(began, publish.NICE)), "True"]


def test_it_steps_back_only_where_a_policy_is_in_force_and_nobody_asks_for_it_now(
    school: WrittenSchool,
) -> None:
    for arguments, steps in (([], []), (["--now"], []), ([], ["back"]), (["--refresh"], ["back"] * 2)):
        assert run("--config", str(school.config), *arguments) == Exit.OK
        assert steps == STEPS
    assert run("--config", str(school.config), "--refresh", "--now") == Exit.OK
    assert STEPS == ["back"] * 2


def test_who_holds_the_lock_that_overlays_wait_for_has_not_stepped_back(
    school: WrittenSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[tuple[str, bool]] = []

    def noted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            places.append((name, threading.current_thread() is threading.main_thread()))
            return real(*args, **more)

        return call

    run("--config", str(school.config))
    school.change(gateway={"state": "../state", "school_name": "Another"})
    monkeypatch.setattr(publish, "_step_back", noted("back", lambda: None))
    monkeypatch.setattr(publish_bundle, "write_base", noted("write", publish_bundle.write_base))
    assert run("--config", str(school.config)) == Exit.OK
    assert places == [("back", False), ("write", True)]


def test_what_goes_wrong_in_idle_time_is_said_like_anything_else(
    school: WrittenSchool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> None:
        raise PublishRefused(["no lists today"])

    run("--config", str(school.config))
    monkeypatch.setattr(publish_bundle, "select_lists", refused)
    assert run("--config", str(school.config)) == Exit.NO
    assert "no lists today" in capsys.readouterr().err


def test_it_says_that_it_waits_for_another(school: WrittenSchool, capsys: pytest.CaptureFixture[str]) -> None:
    run("--config", str(school.config))
    said = ""
    waits = threading.Thread(target=run, args=("--config", str(school.config)), daemon=True)
    with Layout(school.state).compiling():
        waits.start()
        for _ in range(1000):
            said += capsys.readouterr().out
            if "another publication is under way" in said:
                break
            waits.join(0.01)
    assert "another publication is under way" in said
    waits.join()
    assert "nothing has changed" in said + capsys.readouterr().out


def test_it_publishes_the_settings_and_says_what_it_did(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--config", str(school.config)) == Exit.OK
    said = capsys.readouterr().out.splitlines()
    assert "reading our-games" in said
    assert said[-1] == "base revision 1 is in force"
    assert load_current(school.state).policy.base == 1


def test_problems_are_all_printed_and_nothing_changes(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--config", str(school.config))
    school.change(zone="Nowhere/Land", strictest="nobody")
    capsys.readouterr()

    assert run("--config", str(school.config)) == Exit.NO

    errors = capsys.readouterr().err
    assert "there is no time zone 'Nowhere/Land'" in errors
    assert "nobody" in errors
    assert errors.endswith("nothing was published; the policy in force stays in force\n")
    assert load_current(school.state).policy.base == 1


def test_an_overlay_is_published_beside_the_base(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--config", str(school.config))
    overlay = written_overlay(school, by="library, office")
    assert run("--config", str(school.config), "--overlay", overlay) == Exit.OK
    policy = load_current(school.state).policy
    assert (policy.base, policy.overlay, len(policy.corrections)) == (1, 1, 1)
    assert "overlay revision 1 is in force" in capsys.readouterr().out


def test_an_overlay_goes_out_while_the_settings_are_broken(school: WrittenSchool) -> None:
    run("--config", str(school.config))
    (school.config / "zz.yaml").write_text("nonsense: 1\n")
    overlay = written_overlay(school, by="library, office")
    assert run("--config", str(school.config), "--overlay", overlay) == Exit.OK
    assert load_current(school.state).policy.overlay == 1


def test_a_floor_correction_by_one_person_is_refused_in_words(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--config", str(school.config))
    assert run("--config", str(school.config), "--overlay", written_overlay(school)) == Exit.NO
    assert "needs two different people in `by`" in capsys.readouterr().err


def test_a_program_gets_one_json_object(school: WrittenSchool, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--config", str(school.config), "--json") == Exit.OK
    done = json.loads(capsys.readouterr().out)
    assert (done["published"], done["base"], done["overlay"]) == (True, 1, 0)

    assert run("--config", str(school.config), "--json", "--overlay", written_overlay(school)) == Exit.NO
    refused = json.loads(capsys.readouterr().out)
    assert refused["published"] is False
    assert len(refused["problems"]) == 1


def test_a_state_directory_that_cannot_be_written_is_said(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str]
) -> None:
    school.state.write_text("a file stands where the directory should be")
    assert run("--config", str(school.config)) == Exit.FAILED
    assert "the bundle cannot be written" in capsys.readouterr().err


def test_a_refresh_takes_todays_lists_and_leaves_edits_of_the_settings_unpublished(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--config", str(school.config))
    in_force = load_current(school.state).settings.zone
    school.change(zone="Europe/Berlin")
    own = next(one for one in load_current(school.state).settings.lists.local)
    own.file.write_text(own.file.read_text() + "new-game.example\n")

    assert run("--config", str(school.config), "--refresh") == Exit.OK

    policy = load_current(school.state).policy
    assert (policy.base, policy.zone.key) == (2, in_force)
    assert [listing.rule for listing in policy.listings.for_host("new-game.example")] == ["new-game.example"]


def test_a_refresh_without_anything_in_force_is_said(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--config", str(school.config), "--refresh") == Exit.NO
    assert "there is nothing in force to refresh" in capsys.readouterr().err
