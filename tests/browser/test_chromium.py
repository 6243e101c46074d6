"""What does a pupil's browser show? A real Chromium through the explicit proxy, over HTTP and HTTPS.

The pictures stand in pytest's temporary directory, for people to look at.
"""

import os
import shutil
import subprocess

import pytest

from running_filter import RunningFilter

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(400)]

CHROMIUM = "/usr/bin/chromium"


def missing(what):
    """A machine without it may leave these tests out; CI may not."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI must run the browser tests", pytrace=False)
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="module")
def sync_playwright():
    if not os.path.exists(CHROMIUM):
        missing(f"{CHROMIUM} (package chromium)")
    if shutil.which("certutil") is None:
        missing("certutil (package libnss3-tools)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("the Python package playwright")
    return sync_playwright


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    with RunningFilter(tmp_path_factory.mktemp("school")) as running:
        yield running


@pytest.fixture(scope="module")
def home(tmp_path_factory, school):
    """A home directory whose certificate database trusts the school's certificate."""
    directory = tmp_path_factory.mktemp("home")
    database = directory / ".pki" / "nssdb"
    database.mkdir(parents=True)
    where = ["-d", f"sql:{database}"]
    subprocess.run(["certutil", *where, "-N", "--empty-password"], check=True)
    subprocess.run(["certutil", *where, "-A", "-n", "school", "-t", "C,,", "-i", str(school.ca)], check=True)
    return directory


@pytest.fixture(scope="module")
def browser(sync_playwright, school, home, tmp_path_factory):
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        f"--proxy-server=127.0.0.1:{school.proxy}",
    ]
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=CHROMIUM,
            headless=True,
            args=arguments,
            env={**os.environ, "HOME": str(home)},
            viewport={"width": 1024, "height": 1200},
        )
        yield context
        context.close()


@pytest.fixture(params=["http", "https"])
def scheme(request):
    return request.param


@pytest.fixture
def visit(browser, school, scheme, tmp_path, request):
    """Open a page and give what a person sees: the answer's status, the title, the visible text."""

    def go(name, path="/"):
        port = school.origin_https if scheme == "https" else school.origin_http
        page = browser.new_page()
        answer = page.goto(f"{scheme}://{name}:{port}{path}", wait_until="load")
        page.screenshot(path=tmp_path / f"{name}-{scheme}.png", full_page=True)
        seen = answer.status, page.title(), page.locator("body").inner_text()
        page.close()
        return seen

    return go


def test_an_allowed_page_is_shown(visit, scheme):
    status, title, text = visit("learn.demo.test", "/light")
    assert (status, title) == (200, "Learn - learn.demo.test")
    assert f"This is learn.demo.test, page /light, reached over {scheme}." in text


def test_a_blocked_page_shows_the_block_page(visit):
    status, title, text = visit("games.demo.test", "/play?level=<b>3")
    assert (status, title) == (403, "This page is blocked: games.demo.test")
    for words in (
        "This page is blocked",
        "games.demo.test/play",
        "Games",
        "local decision",
        "demo-games, line",
    ):
        assert words in text
    assert "Play all day" not in text
    assert "CIPA" not in text


def test_a_page_that_the_law_asks_to_block_says_so(browser, school, tmp_path):
    page = browser.new_page()
    answer = page.goto("http://pornography.schoolgate-test.example/")
    page.screenshot(path=tmp_path / "law.png", full_page=True)
    assert answer.status == 403
    assert "Federal law, the Children's Internet Protection Act (CIPA)" in page.locator("body").inner_text()
    page.close()


def test_a_picture_from_a_blocked_site_is_empty_and_the_page_around_it_works(browser, school):
    page = browser.new_page()
    page.goto(f"http://learn.demo.test:{school.origin_http}/")
    size = page.evaluate(
        """source => new Promise(done => {
            const image = new Image();
            image.onload = () => done([image.naturalWidth, image.naturalHeight]);
            image.onerror = () => done("error");
            image.src = source;
        })""",
        f"http://games.demo.test:{school.origin_http}/picture.png",
    )
    assert size == [1, 1]
    page.close()
