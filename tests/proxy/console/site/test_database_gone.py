"""PostgreSQL goes away and comes back: the console says so, and nothing else of the gateway notices."""

import httpx
import pytest

from postgres_server import running_postgres
from running_console import RunningConsole, answers


@pytest.fixture
def postgres():
    """A server that other tests do not share: it is stopped here."""
    with running_postgres() as server:
        yield server


def test_every_page_says_so_and_then_goes_on(tmp_path, postgres):
    address = postgres.make_database("going_away")
    with RunningConsole(tmp_path, database=address) as running:
        assert httpx.get(f"{running.url}/account/login/", timeout=60).status_code == 200
        postgres.stop()
        gone = httpx.get(f"{running.url}/account/login/", timeout=60)
        assert gone.status_code == 503
        assert "Nothing was saved. The filter goes on as it is." in gone.text
        assert httpx.get(f"{running.url}/healthz", timeout=60).status_code == 503
        postgres.start()
        running.wait_until(lambda: answers(f"{running.url}/healthz"), "it does not find the database again")
        assert httpx.get(f"{running.url}/account/login/", timeout=60).status_code == 200
        password = httpx.URL(address).password
        assert password not in running.log()


def test_it_starts_without_its_database_and_finds_it_later(tmp_path, postgres):
    address = postgres.make_database("coming")
    postgres.stop()
    running = RunningConsole(tmp_path, database=address)
    running.write_settings()
    try:
        running.launch("console")
        running.wait_until(lambda: _status(running.url) == 503, "it does not say that the database is gone")
        assert "every page says so" in running.log()
        postgres.start()
        running.wait_until(lambda: _status(running.url) == 200, "it does not find the database")
    finally:
        running.stop()


def _status(url):
    try:
        return httpx.get(f"{url}/healthz", timeout=60).status_code
    except httpx.TransportError:
        return 0
