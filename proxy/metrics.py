"""What can an operator measure? Every collector of Schoolgate, declared once.

Names begin with `schoolgate_`. A label value is one of a small closed set or an id from the
settings: never a person, a client address, a visited name or a URL, and a value that looks like one
is refused where the child is bound. Hot paths bind a child once (`cell = QUERIES.bind("dns", "udp")`)
and then only add to it; all formatting happens when Prometheus asks.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from prometheus_client import GC_COLLECTOR, PLATFORM_COLLECTOR, PROCESS_COLLECTOR, CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest

PREFIX = "schoolgate_"
MAX_CHILDREN = 1_000


class Value(Enum):
    """What a label's values may look like.

    WORD       of a closed set in the code; no name of a site, address or URL fits
    ID         of a list, worker or the like in the settings; nor does one here
    UPSTREAM   an upstream resolver's address and port, from the settings
    """

    WORD = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
    ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_/-]{0,79}\Z")
    UPSTREAM = re.compile(r"[0-9A-Za-z.:\[\]#%-]{1,80}\Z")


class Cell:
    """One counter or gauge with its label values fixed. Adding is cheap and not locked: each cell
    belongs to one thread (an event loop, a writer)."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: float = 0

    def inc(self, by: float = 1) -> None:
        """Add to the value."""
        self.value += by

    def set(self, value: float) -> None:
        """Replace the value (gauges)."""
        self.value = value


class Spread:
    """One histogram with its label values fixed; like Cell, for one thread."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration in seconds."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds


FAST = (1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 5e-3, 2.5e-2, 0.1)
SLOW = (1e-5, 2e-5, 5e-5, 1e-4, 5e-4, 1e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(eq=False)
class Family[C]:
    """A collector: its name without prefix, one sentence of help, and its labels in order."""

    name: str
    help: str
    labels: dict[str, Value]
    make: Callable[[], C]
    children: dict[tuple[str, ...], C] = field(default_factory=dict)

    def bind(self, *values: str) -> C:
        """Return the child for these label values, made on first use.

        Raises ValueError when a value does not fit its label's pattern, their number is wrong, or
        the family has no room for another child.
        """
        child = self.children.get(values)
        if child is None:
            self._check(values)
            child = self.children.setdefault(values, self.make())
        return child

    def _check(self, values: tuple[str, ...]) -> None:
        if len(values) != len(self.labels):
            raise ValueError(
                f"metric {self.name} has the labels {list(self.labels)}, got {len(values)} values"
            )
        for (label, kind), value in zip(self.labels.items(), values, strict=True):
            if not kind.value.match(value):
                raise ValueError(f"metric {self.name}: label {label} takes values like {kind.name}")
        if len(self.children) >= MAX_CHILDREN:
            raise ValueError(
                f"metric {self.name} has {MAX_CHILDREN} children already; are its labels closed?"
            )


class Counter(Family[Cell]):
    """A number that only grows; exported with `_total`."""

    def inc(self, *values: str, by: float = 1) -> None:
        """Add to one child; for paths that are not hot."""
        self.bind(*values).value += by

    def collect(self) -> Iterator[Metric]:
        """What Prometheus gets."""
        family = CounterMetricFamily(PREFIX + self.name, self.help, labels=list(self.labels))
        for values, cell in tuple(self.children.items()):
            family.add_metric(values, cell.value)
        yield family


@dataclass(eq=False)
class Gauge(Family[Cell]):
    """A number that goes up and down, set by its owner or asked of a function when scraped."""

    readers: dict[tuple[str, ...], Callable[[], float]] = field(default_factory=dict)

    def set(self, value: float, *values: str) -> None:
        """Replace one child's value."""
        self.bind(*values).value = value

    def ask(self, read: Callable[[], float], *values: str) -> None:
        """Let `read` give one child's value at each scrape, until the next `ask` or `forget`."""
        self.bind(*values)
        self.readers[values] = read

    def forget(self, *values: str) -> None:
        """Take one child away: its subject is no more."""
        self.children.pop(values, None)
        self.readers.pop(values, None)

    def collect(self) -> Iterator[Metric]:
        """What Prometheus gets."""
        family = GaugeMetricFamily(PREFIX + self.name, self.help, labels=list(self.labels))
        for values, cell in tuple(self.children.items()):
            read = self.readers.get(values)
            family.add_metric(values, read() if read else cell.value)
        yield family


class Histogram(Family[Spread]):
    """How durations in seconds are spread."""

    def collect(self) -> Iterator[Metric]:
        """What Prometheus gets."""
        family = HistogramMetricFamily(PREFIX + self.name, self.help, labels=list(self.labels))
        for values, spread in tuple(self.children.items()):
            below, buckets = 0, []
            for bound, count in zip([*map(str, spread.bounds), "+Inf"], spread.counts, strict=True):
                below += count
                buckets.append((bound, below))
            family.add_metric(values, buckets, spread.total)
        yield family


REGISTRY = CollectorRegistry(auto_describe=False)
DECLARED: list[Counter | Gauge | Histogram] = []


def _declared[F: (Counter, Gauge, Histogram)](family: F) -> F:
    DECLARED.append(family)
    REGISTRY.register(family)
    if not family.labels:
        family.bind()
    return family


def _counter(name: str, help_: str, **labels: Value) -> Counter:
    return _declared(Counter(name, help_, labels, Cell))


def _gauge(name: str, help_: str, **labels: Value) -> Gauge:
    return _declared(Gauge(name, help_, labels, Cell))


def _histogram(name: str, help_: str, bounds: tuple[float, ...], **labels: Value) -> Histogram:
    return _declared(Histogram(name, help_, labels, lambda: Spread(bounds)))


W, ID = Value.WORD, Value.ID

QUERIES = _counter("queries", "Attempts that arrived, before any judgement", stage=W, transport=W)
VERDICTS = _counter("verdicts", "Judged attempts by what was decided and why", stage=W, action=W, reason=W)
REFUSED = _counter(
    "refused",
    "Attempts refused before judgement: malformed, not_configured_network, rate_limited, "
    "overload and the like",
    stage=W,
    cause=W,
)
JUDGE_SECONDS = _histogram("judge_seconds", "Time one judgement takes that was not remembered", FAST, stage=W)
VERDICT_CACHE = _counter("verdict_cache", "Look-ups in the gateway's verdict cache", result=W)
ERRORS = _counter("errors", "Faults of our own that were caught and refused the attempt, by part", part=W)

SIGNS = _counter(
    "signs",
    "Signs of ways around the filter in live traffic, by family of technique and what follows from each",
    stage=W,
    family=W,
    consequence=W,
)
DETECTOR_ERRORS = _counter("detector_errors", "Detectors that failed; the attempt was refused", detector=W)
BYPASS_TECHNIQUES = _gauge(
    "bypass_techniques", "Techniques that detectors know under the policy in force; 0: nothing is looked for"
)

PACKETS_REFUSED = _counter(
    "packets_refused", "Packets that the packet filter refused and told of, by what they belong to", family=W
)
PACKETS_UNTOLD = _counter(
    "packets_untold",
    "Refused packets without an event of their own: repeated (within a minute), not_configured_network, "
    "malformed, or overrun (times that the kernel threw some away)",
    cause=W,
)

DNS_CACHE = _counter("dns_cache", "Look-ups in the resolver's caches", cache=W, result=W)
DNS_CACHE_ENTRIES = _gauge("dns_cache_entries", "Entries the resolver's caches hold", cache=W)
DNS_ANSWERS = _counter("dns_answers", "Answers sent, by response code", rcode=W)
DNS_ANSWER_SECONDS = _histogram(
    "dns_answer_seconds", "Time from question to answer: hot, cold or local path", SLOW, path=W
)
DNS_INFLIGHT = _gauge("dns_inflight", "Questions that wait for an upstream")
UPSTREAM_QUERIES = _counter(
    "upstream_queries", "Questions sent upstream and what came of them", upstream=Value.UPSTREAM, result=W
)
UPSTREAM_SECONDS = _histogram(
    "upstream_seconds", "Time an upstream takes to answer", SLOW, upstream=Value.UPSTREAM
)
UPSTREAM_HEALTHY = _gauge(
    "upstream_healthy", "1 while an upstream answers, 0 while it is avoided", upstream=Value.UPSTREAM
)

CONNECTIONS = _gauge("connections", "Open client connections", listener=W)
TUNNELS = _counter("tunnels", "TLS connections by what was done with them", handling=W)
BODY_BYTES = _counter("body_bytes", "Bytes of bodies and tunnels carried", direction=W)
HOOK_ERRORS = _counter("hook_errors", "Proxy hooks that raised; the flow was refused", hook=W)
CERT_REFUSALS = _counter("cert_refusals", "Clients that refused our certificate")
PAGES = _counter("pages", "Block pages served, by form", form=W)

LIST_ENTRIES = _gauge("list_entries", "Lines of each list in force that count", list=ID)
LIST_AGE = _gauge(
    "list_age_seconds", "Time since the origin of a subscribed list last gave or confirmed it", list=ID
)
LISTS_HELD = _gauge("lists_held", "Updates of lists that wait for a person")
POLICY_REVISION = _gauge("policy_revision", "Revision in force: base and overlay", part=W)
BUNDLE_REFUSED = _counter(
    "bundle_refused", "Published policies that did not verify; the last good one stays", part=W
)
BUNDLE_SWAPS = _counter("bundle_swaps", "Policies taken into force", part=W)

EVENTS = _counter("events", "Events taken into the spool")
EVENTS_DROPPED = _counter(
    "events_dropped",
    "Events lost: memory (the disk could not be written to for too long), "
    "size_bound (oldest deleted before their time), encode (unusable form) or closed",
    cause=W,
)
SPOOL_LAG = _gauge("spool_lag_seconds", "Age of the oldest event that is not yet on disk")
SPOOL_PENDING = _gauge("spool_pending_events", "Events that wait in memory for the disk")
SPOOL_BYTES = _gauge("spool_bytes", "Bytes this process's spool takes on disk")
SPOOL_ERRORS = _counter("spool_errors", "Failed writes to the spool", cause=W)

WORKER_RESTARTS = _counter("worker_restarts", "Workers that died and were started again", worker=ID)
WORKER_UP = _gauge("worker_up", "1 while a worker runs", worker=ID)

LETTERS = _counter("letters", "Letters by what came of a try: sent, delayed, given_up", result=W)
LETTERS_WAITING = _gauge("letters_waiting", "Letters that are still to be sent")
LETTERS_OLDEST = _gauge("letters_oldest_seconds", "Age of the oldest letter that is still to be sent")
LETTERS_GIVEN_UP = _gauge("letters_given_up", "Letters that were given up; somebody must look")
CALLS = _counter("webhook_calls", "Webhook messages by what came of a try: sent, delayed, given_up", result=W)
CALLS_WAITING = _gauge("webhook_calls_waiting", "Webhook messages that are still to be sent")
CALLS_GIVEN_UP = _gauge("webhook_calls_given_up", "Webhook messages that were given up; somebody must look")
CASES_WAITING = _gauge("cases_waiting", "Requests that somebody has to answer, private ones left out", kind=W)
CASES_OVERDUE = _gauge("cases_overdue", "Requests whose answer is overdue; private ones left out")
OPENINGS_HOLDING = _gauge("openings_holding", "Approvals that are in force or begin later")
LOG_FAULTS = _gauge("publish_log_faults", "Faults of the publish log that nobody has looked at yet")
INCIDENTS_OPENED = _counter("incidents_opened", "Incidents that opened, by family of technique", family=W)
INCIDENTS_STANDING = _gauge("incidents_standing", "Incidents that nobody has ended yet")
CHORE_RUNS = _counter("chore_runs", "Rounds of the timers' chores, by what came of them", chore=W, result=W)
CHORE_DONE = _gauge("chore_done_timestamp_seconds", "When a chore of the timers last ended", chore=W)

for _collector in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR, GC_COLLECTOR):
    REGISTRY.register(_collector)


def worker_restarted(worker: str) -> None:
    """Count that the supervisor started a dead worker again."""
    WORKER_RESTARTS.inc(worker)


def exposition() -> bytes:
    """All collectors in Prometheus text format 0.0.4."""
    return generate_latest(REGISTRY)
