"""`schoolgate explain`."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from proxy.bundle.overlay import Overlay
from proxy.bundle.publish_overlay import publish_overlay
from proxy.commands import Exit, explain
from proxy.decision.pipeline import CHECKS
from proxy.decision.policy import Correction
from written_school import WrittenSchool, write_school

KEYS = {"action", "reason", "category", "basis", "list", "line", "until", "handling", "explanation", "checks"}
LUNCH = {"lunch": {"windows": [{"days": ["mon"], "from": "12:00", "to": "12:30"}]}}


@pytest.fixture
def school(tmp_path: Path) -> WrittenSchool:
    made = write_school(tmp_path)
    groups = made.settings().model_dump(mode="json", exclude_unset=True)["groups"]
    groups[0]["rules"] = [{"categories": ["games"], "action": "allow", "schedule": "lunch"}]
    made.change(schedules=LUNCH, groups=groups)
    made.publish()
    return made


def run(school: WrittenSchool, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    explain.register(parser.add_subparsers())
    args = parser.parse_args(["explain", "--config", str(school.config), *arguments])
    return int(args.run(args))


def told(school: WrittenSchool, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    run(school, "--json", *arguments)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_every_check_answers_in_order_and_one_decides(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(school, capsys, "floor.example", "--as", "staff")

    assert found.keys() >= KEYS
    assert [each["check"] for each in found["checks"]] == [check.__name__ for check in CHECKS]
    assert [each["check"] for each in found["checks"] if each["decided"]] == ["required"]
    assert (found["action"], found["reason"], found["basis"]) == ("block", "floor", "cipa")
    assert (found["list"], found["line"], found["until"]) == ("our-floor", 1, None)


@pytest.mark.parametrize(
    ("clock", "action", "until"),
    [
        pytest.param("2026-11-23 11:59", "block", "2026-11-23T12:00:00-06:00", id="lesson"),
        pytest.param("2026-11-23 12:00", "allow", "2026-11-23T12:30:00-06:00", id="lunch"),
    ],
)
def test_it_answers_for_any_moment(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str], clock: str, action: str, until: str
) -> None:
    found = told(school, capsys, "games.example", "--as", "pupils", "--at", clock)
    assert (found["action"], found["category"], found["until"]) == (action, "games", until)


@pytest.mark.parametrize(
    ("arguments", "stage"),
    [
        pytest.param(["games.example"], "dns", id="a name"),
        pytest.param(["games.example", "--stage", "tls"], "tls", id="the handshake"),
        pytest.param(["games.example", "--stage", "http"], "http", id="its first page"),
        pytest.param(["https://games.example/chess"], "http", id="a URL"),
        pytest.param(["games.example/chess"], "http", id="a URL without a scheme"),
    ],
)
def test_it_answers_for_every_stage(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str], arguments: list[str], stage: str
) -> None:
    found = told(school, capsys, *arguments)
    assert (found["stage"], found["action"], found["reason"]) == (stage, "block", "category")


@pytest.mark.parametrize(
    ("who", "group", "minor"),
    [
        pytest.param(["--as", "staff"], "staff", False, id="a group"),
        pytest.param(["--as", "student-6"], "pupils", True, id="a person"),
        pytest.param(["--as", "tablet"], "pupils", True, id="a device"),
        pytest.param(["--client", "198.51.100.9"], "staff", False, id="an address"),
        pytest.param([], "pupils", True, id="nobody in particular: the strictest group"),
    ],
)
def test_it_answers_for_anyone(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str], who: list[str], group: str, minor: bool
) -> None:
    found = told(school, capsys, "learn.example", *who)
    assert (found["group"], found["minor"]) == (group, minor)


def test_a_correction_is_named_in_words(school: WrittenSchool, capsys: pytest.CaptureFixture[str]) -> None:
    mended = Correction("c1", "floor.example", "pornography", "a museum", ("library", "office"))
    publish_overlay(Overlay(corrections=(mended,)), school.state)

    assert run(school, "floor.example", "--as", "pupils") == Exit.OK

    said = capsys.readouterr().out
    assert "ALLOW for group pupils (minors)" in said
    assert "A correction takes floor.example (our-floor:1) out of pornography." in said
    assert "policy: base 1, overlay 1; stage dns" in said


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param(["games.example", "--at", "noon"], "'noon' is no time", id="no time"),
        pytest.param(
            ["games.example", "--at", "9999-12-31"], "is out of reach", id="the end of the calendar"
        ),
        pytest.param(["games.example", "--at", "0001-01-01"], "is out of reach", id="its beginning"),
        pytest.param(["games.example", "--as", "nobody"], "Groups: pupils, staff", id="nobody of that name"),
        pytest.param(["not a name"], "is no URL, name or address", id="no name"),
    ],
)
def test_a_question_that_cannot_be_understood_is_a_wrong_command_line(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    assert run(school, *arguments) == Exit.USAGE
    assert why in capsys.readouterr().err


def test_without_a_policy_it_cannot_be_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write_school(tmp_path), "games.example") == Exit.FAILED
    assert "no policy is in force" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "decided"),
    [
        pytest.param(["vpn.example"], "way_around", id="a name"),
        pytest.param(["vpn.example", "--stage", "tls"], "way_around", id="the handshake"),
        pytest.param(["https://school-news.example/vpn/begin?at=1"], "way_around", id="a URL"),
        pytest.param(["https://school-news.example/vpn"], "default", id="another URL"),
    ],
)
def test_it_tells_what_the_address_shows_of_a_way_around_the_filter(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str], arguments: list[str], decided: str
) -> None:
    school.know_of("vpn.example")
    school.publish()

    found = told(school, capsys, *arguments, "--as", "pupils")

    assert (found["check"], found["action"]) == (decided, "block" if decided == "way_around" else "allow")


def test_it_says_which_permit_lifts_what_was_seen(
    school: WrittenSchool, capsys: pytest.CaptureFixture[str]
) -> None:
    school.know_of("vpn.example")
    groups = school.settings().model_dump(mode="json", exclude_unset=True)["groups"]
    staff = next(group for group in groups if group["id"] == "staff")
    staff["permits"] = [
        {"id": "district", "technique": "vpn", "decided_by": "network office", "reason": "the district's VPN"}
    ]
    school.change(groups=groups)
    school.publish()

    seen = {
        who: told(school, capsys, "vpn.example", "--as", who)["signs"][0]["permit"]
        for who in ("staff", "pupils")
    }
    run(school, "vpn.example", "--as", "staff")

    assert seen == {"staff": "district", "pupils": ""}
    assert (
        "  seen       vpn.app (block, lifted by the permit 'district'): This is a VPN.\n"
        in capsys.readouterr().out
    )
