"""`schoolgate timers`."""

import httpx
import pytest

from postgres_server import running_postgres
from running_console import RunningConsole, answers


@pytest.fixture
def postgres():
    """A server that other tests do not share: it is stopped here."""
    with running_postgres() as server:
        yield server


def test_they_run_beside_the_console_and_stop_when_told(tmp_path):
    with RunningConsole(tmp_path, others=("timers",)) as running:
        running.wait_until(lambda: answers(f"http://127.0.0.1:{running.admin}/readyz"), "they are not ready")
        assert "due times, letters and ends are looked after" in running.log()
        assert running.stop() == {"console": 0, "timers": 0}


def test_they_wait_for_a_database_that_is_not_there_yet(tmp_path, postgres):
    address = postgres.make_database("late")
    postgres.stop()
    running = RunningConsole(tmp_path, database=address)
    running.write_settings()
    try:
        running.launch("timers")
        running.wait_until(lambda: "this is tried again until it is there" in running.log(), "silent")
        postgres.start()
        running.wait_until(lambda: answers(f"http://127.0.0.1:{running.admin}/readyz"), "they do not go on")
    finally:
        running.stop()
    assert httpx.URL(address).password not in running.log()


def test_in_the_demo_both_may_begin_at_once(tmp_path):
    running = RunningConsole(tmp_path, demo=True)
    running.write_settings()
    try:
        for name in ("timers", "console"):
            running.launch(name)
        running.wait_until(
            lambda: answers(f"{running.url}/healthz") and answers(f"http://127.0.0.1:{running.admin}/readyz"),
            "one of them did not start",
        )
    finally:
        running.stop()
    assert "Traceback" not in running.log()
