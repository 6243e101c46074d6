"""Does Ultraviolet open a blocked site in a browser? Chromium, its worker, a bare server and a Wisp server.

As it is delivered, and with every path, script, word and code of its own changed; the filter as the browser's
proxy, and switched on only when all scripts are there already.
"""

import os
import subprocess
from contextlib import suppress

import pytest

from adversaries import needs, program
from adversary_world import inside
from redirected_places import LAN, TWIN
from web_proxy_site import RENAMED, Names, site

pytestmark = [
    pytest.mark.adversary, pytest.mark.network, pytest.mark.processes, pytest.mark.browser,
    pytest.mark.timeout(300), needs("chromium", "certutil", modules=True),
]  # fmt: skip
MARKER = "played here"
SHOWN_MS, REFUSED_MS = 30_000, 1_000
SITES = {"tools.example": Names(), "lessons.example": RENAMED}


@pytest.fixture(scope="module")
def chromium(whole, tmp_path_factory):
    """A browser on the device that believes the school's certificate and everybody's outside."""
    from playwright.sync_api import sync_playwright

    home = tmp_path_factory.mktemp("home")
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    where = ["-d", f"sql:{database}"]
    subprocess.run(["certutil", *where, "-N", "--empty-password"], check=True)
    for name, path in (("school", whole.filter.ca), ("outside", whole.authority.path)):
        subprocess.run(["certutil", *where, "-A", "-n", name, "-t", "C,,", "-i", str(path)], check=True)
    starter = home / "chromium"
    starter.write_text(f'#!/bin/sh\nexec {" ".join(inside(whole.device))} {program("chromium")} "$@"\n')
    starter.chmod(0o755)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=starter,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update"],
            env={**os.environ, "HOME": str(home)},
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=SITES.items(), ids=["as delivered", "renamed"])
def offered(request, whole, tmp_path_factory):
    """A site that offers Ultraviolet, and the site that is blocked."""
    host, names = request.param
    whole.named(host, TWIN[4])
    whole.named("play.example")
    directory = tmp_path_factory.mktemp("site")
    words = site(directory, whole.certificate(host), names, host, TWIN[4])
    with whole.on_origin(*words, until="ready"), whole.pages(MARKER) as pages:
        yield host, pages


@pytest.fixture
def surfing(chromium):
    """Open a new browser's page, with or without the school's proxy."""
    contexts = []

    def opened(**more):
        contexts.append(chromium.new_context(**more))
        page = contexts[-1].new_page()
        page.set_default_timeout(SHOWN_MS)
        return page

    yield opened
    for context in contexts:
        with suppress(Exception):
            context.close()


def comes_up(page, within_ms=SHOWN_MS):
    """Whether the worker behind an entrance is ready to open pages, in time."""
    return _holds(page, "document.title === 'ready'", within_ms)


def ask(page):
    """Ask for the blocked site through the worker."""
    page.evaluate("open_through('http://play.example/')")


def is_shown(page, within_ms=SHOWN_MS):
    """Whether the blocked site is shown, in time."""
    return _holds(page, f"document.body?.innerText.includes('{MARKER}')", within_ms)


def _holds(page, condition, within_ms):
    from playwright.sync_api import Error

    try:
        page.wait_for_function(condition, timeout=within_ms)
    except Error:
        return False
    return True


@pytest.mark.parametrize("carrier", ["bare", "epoxy"])
def test_through_the_schools_proxy_it_does_not_even_come_up(world, offered, surfing, carrier):
    host, pages = offered
    page = surfing()
    page.goto(f"https://{host}/?{carrier}", wait_until="commit")
    assert comes_up(page)
    ask(page)
    assert is_shown(page)
    world.on()
    seen, served = len(world.events()), len(pages.requests)
    page = surfing(proxy={"server": f"http://{LAN[4]}:8080"})
    page.goto(f"https://{host}/?{carrier}", wait_until="commit")
    told = world.told("webproxy.", since=seen)
    assert not comes_up(page, REFUSED_MS)
    assert (told.event.host, len(pages.requests)) == (host, served)


@pytest.mark.parametrize(("carrier", "technique"), [("bare", "webproxy.bare"), ("epoxy", "webproxy.wisp")])
def test_what_is_loaded_already_opens_nothing(world, offered, surfing, carrier, technique):
    host, pages = offered
    page = surfing()
    page.goto(f"https://{host}/?{carrier}", wait_until="commit")
    assert comes_up(page)
    world.on()
    seen, served = len(world.events()), len(pages.requests)
    ask(page)
    assert world.told(technique, since=seen).event.host == host
    assert not is_shown(page, REFUSED_MS)
    assert len(pages.requests) == served
