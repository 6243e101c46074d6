"""`bench dns`: what does answering a name cost, hot, cold and at a steady rate?"""

from pathlib import Path

from proxy.bench.data import Data
from proxy.bench.dnsperf import TIMEOUT_S, load, share, waits_s
from proxy.bench.errors import BenchProblem
from proxy.bench.programs import require
from proxy.bench.resolvers import PEERS
from proxy.bench.resolvers.ours import Ours
from proxy.bench.resolvers.started import Up, bring_up, bring_up_all, judged_wrongly, start_stub
from proxy.bench.results import OURS
from proxy.bench.stage import Meter, Stage

PEER_NAMES = tuple(PEERS)
TOOLS = ("taskset", "dnsperf", "knotd")
PACED_RATE = 10_000
TWO, ONE = "two-workers", "one-worker"
WARMING_S = 120.0  # at most


def measure(stage: Stage) -> None:
    """Measure everything about names.

    Raises BenchProblem when a tool is missing or the filter itself does not come up.
    """
    require(TOOLS)
    data = stage.data()
    upstream = start_stub(stage)
    wanted = [kind for name, kind in PEERS.items() if stage.plan.wants(name)]
    ups = bring_up_all(stage, [Ours, *wanted], data, upstream)
    if not any(up.resolver.name == OURS for up in ups):
        raise BenchProblem(stage.results.skipped[OURS])
    two = bring_up(stage, Ours, data, upstream, workers=2, called=TWO)
    stage.results.add(TWO, OURS, pss=two.server.pss_mb())
    stage.say("warming the caches")
    for up in (*ups, two):
        load(up.port, data.warm, WARMING_S, stage.cores.load, once=True)
    for number in stage.rounds("hot and cold"):
        _round(stage, ups, two, data, data.cold_round(number, stage.work))
    for _ in stage.rounds(f"{PACED_RATE:,} questions a second"):
        for up in ups:
            _paced(stage, up, data)
    _memory(stage, ups, two)
    for up in (*ups, two):
        if wrong := judged_wrongly(up.resolver, data):
            stage.results.spoil(up.resolver.name, f"after the load {wrong}")


def _round(stage: Stage, ups: list[Up], two: Up, data: Data, cold: Path) -> None:
    for up in ups:
        cpu = _loaded(stage, "hot", up, data.hot)
        if up.resolver.name == OURS and cpu is not None:
            stage.results.add(TWO, ONE, cpu=cpu)
    _loaded(stage, TWO, two, data.hot)
    for up in ups:
        if up.resolver.filters:
            _loaded(stage, "cold", up, cold, once=True)


def _loaded(stage: Stage, case: str, up: Up, questions: Path, *, once: bool = False) -> float | None:
    """Load a resolver with as much as it takes; note CPU a question and rate, and return the first."""
    meter = Meter(up.server)
    totals, _ = load(up.port, questions, stage.plan.seconds, stage.cores.load, once=once)
    name = up.resolver.name
    if not totals.completed:
        stage.results.nothing(case, name)
        return None
    cpu, stolen = meter.read(totals.completed)
    stage.results.add(case, name, stolen, cpu=cpu, rate=totals.rate)
    if totals.fault:
        stage.results.spoil(name, f"{case}: {totals.fault}")
    return cpu


def _paced(stage: Stage, up: Up, data: Data) -> None:
    """Ask at a steady rate that every resolver can bear, and note how long answers take."""
    totals, said = load(
        up.port,
        data.hot,
        stage.plan.seconds,
        stage.cores.load,
        rate=PACED_RATE,
        outstanding=1_000,
        verbose=True,
    )
    waits = waits_s(said)
    if not waits:
        stage.results.nothing("paced", up.resolver.name)
        return
    longest = TIMEOUT_S if totals.lost else waits[-1]
    stage.results.add(
        "paced",
        up.resolver.name,
        p50=share(waits, 0.5) * 1e6,
        p99=share(waits, 0.99) * 1e6,
        longest=longest * 1e3,
        lost=totals.lost,
    )


def _memory(stage: Stage, ups: list[Up], two: Up) -> None:
    """Memory after the loads; and, of those with a list, right after their start, beside two workers."""
    for up in ups:
        if up.resolver.filters:
            stage.results.add("warm", up.resolver.name, pss=up.server.pss_mb())
    stage.results.add("warm-two-workers", OURS, pss=two.server.pss_mb())
    for up in ups:
        after_start = stage.results.spread("start.pss", up.resolver.name)
        if up.resolver.name != OURS and after_start is not None:
            stage.results.add(TWO, up.resolver.name, pss=after_start.median)
            stage.results.add("warm-two-workers", up.resolver.name, pss=up.server.pss_mb())
