"""Which figures are the filter's goals, and does each hold in this run?"""

from collections.abc import Mapping
from dataclasses import dataclass

from proxy.bench.results import GOAL, OURS, Results

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound that a figure keeps.

    figure    `area.case.figure`
    peer      with whom it is compared; `goal` where the bound is a figure of its own
    at_most   bound of the ratio to the peer, or of the figure itself, in its unit
    size      the size of list for which it was set; 0 for any
    worst     it binds the greatest sample, not the median
    """

    figure: str
    peer: str
    at_most: float
    size: int = 0
    worst: bool = False

    @property
    def key(self) -> str:
        """What it is called among the ratios."""
        return f"{self.figure}.vs.{self.peer}"


CONSOLE_PAGES = (
    "queue", "queue-name", "queue-number", "queue-school", "queue-overdue", "queue-unclaimed",
    "queue-approved", "ended", "ended-name", "case", "mine", "mine-teacher", "figures", "figures-year",
    "audit", "audit-act", "audit-about", "approved",
)  # fmt: skip

HOSTILE = (
    "request-nested-percent", "request-nested-base64", "request-many-parameters",
    "request-thousands-of-parameters", "request-many-pieces", "request-many-addresses",
    "request-many-fields", "request-long-field", "request-near-misses", "request-fetcher",
    "answer-near-misses-in-script", "answer-half-open-tags", "answer-one-octet-body",
    "message-extensions-of-wisp", "message-names-in-message", "message-one-octet-messages",
    "name-long-labels", "name-many-labels", "name-hyphens", "name-escapes", "opening-cut-greeting",
    "opening-one-octet-stream", "opening-nearly-http", "opening-datagram",
)  # fmt: skip

GOALS = (
    Goal("dns.hot.cpu", "unbound", 1.0, MILLION),
    Goal("dns.hot.cpu", "dnsdist", 1.0, MILLION),
    Goal("dns.hot.cpu", "echo", 1.7, MILLION),
    # A rate is what one core gives: five times the rate is a fifth of the CPU.
    Goal("dns.hot.cpu", "dnsmasq", 0.2, MILLION),
    Goal("dns.cold.cpu", "dnsmasq", 0.1, MILLION),
    Goal("dns.cold.cpu", "unbound", 0.75, MILLION),
    Goal("dns.paced.p99", "unbound", 1.0, MILLION),
    Goal("dns.two-workers.cpu", "one-worker", 1.15, MILLION),
    Goal("dns.start.seconds", GOAL, 1.0, MILLION),
    Goal("dns.two-workers.pss", "dnsmasq", 1.0, MILLION),
    Goal("lists.compile.seconds", GOAL, 15, MILLION),
    Goal("lists.compile.seconds", GOAL, 90, 5 * MILLION),
    Goal("lists.in-force.pss", "dnsmasq", 0.6, 5 * MILLION),
    Goal("lists.swap.lost", GOAL, 0, worst=True),
    Goal("lists.swap.longest", GOAL, 25, worst=True),
    Goal("lists.swap-after-a-minute.pss", "before", 1.05),
    Goal("lists.swaps.pss", "first-swap", 1.05),
    Goal("judge.uncached.us", GOAL, 40, MILLION),
    Goal("judge.cached.us", GOAL, 3, MILLION),
    Goal("frontdoor.new.cpu", "squid-splice", 1.0),
    Goal("frontdoor.big.cpu", "squid-splice", 1.0),
    Goal("frontdoor.idle.growth", GOAL, 150),
    Goal("frontdoor.half-load.added", GOAL, 3),
    Goal("inspect.https-keep-alive.cpu", "mitmdump", 0.65),
    Goal("inspect.https-new.cpu", "e2guardian-mitm", 0.33),
    Goal("inspect.https-new.cpu", "squid-bump", 1.6),
    Goal("inspect.https-keep-alive.cpu", "same-master", 1.15),
    Goal("inspect.after-requests.pss", "warm", 1.1),
    Goal("inspect.after-requests.pss", "first-half", 1.05),
    Goal("inspect.after-bodies.pss", "warm", 1.1),
    Goal("inspect.after-bodies.pss", "first-half", 1.05),
    # In force in every worker of resolver and proxy within a second.
    Goal("approval.opens.longest", GOAL, 1000, worst=True),
    Goal("approval.closes.longest", GOAL, 1000, worst=True),
    Goal("bypass.requests.us", GOAL, 60),
    Goal("bypass.scan-html.us", GOAL, 1500),
    Goal("bypass.scan-js.us", GOAL, 1500),
    Goal("bypass.client-full.bytes", GOAL, 4096),
    # Four times the input: linear takes four times as long, quadratic sixteen times.
    *(Goal(f"bypass.{case}.grows", GOAL, 6) for case in HOSTILE),
    *(Goal(f"console.{page}.median", GOAL, 200) for page in CONSOLE_PAGES),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A goal beside what was measured.

    value   the ratio or the figure; None when it was not measured, or is void
    kept    None when there is nothing to say
    """

    goal: Goal
    value: float | None

    @property
    def kept(self) -> bool | None:
        """Whether the goal holds."""
        return None if self.value is None else self.value <= self.goal.at_most


def outcomes(results: Results, size: int) -> list[Outcome]:
    """The goals of an area for a size of list, each beside what was measured."""
    return [
        Outcome(goal, _value(results, goal))
        for goal in GOALS
        if goal.figure.startswith(f"{results.area}.") and goal.size in (0, size)
    ]


def ratios(results: Results, size: int) -> Mapping[str, float]:
    """All ratios to peers, and those to the filter's own bounds (`.vs.goal`)."""
    own = {
        outcome.goal.key: _of_bound(outcome.value, outcome.goal.at_most)
        for outcome in outcomes(results, size)
        if outcome.goal.peer == GOAL and outcome.value is not None
    }
    return {**results.ratios(), **own}


def _value(results: Results, goal: Goal) -> float | None:
    figure = goal.figure.partition(".")[2]
    if goal.peer != GOAL:
        return results.ratio(figure, goal.peer)
    spread = results.spread(figure, OURS)
    if spread is None or OURS in results.void:
        return None
    return round(spread.most if goal.worst else spread.median, 3)


def _of_bound(value: float, bound: float) -> float:
    """A figure as a share of its bound; a bound of nothing is kept by nothing only."""
    if bound == 0:
        return 0.0 if value == 0 else 1.0 + value
    return round(value / bound, 3)
