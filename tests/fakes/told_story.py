"""One story, all real: a student is blocked, asks, is denied, appeals and gets the page, until its end.

The filter, the console and its timers run as processes (`RunningFilter`), people use Chromium, letters go
to a mail server. `between` is called after each step that somebody was told is done.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpcore

from running_console import name_database
from running_filter import READY_S, RunningFilter, answers
from school_mail import SchoolMail

BLOCKED, PAGE = "lab.demo.test", "/physics/light"
PASSWORD = "maple-valley-demo"
PUPIL = "127.0.2.42"
CHICAGO = "America/Chicago"
CHROMIUM = "/usr/bin/chromium"
LISTED = "The lab is listed by mistake, for this test"


def with_a_blocked_lab(settings: dict[str, Any]) -> None:
    """List the lab under a category that has no hours, so that the story can be told at any time of day."""
    file = Path(settings["gateway"]["state"]).parent / "config" / "lists" / "story.txt"
    file.write_text(f"{BLOCKED}\n")
    listed = {"id": "story", "title": LISTED, "file": "lists/story.txt", "category": "gambling"}
    settings["lists"]["local"].append(listed)


def with_the_pupils_browser(settings: dict[str, Any]) -> None:
    """A browser of this machine is the pupil's Chromebook."""
    one = next(device for device in settings["devices"] if device["id"] == "chromebook-0042")
    one["addresses"] = [PUPIL, "127.0.0.1"]


@dataclass
class School:
    """The filter with its console, mail and people.

    database    address of a PostgreSQL database; "": SQLite
    """

    directory: Path
    playwright: Any
    database: str = ""
    mail: SchoolMail = field(default_factory=SchoolMail)
    browsers: list[Any] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> "School":
        self.mail.__enter__()
        self.filter = RunningFilter(
            self.directory, change=with_a_blocked_lab, people=with_the_pupils_browser, console=self._console
        )
        try:
            self.filter.__enter__()
            self.filter.wait_for_console()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for browser in self.browsers:
            browser.close()
        self.filter.__exit__()
        self.mail.__exit__(None, None, None)

    def _console(self, console: dict[str, Any]) -> None:
        console["mail"] = {
            "host": "127.0.0.1", "port": self.mail.port, "security": "none",
            "from": "filter@maplevalley.example",
        }  # fmt: skip
        if self.database:
            name_database(console, self.database, self.directory)

    # ---- people ---------------------------------------------------------------------------------

    def browser(self, *arguments: str) -> Any:
        """A browser of somebody's own."""
        browser = self.playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", *arguments],
        )
        self.browsers.append(browser)
        page = browser.new_page()
        page.set_default_timeout(90_000)
        return page

    def pupil(self) -> Any:
        """A browser behind the filter."""
        return self.browser(f"--proxy-server=127.0.0.1:{self.filter.proxy}")

    def log_in(self, page: Any, login: str) -> None:
        """Log in as somebody of the demo, with the code of the second factor where one is asked."""
        page.goto(f"{self.filter.url}/account/login/")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        with page.expect_navigation():
            page.click("main form button")
        if "/account/code/" in page.url:
            page.fill("[name=code]", self.fresh_code(login))
            with page.expect_navigation():
                page.click("main form button")
        assert page.locator("header .account").get_by_text("Log out").count(), page.inner_text("main")

    def fresh_code(self, login: str) -> str:
        """A code that was not used yet: each counts once, and the next one shows within half a minute."""
        self.filter.poll(
            lambda: self.code(login) != self.used.get(login), 120, "the same code for two minutes"
        )
        self.used[login] = self.code(login)
        return self.used[login]

    def code(self, login: str) -> str:
        """What somebody's authenticator app shows now."""
        done = self.filter.schoolgate("console", "demo-code", login)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    # ---- what is open ---------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """The page that the story is about."""
        return f"http://{BLOCKED}:{self.filter.origin_http}{PAGE}"

    def is_open(self, source: str = PUPIL) -> bool:
        """Whether the page is open for a client, over HTTP and in DNS."""
        over_http = self.filter.browse(self.address, source).status_code == 200
        in_dns = [str(one) for rrset in self.filter.dig(BLOCKED, source=source).answer for one in rrset]
        assert over_http == ("127.0.9.1" in in_dns), f"HTTP says {over_http}, DNS says {in_dns}"
        return over_http

    def opens_within(self, seconds: float) -> float:
        """Wait until the page is open; seconds that it took."""
        return self._until(lambda: self._settled(True), seconds, "the page does not open")

    def closes_within(self, seconds: float) -> float:
        """Wait until the page is blocked again; seconds that it took."""
        return self._until(lambda: self._settled(False), seconds, "the page does not close")

    def _settled(self, wanted: bool) -> bool:
        # Between the workers' looks at the overlay they differ, and what carries what is closed now is cut.
        with suppress(AssertionError, httpcore.NetworkError, httpcore.RemoteProtocolError):
            return self.is_open() is wanted
        return False

    def _until(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        began = time.monotonic()
        self.filter.poll(condition, seconds, what)
        return time.monotonic() - began

    # ---- faults ---------------------------------------------------------------------------------

    def kill(self, *names: str) -> None:
        """Kill processes with all their workers, and wait until they run again."""
        before = self.filter.pids()
        for name in names:
            os.killpg(before[name], signal.SIGKILL)
        self.filter.poll(
            lambda: all(self.filter.pids().get(name, before[name]) != before[name] for name in names),
            READY_S,
            f"{names} were not started again",
        )
        self.filter.poll(lambda: answers(f"{self.filter.url}/healthz"), READY_S, "the console is not back")


def tell(school: School, between: Callable[[str], None] = lambda step: None) -> dict[str, float]:
    """Tell the story from the block page to the auditor; seconds that the page took to open and to close."""
    assert not school.is_open()
    number = ask(school, between)
    deny(school, number, between)
    appeal(school, number, between)
    is_refused_the_appeal(school, number)
    took = {"opens": overturn(school, number, between)}
    assert not school.is_open("127.0.1.3"), "another pupil of the same group was let in"
    took["closes"] = school.closes_within(300)
    read_the_record(school, number)
    return took


def ask(school: School, between: Callable[[str], None]) -> int:
    """The pupil meets the block page and asks by its ticket, without a log-in; the request's number."""
    page = school.pupil()
    assert page.goto(school.address).status == 403
    with page.expect_navigation():
        page.get_by_text("Ask for this page").click()
    page.fill("[name=purpose]", "I measure the speed of light for chemistry")
    page.select_option("[name=when]", "standing")
    with page.expect_navigation():
        page.get_by_role("button", name="Send").click()
    heading = page.locator("h1").inner_text()
    assert "was received" in heading, page.inner_text("main")
    between("asked")
    page.goto(page.url)
    assert page.locator("h1").inner_text() == heading, "what was acknowledged is gone"
    return int(re.sub(r"\D", "", heading))


def deny(school: School, number: int, between: Callable[[str], None]) -> None:
    """The reviewer claims and denies."""
    page = school.browser()
    school.log_in(page, "reviewer")
    page.goto(f"{school.filter.url}/queue/")
    assert BLOCKED in page.inner_text("main")
    with page.expect_navigation():
        page.get_by_role("button", name="Claim").first.click()
    between("claimed")
    page.goto(f"{school.filter.url}/cases/{number}/")
    _answer(page, "deny", "The same is in the textbook, on page 12")
    assert "Not approved" in page.inner_text("main"), page.inner_text("main")
    between("denied")


def appeal(school: School, number: int, between: Callable[[str], None]) -> None:
    """The pupil logs in, reads the reason and appeals."""
    page = school.pupil()
    school.log_in(page, "mokafor")
    page.goto(f"{school.filter.url}/mine/{number}/")
    assert "The same is in the textbook, on page 12" in page.inner_text("main")
    page.fill("[name=grounds]", "The textbook shows it, but I have to measure it")
    with page.expect_navigation():
        page.get_by_role("button", name="Appeal").click()
    between("appealed")
    page.goto(f"{school.filter.url}/mine/{number}/")
    assert page.locator("[name=grounds]").count() == 0, "a second appeal is offered"


def is_refused_the_appeal(school: School, number: int) -> None:
    """The first reviewer gets no list of appeals, and no button on the case."""
    page = school.browser()
    school.log_in(page, "reviewer")
    assert page.goto(f"{school.filter.url}/appeals/").status == 403
    page.goto(f"{school.filter.url}/cases/{number}/")
    assert page.get_by_role("button", name="Claim").count() == 0
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    refused = page.request.post(
        f"{school.filter.url}/cases/{number}/claim/",
        form={"csrfmiddlewaretoken": token, "back": "case"},
        headers={"Referer": page.url},
    )
    assert "This was not done" in refused.text()


def overturn(school: School, number: int, between: Callable[[str], None]) -> float:
    """The appeal officer grants it in part, until soon; seconds until the page was open."""
    page = school.browser()
    school.log_in(page, "appeals")
    page.goto(f"{school.filter.url}/appeals/")
    with page.expect_navigation():
        page.get_by_role("button", name="Claim").first.click()
    between("appeal claimed")
    page.goto(f"{school.filter.url}/cases/{number}/")
    ends = _soon()
    _fill(page, "narrow", "To measure is more than to read")
    page.locator("details.terms").evaluate("box => box.open = true")
    page.fill("[name=decide-ends]", ends)
    with page.expect_navigation():
        page.get_by_role("button", name="Record the decision").click()
    assert "Your decision is recorded." in page.inner_text("main"), page.inner_text("main")
    took = school.opens_within(90)
    between("overturned")
    return took


def read_the_record(school: School, number: int) -> None:
    """The auditor reads what was done, in order, and changes nothing."""
    page = school.browser()
    school.log_in(page, "auditor")
    page.goto(f"{school.filter.url}/cases/{number}/")
    for words in ("The same is in the textbook", "To measure is more than to read", "I have to measure it"):
        assert words in page.inner_text("main")
    assert page.locator("main form button").count() == 0, "an auditor is offered something to change"
    steps = ["submit", "claim", "deny", "appeal", "claim_appeal", "overturn", "expire"]

    def acts() -> list[str]:
        page.goto(f"{school.filter.url}/audit/?about=case:{number}")
        told: list[str] = page.locator("td[data-label=Act]").all_inner_texts()
        return [act for act in reversed(told) if act.startswith("case.")]

    # The workers close the page by themselves; the timers write down its end when they look next.
    school.filter.poll(lambda: "case.expire" in acts(), 90, "the end is not in the record")
    assert (told := acts()) == [f"case.{step}" for step in steps], told


def _answer(page: Any, answer: str, reason: str) -> None:
    _fill(page, answer, reason)
    with page.expect_navigation():
        page.get_by_role("button", name="Record the decision").click()
    assert "Your decision is recorded." in page.inner_text("main"), page.inner_text("main")


def _fill(page: Any, answer: str, reason: str) -> None:
    for question in ("obscene", "child_pornography", "harmful_to_minors"):
        page.check(f"[name=decide-{question}][value=no]")
    page.check(f"[name=decide-answer][value={answer}]")
    page.fill("[name=decide-reason]", reason)


def _soon() -> str:
    """A minute that begins in two to three minutes, on the school's clock."""
    return (datetime.now(UTC) + timedelta(minutes=3)).astimezone(ZoneInfo(CHICAGO)).strftime("%Y-%m-%dT%H:%M")
