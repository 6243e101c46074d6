"""The timers' process, running for real."""

import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from free_ports import ADMIN_PORTS, free_ports
from postgres_server import running_postgres
from running_console import RunningConsole
from running_filter import PROJECT
from school_mail import SchoolMail

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]


@contextmanager
def timers(directory: Path, database: str = "", mail: int = 0) -> Iterator[RunningConsole]:
    """The console with its timers, these with an administration port of their own."""
    port = free_ports(1, among=ADMIN_PORTS)

    def change(console: dict[str, Any]) -> None:
        console["admin_listen"] = f"127.0.0.1:{port}"
        if mail:
            there = {"host": "127.0.0.1", "port": mail, "security": "none"}
            console["mail"] = {**there, "from": "filter@school.example"}

    made = RunningConsole(directory, change=change, others=("timers",), database=database)
    made.admin = port  # type: ignore[attr-defined]
    with made:
        yield made


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    with timers(tmp_path_factory.mktemp("timers")) as console:
        yield console


def told(running: RunningConsole, path: str) -> str:
    """What the administration port says; "" while there is none."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{running.admin}{path}", timeout=60) as answer:  # type: ignore[attr-defined]
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except OSError:
        return ""


def wait_for(running: RunningConsole, path: str, words: str) -> None:
    running.wait_until(lambda: words in told(running, path), f"{path} does not say {words!r}")


def people(running: RunningConsole) -> int:
    with sqlite3.connect(running.state / "console" / "console.sqlite3") as database:
        return int(database.execute("select count(*) from people_person").fetchone()[0])


def test_it_looks_after_everything_and_says_so(running: RunningConsole) -> None:
    for chore in ("overlay", "ends", "letters", "record_head", "roster", "events"):
        wait_for(running, "/metrics", f'schoolgate_chore_runs_total{{chore="{chore}",result="done"}}')
    assert told(running, "/readyz") == "everything is looked after\n"
    assert 'result="failed"' not in told(running, "/metrics")
    assert people(running) > 0
    assert "due times, letters and ends are looked after" in running.log()


def test_a_second_process_waits_for_the_first_and_takes_its_place(running: RunningConsole) -> None:
    wait_for(running, "/readyz", "looked after")
    running.processes["first"] = running.processes.pop("timers")
    running.launch("timers")
    running.wait_until(lambda: "this one waits for its end" in running.log(), "the second does not wait")
    running.kill("first")
    running.wait_until(
        lambda: running.log().count("due times, letters and ends are looked after") == 2,
        "it does not take over",
    )
    wait_for(running, "/readyz", "looked after")


def test_it_stops_when_told_and_says_nothing_wrong(running: RunningConsole) -> None:
    wait_for(running, "/readyz", "looked after")
    process = running.processes.pop("timers")
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert "Traceback" not in running.log()


def test_killed_while_a_letter_is_taken_it_sends_that_one_again_and_loses_none(
    tmp_path: Path,
) -> None:
    with SchoolMail() as mail, timers(tmp_path, mail=mail.port) as running:
        wait_for(running, "/readyz", "looked after")
        killed = threading.Event()

        def kill_at_the_second() -> None:
            """The server has taken the letter; nobody comes to hear of it."""
            if len(mail.letters) == 2 and not killed.is_set():
                running.kill("timers")
                killed.set()

        mail.after_taking = kill_at_the_second
        queue(running, "1", "2", "3")
        assert killed.wait(60)
        assert [letter["Subject"] for letter in mail.letters] == ["Letter 1", "Letter 2"]
        running.launch("timers")
        running.wait_until(lambda: unsent(running) == 0, "the letters do not go")

    assert [letter["Subject"] for letter in mail.letters] == ["Letter 1", "Letter 2", "Letter 2", "Letter 3"]
    assert len({letter["Message-ID"] for letter in mail.letters}) == 3


def queue(running: RunningConsole, *names: str) -> None:
    """Put letters into the database, as a step of the desk would."""
    columns = 'key,"to",language,subject,text,html,queued_at,not_before,tries,problem'
    before = f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%d %H:%M:%S}"
    rows = [(n, f"{n}@school.example", "en", f"Letter {n}", "t", "h", before, before, 0, "") for n in names]
    with sqlite3.connect(running.state / "console" / "console.sqlite3", timeout=60) as database:
        database.executemany(f"insert into post_letter ({columns}) values ({','.join('?' * 10)})", rows)


def unsent(running: RunningConsole) -> int:
    with sqlite3.connect(running.state / "console" / "console.sqlite3", timeout=60) as database:
        return int(database.execute("select count(*) from post_letter where sent_at is null").fetchone()[0])


def test_a_database_that_is_gone_is_waited_for(tmp_path: Path) -> None:
    with running_postgres() as postgres, timers(tmp_path, postgres.make_database("going")) as running:
        wait_for(running, "/readyz", "everything is looked after")
        postgres.stop()
        wait_for(running, "/readyz", "not working: the database")
        postgres.start()
        wait_for(running, "/readyz", "everything is looked after")
        said = running.log().splitlines()
        timers_said = [line.partition("timers: ")[2] for line in said if " timers: " in line]
        assert timers_said == [
            "due times, letters and ends are looked after",
            "the database cannot be used (OperationalError); what is due waits for it",
            "the database works again",
        ]


def test_without_a_console_in_the_settings_there_is_nothing_to_do(tmp_path: Path) -> None:
    made = RunningConsole(tmp_path)
    made.write_settings()
    (made.config / "console.yaml").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "proxy", "timers", "--config", str(made.config)],
        cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "console" in done.stderr
