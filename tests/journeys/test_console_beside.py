"""The console runs beside the filter, and the filter does not need it."""

import json
import os
import signal
import socket

import httpx
import pytest

from postgres_server import running_postgres
from running_console import name_database
from running_filter import RunningFilter, answers

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]
BLOCKED = "games.demo.test"
WAIT_S = 120


def restarts(school, name):
    status = json.loads((school.state / "run" / "status.json").read_text())
    return status["parts"][name]["restarts"]


def is_another(school, before, name):
    """Whether a part runs, and is not the process that it was."""
    return school.pids().get(name, before[name]) != before[name]


def blocked(school):
    return str(school.dig(BLOCKED).answer[0][0]) == "127.0.0.1"


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    with RunningFilter(tmp_path_factory.mktemp("school"), workers=1, console=True) as running:
        running.wait_for_console()
        yield running


def test_both_are_started_and_watched_over(school):
    everything = {"dns-0", "http-0", "console", "timers", "origins"}
    school.poll(lambda: set(school.pids()) == everything, WAIT_S, "not everything runs")
    assert f"console      {school.url}" in school.log()


def test_the_block_page_leads_to_it(school):
    page = school.browse(f"http://{BLOCKED}:{school.origin_http}/")
    assert page.status_code == 403
    assert f'href="{school.url}/ask?ticket=' in page.text


def test_what_dies_is_started_again_and_the_filter_does_not_notice(school):
    before = school.pids()
    for name in ("console", "timers"):
        os.kill(before[name], signal.SIGKILL)
        assert blocked(school)
        school.poll(lambda name=name: restarts(school, name) >= 1, WAIT_S, f"{name} was not started again")
        school.poll(lambda name=name: is_another(school, before, name), WAIT_S, f"{name} does not run again")
    school.poll(lambda: answers(f"{school.url}/healthz"), WAIT_S, "the console does not answer again")
    after = school.pids()
    assert {name: after[name] for name in ("dns-0", "http-0")} == {
        name: before[name] for name in ("dns-0", "http-0")
    }
    assert school.readiness(0) == 200


def test_it_takes_up_what_is_published_and_the_filter_goes_on(school):
    before = school.pids()
    path = school.config / "console.yaml"
    path.write_text(path.read_text().replace("console:", "console:\n  appeal_days: 3", 1))
    assert school.schoolgate("publish").returncode == 0
    for name in ("console", "timers"):
        school.poll(
            lambda name=name: is_another(school, before, name),
            WAIT_S,
            f"{name} goes on with the old settings",
        )
    school.wait_for_console()
    after = school.pids()
    assert {name: after[name] for name in ("dns-0", "http-0")} == {
        name: before[name] for name in ("dns-0", "http-0")
    }


def test_a_console_that_cannot_start_stops_nothing(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with RunningFilter(tmp_path, workers=1, console=lambda keys: keys.update(listen=address)) as school:
            school.poll(lambda: restarts(school, "console") >= 1, WAIT_S, "the console is not tried again")
            assert blocked(school)
            assert school.readiness(0) == 200


def test_a_database_that_goes_away_is_said_by_the_console_and_not_noticed_by_the_filter(tmp_path):
    with running_postgres() as server:
        address = server.make_database("going_away")

        def with_database(console):
            name_database(console, address, tmp_path)

        with RunningFilter(tmp_path, workers=1, console=with_database) as school:
            school.wait_for_console()
            before = school.pids()
            server.stop()
            gone = httpx.get(f"{school.url}/account/login/", timeout=60)
            assert (gone.status_code, "Nothing was saved" in gone.text) == (503, True)
            assert blocked(school)
            assert school.browse(f"http://learn.demo.test:{school.origin_http}/").status_code == 200
            assert school.readiness(0) == 200
            server.start()
            school.wait_for_console()
            assert school.pids() == before
