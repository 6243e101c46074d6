"""`bench console`: how long does a page of the console take, with tens of thousands of cases?

The real server (gunicorn), SQLite, a reviewer who is logged in; one request after the other, from the first
octet sent to the last received. Half of the cases wait for an answer: far more than a school has.
Events of two weeks lie in the archive, so that a case's page has something to count.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median

import httpx

from proxy.bench import readings
from proxy.bench.office import Office, percentile
from proxy.bench.results import OURS
from proxy.bench.stage import Stage
from proxy.decision.request import Stage as Where
from proxy.decision.verdict import Action, Reason
from proxy.journal.codec import client_tag
from proxy.journal.event import Event, microseconds
from proxy.journal.shipping import ship
from proxy.journal.spool import Spool

PEER_NAMES: tuple[str, ...] = ()
EVENTS = 200_000
PAUSE_EVERY = 10_000
SMALL = 10_000  # so few cases that a filter may find none of them
REQUESTS = 40
_CASE = re.compile(r'href="/cases/(\d+)/')


@dataclass(frozen=True, slots=True)
class Page:
    """One page that is measured.

    paths    asked for in turn
    is_right  whether an answer is the page that was meant
    """

    name: str
    client: httpx.Client
    paths: Sequence[str]
    is_right: Callable[[str], bool]


def measure(stage: Stage) -> None:
    """Measure the pages."""
    office = Office(stage.folder("console"), stage.running, stage.cores.server)
    events = min(EVENTS, 20 * stage.plan.cases)
    stage.say(f"{stage.plan.cases:,} cases and {events:,} events")
    office.write()
    office.fill(stage.plan.cases)
    _record(office, events)
    server = office.start()
    reviewer, pupil = office.log_in("reviewer", with_code=True), office.log_in("mokafor")
    pages = _pages(reviewer, pupil, is_small=stage.plan.cases < SMALL)
    for page in pages:  # templates are compiled and files verified once
        _asked(stage, page, len(page.paths))
    for _ in stage.rounds("pages"):
        for page in pages:
            machine = readings.machine()
            lengths = _asked(stage, page, REQUESTS)
            stolen = readings.machine().stolen_since(machine)
            figures = {"median": median(lengths), "p95": percentile(lengths, 0.95)}
            stage.results.add(page.name, OURS, stolen, **figures)
    stage.results.add("server", OURS, pss=readings.pss_mb([server.pid]))


def _pages(reviewer: httpx.Client, pupil: httpx.Client, *, is_small: bool) -> list[Page]:
    cases = list(dict.fromkeys(_CASE.findall(reviewer.get("/queue/").text)))[:10]
    lists_cases = "/cases/"
    return [
        Page("queue", reviewer, ["/queue/"], lambda page: page.count(lists_cases) >= 50),
        Page(
            "filtered",
            reviewer,
            ["/queue/?kind=unblock&text=site-12", "/queue/?kind=unblock&school=-", "/queue/?whose=overdue"],
            lambda page: lists_cases in page or is_small,
        ),
        Page(
            "ended",
            reviewer,
            ["/queue/?show=ended", "/queue/?show=ended&text=site-77"],
            lambda page: lists_cases in page or is_small,
        ),
        Page("case", reviewer, [f"/cases/{number}/" for number in cases], lambda page: "site-" in page),
        Page("mine", pupil, ["/mine/"], lambda page: "/mine/" in page and ("site-" in page or is_small)),
        Page(
            "figures",
            reviewer,
            ["/figures/"],
            lambda page: "Over time" in page and ("<rect" in page or is_small),
        ),
        Page("figures-year", reviewer, ["/figures/?days=365"], lambda page: "<rect" in page),
    ]


def _asked(stage: Stage, page: Page, requests: int) -> list[float]:
    """Milliseconds of each of so many requests."""
    lengths = []
    for number in range(requests):
        path = page.paths[number % len(page.paths)]
        began = time.perf_counter()
        answer = page.client.get(path)
        lengths.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200 or not page.is_right(answer.text):
            stage.results.spoil(OURS, f"{path} answered {answer.status_code} or something else")
    return lengths


def _record(office: Office, events: int) -> None:
    """Two weeks of blocks, recorded and shipped as workers and timers do it."""
    now = datetime.now(UTC)
    spool = Spool(office.state / "spool", worker="dns-0", gateway="bench")
    tag = client_tag("10.1.0.7", "abcdefghij234567")
    first = Event(
        time=now, stage=Where.DNS, client="", group="middle", host="", action=Action.BLOCK,
        reason=Reason.CATEGORY, category="games", list_id="starter", method="A", base=1,
    )  # fmt: skip
    templates = [spool.template(_at_host(first, number)) for number in range(2_000)]
    begin, step = now - timedelta(days=14), timedelta(days=14) / events
    for place in range(events):
        spool.append_as(templates[place % len(templates)], microseconds(begin + place * step), tag)
        if place % PAUSE_EVERY == PAUSE_EVERY - 1:
            spool.flush(30)
    spool.close()
    ship(office.state, now)


def _at_host(event: Event, number: int) -> Event:
    return replace(event, host=f"site-{number}.example")
