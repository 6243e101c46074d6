"""`schoolgate replay`."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from packets import ethernet, pcap, query, udp
from proxy.cli import main
from proxy.commands import Exit
from proxy.commands.replay import NoTime, moment
from recorded_rows import TECHNIQUES, write_policy, write_rows
from written_school import write_school

DEMO = Path(__file__).parents[3] / "config" / "demo"
ROWS = (
    {
        "id": "a",
        "url": "https://arcade.example/",
        "label": "bypass",
        "technique": "policy.x",
        "expect": "block",
    },
    {"id": "b", "qname": "www.example.org", "label": "benign", "expect": "allow"},
    {"id": "c", "sni": "chatter.example", "port": 443, "label": "bypass", "expect": "block_incident"},
)


@pytest.fixture
def blocklists(tmp_path):
    school = write_school(tmp_path / "school")
    (school.root / "blocklists" / "bypass").mkdir()
    (school.root / "blocklists" / "bypass" / "test.yaml").write_text(TECHNIQUES)
    return school.root / "blocklists"


@pytest.fixture
def run(tmp_path, blocklists, capsys):
    """Run the command; exit status, lines of standard output, standard error."""

    def run(file, *more, policy=None):
        policy = policy or write_policy(tmp_path, safe_search_enforced=[])
        words = ["replay", str(file), "--policy", str(policy), "--blocklists", str(blocklists), *more]
        status = main(words)
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err

    return run


def test_each_row_gets_one_object_on_a_line(tmp_path, run):
    status, lines, errors = run(write_rows(tmp_path, *ROWS))
    assert (status, errors) == (Exit.OK, "")
    assert [json.loads(line) for line in lines] == [
        {
            "id": "a",
            "verdict": "block",
            "technique": "policy.category",
            "evidence": {"rule": "arcade.example", "list": "policy.json", "line": "1", "category": "games"},
            "explanation": "arcade.example is listed under Games in policy.json.",
        },
        {
            "id": "b",
            "verdict": "allow",
            "technique": "",
            "evidence": {},
            "explanation": "No list and no rule speaks against it.",
        },
        {
            "id": "c",
            "verdict": "block",
            "technique": "policy.category",
            "evidence": {"rule": "chatter.example", "list": "policy.json", "line": "2", "category": "chat"},
            "explanation": "chatter.example is listed under Chat in policy.json.",
        },
    ]
    assert run(write_rows(tmp_path, *ROWS), "--json")[1] == lines


def test_a_wrong_row_is_said_with_its_place_and_what_would_be_right(tmp_path, run):
    file = write_rows(tmp_path, ROWS[0], {"id": "x", "port": "https"}, "{", ROWS[1])
    status, lines, errors = run(file)
    assert status == Exit.USAGE
    assert [json.loads(line)["id"] for line in lines] == ["a", "b"]
    assert errors == (
        f"{file}:2:1: `port`: it is 'https'\n  hint: a number from 0 to 65535\n"
        f"{file}:3:1: the line is no JSON: Expecting property name enclosed in double quotes, column 2\n"
        "  hint: one object a line\n"
    )


def test_a_torn_capture_is_answered_to_its_end_and_said(tmp_path, run):
    file = tmp_path / "c.pcap"
    file.write_bytes(pcap(ethernet(udp(query("arcade.example"), destination="10.1.0.53"))) + b"torn")
    status, (line,), errors = run(file)
    assert (status, json.loads(line)["verdict"]) == (Exit.USAGE, "block")
    assert errors == (
        f"{file}: the capture ends within the head of packet 2\n  hint: what stood before that is answered\n"
    )


def test_scores_for_people_and_for_programs(tmp_path, run):
    file = write_rows(tmp_path, *ROWS)
    status, lines, _ = run(file, "--score")
    assert status == Exit.OK
    assert lines[0].split() == ["rows", "bypass", "recall", "precision", "incident", "precision"]
    assert lines[-1].split() == ["all", "3", "2", "1.000", "(2/2)", "1.000", "(2/2)", "-"]
    score = json.loads("\n".join(run(file, "--score", "--json")[1]))
    assert score["all"]["recall"] == {"ratio": 1.0, "part": 2, "whole": 2}
    assert sorted(score["kinds"]) == ["DNS", "handshakes and streams", "requests"]


def test_settings_of_ours_judge_by_group(tmp_path, run, blocklists):
    config = blocklists.parent / "config"
    file = write_rows(tmp_path, {"id": "g", "qname": "games.example", "client": {"role": "student"}})
    for words in (), ("--as", "pupils"), ("--at", "2026-11-23 10:40"):
        status, (line,), _ = run(file, *words, policy=config)
        assert (status, json.loads(line)["verdict"]) == (Exit.OK, "block")


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        pytest.param(["--as", "nobody"], Exit.FAILED, "there is no group 'nobody'", id="group"),
        pytest.param(
            ["--at", "noon"], Exit.USAGE, "'noon' is no time; write it as 2026-11-23 10:40", id="time"
        ),
        pytest.param(["--at", "1066-10-14"], Exit.USAGE, "'1066-10-14' is out of reach", id="year"),
    ],
)
def test_what_is_wrong_with_the_question_is_said(tmp_path, run, words, status, message):
    found, lines, errors = run(write_rows(tmp_path, *ROWS), *words)
    assert (found, lines) == (status, [])
    assert message in errors


def test_what_is_no_recording_or_no_policy_is_said(tmp_path, run):
    assert run(tmp_path)[0] == Exit.FAILED
    status, _, errors = run(tmp_path / "missing.jsonl")
    assert (status, errors) == (
        Exit.FAILED,
        f"schoolgate: {tmp_path / 'missing.jsonl'}: No such file or directory\n",
    )
    status, _, errors = run(write_rows(tmp_path, *ROWS), policy=write_rows(tmp_path, "[]", name="p.json"))
    assert status == Exit.FAILED
    assert "p.json is no policy; a folder of settings, or a JSON object with `blocked_hosts` is one" in errors


def test_what_the_policy_leaves_out_is_said(tmp_path, run):
    policy = write_policy(tmp_path, safe_search_enforced=["seek"])
    _, _, errors = run(write_rows(tmp_path, ROWS[1]), policy=policy)
    assert errors == "schoolgate: safe search of 'seek' is unknown and not enforced\n"


def test_the_command_as_a_process(tmp_path, blocklists):
    policy = write_policy(tmp_path, safe_search_enforced=[])
    done = subprocess.run(
        [sys.executable, "-m", "proxy", "replay", write_rows(tmp_path, *ROWS), "--policy", policy,
         "--blocklists", blocklists, "--score"],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("all ")


def test_times():
    chicago = ZoneInfo("America/Chicago")
    assert moment("2026-11-23 10:40", chicago) == datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
    assert moment("2026-11-23T10:40+00:00", chicago) == datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
    assert moment(None, chicago).tzinfo is not None
    with pytest.raises(NoTime):
        moment("", chicago)


def test_the_demos_recording_comes_out_as_it_says(capsys):
    assert (
        main(["replay", str(DEMO / "recorded.jsonl"), "--policy", str(DEMO), "--score", "--json"]) == Exit.OK
    )
    score = json.loads(capsys.readouterr().out)["all"]
    assert (score["rows"], score["recall"]["ratio"], score["precision"]["ratio"]) == (9, 1.0, 1.0)


def test_the_manual_knows_every_option_and_status(capsys):
    with pytest.raises(SystemExit):
        main(["replay", "--help"])
    shown, manual = capsys.readouterr().out, (DEMO.parents[1] / "docs/operators/replay.md").read_text()
    options = set(re.findall(r"--[a-z]+", shown)) - {"--help"}
    assert options == {"--policy", "--as", "--at", "--score", "--json", "--blocklists"}
    assert [option for option in options if option not in manual] == []
