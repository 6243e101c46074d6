import argparse
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from proxy.commands import Exit, events
from proxy.decision.verdict import Action
from proxy.journal import Wanted, as_json
from proxy.journal.archived import archived
from proxy.journal.shipping import ship
from recorded import NOON, SEEN, happened, recorded, spool_in

SINCE = ("--since", "2024-11-25")
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def config(tmp_path):
    (tmp_path / "school.yaml").write_text("gateway:\n  state: state\n")
    return tmp_path


@pytest.fixture
def kept(config):
    return recorded(
        config / "state" / "spool",
        happened(0),
        happened(1, action=Action.BLOCK, category="games", list_id="starter", ticket="7KQ29FXM"),
        happened(2, group="staff", signs=SEEN, url="https://example.org/\x1b[2J\udcff"),
    )


def arguments(config, *words):
    parser = argparse.ArgumentParser()
    events.register(parser.add_subparsers())
    return parser.parse_args(["events", "--config", str(config), *words])


def schoolgate(capsys, config, *words):
    status = events.run(arguments(config, *words))
    return status, *capsys.readouterr()


def test_settings_that_lead_to_no_events_are_said(capsys, config):
    status, out, err = schoolgate(capsys, config / "not-there")

    assert (status, out) == (Exit.FAILED, "")
    assert "is --config right?" in err


@pytest.mark.parametrize("words", [("--limit", "3"), ("--until", "2030-01-01")])
def test_following_has_no_end(capsys, config, kept, words):
    status, _, err = schoolgate(capsys, config, "--follow", *words)

    assert status == Exit.USAGE
    assert "--follow goes on for ever" in err


def test_json_prints_one_event_a_line(capsys, config, kept):
    status, out, err = schoolgate(capsys, config, *SINCE, "--json")

    assert [json.loads(line) for line in out.splitlines()] == [as_json(event) for event in kept]
    assert (status, err) == (Exit.OK, "")


def test_a_person_gets_a_table_without_anything_that_steers_the_terminal(capsys, config, kept):
    _, out, _ = schoolgate(capsys, config, *SINCE)

    assert [line.rstrip() for line in out.splitlines()] == [
        "TIME                 DID      WHY             GROUP       CLIENT           WHAT",
        "2024-11-25 12:00:00  allow    default         middle      192.0.2.7        "
        "http GET https://www.example.org/labs?page=2",
        "2024-11-25 12:00:01  block    default         middle      192.0.2.7        "
        "http GET https://www.example.org/labs?page=2 (games starter) code 7KQ2-9FXM",
        "2024-11-25 12:00:02  allow    default         staff       192.0.2.7        "
        "http GET https://example.org/\\x1b[2J\\xdcff [webproxy.bare, tls.no_sni]",
    ]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        pytest.param([*SINCE, "--action", "block"], [1], id="by action"),
        pytest.param([*SINCE, "--group", "staff"], [2], id="by group"),
        pytest.param([*SINCE, "--technique", "webproxy"], [2], id="by a family of ways around"),
        pytest.param([*SINCE, "--technique", "tls.no_sni"], [2], id="by a sign that stopped nobody"),
        pytest.param([*SINCE, "--technique", "vpn"], [], id="by a way that nobody tried"),
        pytest.param([*SINCE, "--host", "EXAMPLE.org."], [0, 1, 2], id="by host in any spelling"),
        pytest.param([*SINCE, "--limit", "2"], [1, 2], id="the newest two, in order"),
        pytest.param(["--ticket", "7kq2 9fxm"], [1], id="by code as it was heard"),
        pytest.param([*SINCE, "--until", "2024-11-25T12:00:01Z"], [0], id="until a time"),
        pytest.param([], [], id="without options: the last hour"),
    ],
)
def test_events_are_chosen(capsys, config, kept, words, numbers):
    status, out, _ = schoolgate(capsys, config, "--json", *words)

    assert [json.loads(line)["id"] for line in out.splitlines()] == [kept[n].id for n in numbers]
    assert status == Exit.OK


def test_an_unknown_code_is_the_answer_no(capsys, config, kept):
    status, out, err = schoolgate(capsys, config, "--ticket", "00000000")

    assert (status, out) == (Exit.NO, "")
    assert err == (
        "schoolgate: no event has the code 0000-0000; "
        "it may be past the retention time, or another gateway's\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--technique", "a b"],
            "'a b' is no technique; write it as vpn or webproxy.ultraviolet",
        ),
        (
            ["--since", "yesterday"],
            "'yesterday' is no time; write 15m, 1h, 2d, 2026-11-23 or 2026-11-23T10:40",
        ),
        (["--since", "1h", "--until", "2h"], "--until must be later than --since"),
        (["--host", "no host"], "it has characters that no host name has: ' '"),
        (["--ticket", "7KQ2"], "a code has eight letters and digits, such as 7KQ2-9FXM; '7KQ2' has 4"),
    ],
)
def test_a_wrong_question_says_what_would_be_right(capsys, config, words, message):
    assert schoolgate(capsys, config, *words) == (Exit.USAGE, "", f"schoolgate: {message}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15m", NOON - timedelta(minutes=15)),
        ("2d", NOON - timedelta(days=2)),
        ("2024-11-25", datetime(2024, 11, 25, 6, tzinfo=UTC)),
        ("2024-11-25 10:40", datetime(2024, 11, 25, 16, 40, tzinfo=UTC)),
        ("2024-11-25T10:40Z", datetime(2024, 11, 25, 10, 40, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_school_time(text, expected):
    assert events.parse_time(text, NOON, CHICAGO) == expected


def test_without_a_time_the_last_hour_is_meant_and_with_a_code_all_time(config):
    hour = events.asked_for(arguments(config), NOON, UTC)
    code = events.asked_for(arguments(config, "--ticket", "7KQ2-9FXM"), NOON, UTC)

    assert hour == Wanted(since=NOON - timedelta(hours=1))
    assert code == Wanted(ticket="7KQ29FXM")


def test_what_was_lost_is_told(capsys, config):
    spool = config / "state" / "spool"
    (config / "state").mkdir()
    spool.mkdir()
    (spool / "w").write_text("a file where the worker's directory should be")
    writer = spool_in(spool, "w", memory_bytes=20_000)
    for n in range(100):
        writer.append(happened(n))
    writer.flush(0.1)
    (spool / "w").unlink()
    writer.close()

    _, _, err = schoolgate(capsys, config, *SINCE)

    assert err.startswith("schoolgate: warning: in this time ")
    assert err.endswith("events were lost because the disk took nothing until memory was full\n")


def following(config, *words):
    """`schoolgate events --follow --json` as a process."""
    fakes = Path(__file__).parents[2] / "fakes"
    code = "import sys; from proxy.commands import events; import argparse; p = argparse.ArgumentParser(); " \
        "events.register(p.add_subparsers()); a = p.parse_args(sys.argv[1:]); sys.exit(a.run(a))"  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", code, "events", "--config", str(config), "--follow", "--json", *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=fakes,
        # A program in a shell's background would be told to ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_follow_prints_events_as_they_come(config):
    spool = spool_in(config / "state" / "spool")
    with following(config, *SINCE) as child:
        for n in range(3):
            id_ = spool.append(happened(n))
            assert json.loads(child.stdout.readline())["id"] == id_
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == Exit.OK
    spool.close()


LONG_AFTER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([*SINCE], id="a table"),
        pytest.param([*SINCE, "--json"], id="lines of JSON"),
        pytest.param([*SINCE, "--json", "--limit", "2"], id="the newest two"),
        pytest.param([*SINCE, "--json", "--host", "example.org", "--group", "staff"], id="some of them"),
        pytest.param(["--ticket", "7KQ2-9FXM", "--json"], id="by code"),
        pytest.param(["--ticket", "00000000"], id="an unknown code"),
    ],
)
def test_the_archive_changes_no_answer(capsys, config, kept, words):
    recorded(config / "state" / "spool", happened(-9e8))
    from_spool = schoolgate(capsys, config, *words)
    done = ship(config / "state", LONG_AFTER)

    assert (done.segments, done.freed) == (2, 1)
    assert schoolgate(capsys, config, *words) == from_spool


def test_an_archive_without_a_spool_is_read(capsys, config, kept):
    recorded(config / "state" / "spool", happened(-9e8))
    ship(config / "state", LONG_AFTER)
    (config / "state" / "spool").rename(config / "lost")

    status, out, _ = schoolgate(capsys, config, *SINCE, "--json")

    assert [json.loads(line)["id"] for line in out.splitlines()] == [event.id for event in kept]
    assert status == Exit.OK


def test_a_damaged_file_of_the_archive_is_told(capsys, config, kept):
    recorded(config / "state" / "spool", happened(-9e8))
    ship(config / "state", LONG_AFTER)
    newest = max(archived(config / "state" / "archive"), key=lambda file: file.last_us)
    newest.path.write_bytes(b"damaged")

    assert schoolgate(capsys, config, *SINCE, "--json") == (
        Exit.OK,
        "",
        "schoolgate: warning: in this time 1 files of the archive do not verify and were left out\n",
    )


def test_following_from_a_moment_on_begins_with_the_archive(config, kept):
    recorded(config / "state" / "spool", happened(-9e8))
    ship(config / "state", LONG_AFTER)
    with following(config, *SINCE) as child:
        for event in kept:
            assert json.loads(child.stdout.readline())["id"] == event.id
        (live,) = recorded(config / "state" / "spool", happened(60))
        assert json.loads(child.stdout.readline())["id"] == live.id
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == Exit.OK


def test_what_reads_no_archive_loads_no_database(config, kept):
    code = (
        "import sys; from proxy.cli import main\n"
        "try: main(['events', '--config', sys.argv[1]])\n"
        "finally: print('duckdb' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(config)], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.stdout.splitlines()[-1] == "False", done.stderr
