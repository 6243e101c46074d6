"""Console and timers are killed after each step of the story. Nothing is lost, nothing is done twice."""

import json
import os
from collections import Counter

import pytest

from postgres_server import running_postgres
from told_story import CHROMIUM, School, tell

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def playwright():
    if not os.path.exists(CHROMIUM):
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is missing, and CI must run the browser tests", pytrace=False)
        pytest.skip(f"{CHROMIUM} is missing")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """Where the console keeps what it knows: "" is SQLite."""
    if request.param == "sqlite":
        yield ""
    else:
        with running_postgres() as server:
            yield server.make_database("journey")


def test_the_story_is_told_to_its_end(playwright, tmp_path, database):
    killed = []

    def kill(step):
        school.kill("console", "timers")
        killed.append(step)

    with School(tmp_path, playwright, database=database) as school:
        tell(school, kill)
        assert killed == ["asked", "claimed", "denied", "appealed", "appeal claimed", "overturned"]
        verified = school.filter.schoolgate("audit", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        exported = school.filter.schoolgate("audit", "export").stdout.splitlines()
        done = Counter(json.loads(line)["action"] for line in exported)
        assert {action: number for action, number in done.items() if action.startswith("case.")} == {
            f"case.{step}": 1
            for step in ("submit", "claim", "deny", "appeal", "claim_appeal", "overturn", "expire")
        }
        # A letter that the mail server took while the timers were killed may come twice; it is the same one.
        letters = {letter["Message-ID"]: (letter["To"], letter["Subject"]) for letter in school.mail.letters}
        assert max(Counter(letters.values()).values()) == 1
