"""`bench console`: how long does a page take, with tens of thousands of cases and two weeks of events?

The real server (gunicorn), SQLite, people who are logged in; one request after the other over a socket, from
the first octet sent to the last received. Half of the cases wait for an answer: far more than a school has.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import httpx

from proxy.bench import readings
from proxy.bench.happenings import VERSION, recorded
from proxy.bench.office import Office, percentile
from proxy.bench.results import OURS
from proxy.bench.stage import Stage

PEER_NAMES: tuple[str, ...] = ()
SMALL = 10_000  # so few cases that a filter may find none of them
REQUESTS = 20
_CASE = re.compile(r'href="/cases/(\d+)/')
_A_CASE = "/cases/"


@dataclass(frozen=True, slots=True)
class Page:
    """One page that is measured.

    paths    addresses of the same kind, asked for in turn
    is_right  whether an answer is the page that was meant
    """

    name: str
    client: httpx.Client
    paths: Sequence[str]
    is_right: Callable[[str], bool]


def measure(stage: Stage) -> None:
    """Measure the pages."""
    office = Office(stage.folder("console"), stage.running, stage.cores.server)
    stage.say(f"{stage.plan.cases:,} cases")
    office.write()
    office.fill(stage.plan.cases)
    kept = stage.plan.data / f"events-{stage.plan.events}-v{VERSION}"
    stage.say(f"two weeks of {stage.plan.events:,} events a day, in {kept}")
    spools = recorded(kept, office.state, stage.plan.events, datetime.now(UTC))
    try:
        _measure(stage, office)
    finally:
        for spool in spools:
            spool.close()


def _measure(stage: Stage, office: Office) -> None:
    server = office.start()
    people = {name: office.log_in(name, with_code=True) for name in ("reviewer", "auditor")}
    pupil, teacher = office.log_in("mokafor"), office.log_in("rcastillo")
    small = stage.plan.cases < SMALL
    pages = [
        *_queue(people["reviewer"], small),
        *_others(people["reviewer"], people["auditor"], pupil, small),
        Page("mine-teacher", teacher, ["/mine/"], lambda page: "/mine/" in page),
    ]
    for page in pages:  # templates are compiled, and what the workers write is read once
        _asked(stage, page, len(page.paths))
    for _ in stage.rounds("pages"):
        for page in pages:
            machine = readings.machine()
            lengths = _asked(stage, page, REQUESTS)
            stolen = readings.machine().stolen_since(machine)
            figures = {"median": median(lengths), "p95": percentile(lengths, 0.95)}
            stage.results.add(page.name, OURS, stolen, **figures)
    stage.results.add("server", OURS, pss=readings.pss_mb([server.pid]))


def _queue(reviewer: httpx.Client, is_small: bool) -> list[Page]:
    """The queue: its first page, each filter alone, and far into it."""

    def has_cases(page: str) -> bool:
        return _A_CASE in page or is_small

    first = reviewer.get("/queue/").text
    cases = list(dict.fromkeys(_CASE.findall(first)))[:10]
    addresses = {
        "queue-name": "/queue/?kind=unblock&text=site-12",
        "queue-number": f"/queue/?text=%23{cases[-1]}",
        "queue-school": "/queue/?kind=unblock&school=-",
        "queue-overdue": "/queue/?whose=overdue",
        "queue-unclaimed": "/queue/?whose=unclaimed",
        "queue-approved": "/queue/?show=approved",
        "ended": "/queue/?show=ended",
        "ended-name": "/queue/?show=ended&text=site-77",
    }
    return [
        Page("queue", reviewer, ["/queue/"], lambda page: page.count(_A_CASE) >= 50),
        *(Page(name, reviewer, [path], has_cases) for name, path in addresses.items()),
        Page("case", reviewer, [f"/cases/{number}/" for number in cases], lambda page: "site-" in page),
    ]


def _others(reviewer: httpx.Client, auditor: httpx.Client, pupil: httpx.Client, is_small: bool) -> list[Page]:
    return [
        Page("mine", pupil, ["/mine/"], lambda page: "/mine/" in page and ("site-" in page or is_small)),
        Page("figures", reviewer, ["/figures/"], lambda page: "<rect" in page or is_small),
        Page("figures-year", reviewer, ["/figures/?days=365"], lambda page: "<rect" in page),
        Page("audit", auditor, ["/audit/"], lambda page: "case." in page),
        Page("audit-act", auditor, ["/audit/?action=case.deny"], lambda page: "case.deny" in page),
        Page("audit-about", auditor, ["/audit/?about=case%3A17"], lambda page: "case.submit" in page),
        Page("approved", pupil, ["/approved/"], lambda page: "site-" in page),
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
