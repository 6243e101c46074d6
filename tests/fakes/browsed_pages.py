"""A pytest plugin: pages of the console in a real Chromium, as people meet them.

    def test_a_page(browsed, office):
        page = browsed("/mine/", by=office.student)          # a Playwright page, logged in
        assert_everybody_can_use(page)                         # axe: nothing; no sideways scrolling

The server is another thread, so each test commits what it makes.

`browsed(path, by=person, language="es", width=320, dark=True, still=True, script=False)`. What every page
promises is looked at by `everywhere(browsed, path, by=...)`, which goes from page to page in the same windows
(`again=True`).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = "/usr/bin/chromium"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]

Browsed = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that open a browser: a page does not know on which database it stands."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def _missing(what: str) -> None:
    """A machine without it may leave these tests out; CI may not."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI must run the browser tests", pytrace=False)
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser for the tests of one module."""
    if not os.path.exists(CHROMIUM):
        _missing(f"{CHROMIUM} (package chromium)")
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, where tests also use Django's models.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    home = tmp_path_factory.mktemp("chromium")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
                env={**os.environ, "HOME": str(home)},
            )
            yield browser
            browser.close()
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if before is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def browsed(chromium: Any, live_server: Any, transactional_db: None) -> Iterator[Browsed]:
    """Open pages of the console, as somebody who is logged in or as a stranger."""
    contexts: list[Any] = []
    windows: dict[tuple[object, ...], Any] = {}

    def go(
        path: str,
        *,
        by: Any = None,
        language: str = "en",
        width: int = 1280,
        dark: bool = False,
        still: bool = False,
        script: bool = True,
        status: int | None = None,
        again: bool = False,
    ) -> Any:
        kind = (width, dark, still, script, language)
        page = windows.get(kind) if again else None
        if page is None:
            context = chromium.new_context(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce" if still else "no-preference",
                java_script_enabled=script,
                locale=language,
            )
            contexts.append(context)
            page = context.new_page()
            page.set_default_timeout(60_000)
            if again:
                windows[kind] = page
        else:
            page.context.clear_cookies()
            page.set_viewport_size({"width": width, "height": 900})
        page.context.add_cookies(_cookies(live_server.url, by, language))
        answer = page.goto(f"{live_server.url}{path}", wait_until="load")
        assert status in (None, answer.status), f"{path} was answered with {answer.status}"
        return page

    yield go
    for context in contexts:
        with suppress(Exception):
            context.close()


def _cookies(url: str, by: Any, language: str) -> list[dict[str, str]]:
    from django.conf import settings

    from console_people import logged_in

    jar = {settings.LANGUAGE_COOKIE_NAME: language}
    if by is not None:
        jar[settings.SESSION_COOKIE_NAME] = logged_in(by).cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": name, "value": value, "url": url} for name, value in jar.items()]


def assert_everybody_can_use(page: Any, *, but: tuple[str, ...] = ()) -> None:
    """Fail when axe-core finds anything, when the page scrolls sideways, or when it has no one first heading.

    but   ids of rules that do not count, each with a good reason beside the call
    """
    problems = [*_found_by_axe(page, but), *_sideways(page), *_headings(page)]
    assert problems == [], "\n".join([f"{page.url}:", *problems])


def everywhere(
    browsed: Browsed,
    path: str,
    *,
    by: Any = None,
    languages: tuple[str, ...] = ("es", "en"),
    status: int = 200,
) -> None:
    """Look at a page, and at no error page in its place, in every language: narrow and dark in the first,
    wide and light in the others, and at 200 % in the last."""
    for number, language in enumerate(languages):
        width = 1280 if number else 320
        page = browsed(
            path, by=by, language=language, width=width, dark=not number, status=status, again=True
        )
        assert page.locator("html").get_attribute("lang") == language
        assert_everybody_can_use(page)
        page.set_viewport_size({"width": 640, "height": 450})  # what 200 % leaves of 1280
        assert [*_sideways(page), *_headings(page)] == [], f"{path} at 200 %"


def picture(page: Any, file: Path) -> None:
    """Keep a picture of a whole page."""
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file, full_page=True)


def press(page: Any, *keys: str) -> None:
    """Press keys, one after the other."""
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Any, text: str, *, most: int = 80) -> None:
    """Go on with the tabulator until the focus is on something with this text."""
    for _try in range(most):
        page.keyboard.press("Tab")
        if text in _focused(page):
            return
    raise AssertionError(f"no focus on {text!r} within {most} steps; the last one was {_focused(page)!r}")


def _focused(page: Any) -> str:
    said: str = page.evaluate(
        """() => { const e = document.activeElement; if (!e || e === document.body) return "";
        const label = e.labels && e.labels.length ? e.labels[0].innerText : "";
        const said = [e.innerText, label, e.getAttribute("aria-label"), e.name, e.value];
        return said.filter(Boolean).join(" | "); }"""
    )
    return said


def _found_by_axe(page: Any, but: tuple[str, ...]) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {id_: {"enabled": False} for id_ in but},
        "resultTypes": ["violations"],  # of the rest axe writes out one node each: half its work
    }
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {node['html'][:200]} ({node.get('failureSummary', '')[:300]})"
        for each in found
        for node in each["nodes"]
    ]


def _sideways(page: Any) -> list[str]:
    """What sticks out of the window: WCAG 1.4.10 asks that 320 pixels are enough."""
    wide: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"it scrolls sideways by {wide} pixels"] if wide > 0 else []


def _headings(page: Any) -> list[str]:
    count: int = page.locator("h1").count()
    return [] if count == 1 else [f"it has {count} first headings"]
