"""`bench lists`: what does a list cost to compile, to keep in force, and to swap while questions come?"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from proxy.bench.data import Data
from proxy.bench.dnsperf import Background
from proxy.bench.dnsperf import load as fill
from proxy.bench.errors import BenchProblem
from proxy.bench.measured import measured
from proxy.bench.programs import require
from proxy.bench.questions import until_blocked
from proxy.bench.resolvers import PEERS as RESOLVERS
from proxy.bench.resolvers.ours import Ours
from proxy.bench.resolvers.resolver import Resolver
from proxy.bench.resolvers.started import Up, bring_up, judged_wrongly, package_of, start_stub, stop
from proxy.bench.results import OURS
from proxy.bench.school import PUBLISH_LIMIT_S, SCHOOLGATE, School, add_to_list
from proxy.bench.stage import Stage

PEERS: dict[str, type[Resolver]] = {name: kind for name, kind in RESOLVERS.items() if kind.filters}
PEER_NAMES = tuple(PEERS)
TOOLS = ("taskset", "dnsperf", "knotd")
RATE = 10_000
SWAP_LIMIT_S = 600.0
LOAD_LIMIT_S = 24 * 3600.0
LULL_S = 1.0
WARMING_S = 120.0  # at most; memory before a swap is that of full caches
WARMINGS = 6  # each gives half of the names to each of two workers; what is left cold is one in sixty
BEFORE, FIRST = "before", "first-swap"


def measure(stage: Stage) -> None:
    """Measure lists.

    Raises BenchProblem when a tool is missing or the filter itself does not come up.
    """
    require(TOOLS)
    data = stage.data()
    upstream = start_stub(stage)
    for number in stage.rounds("compiling"):
        _compile(stage, data, number)
    kinds: list[type[Resolver]] = [Ours, *(kind for name, kind in PEERS.items() if stage.plan.wants(name))]
    for kind in kinds:
        if not kind.installed():
            stage.results.skip(kind.name, f"not installed (Debian: {package_of(kind)})")
        else:
            _in_force(stage, kind, data, upstream)


def _compile(stage: Stage, data: Data, number: int) -> None:
    """`publish` on one core, into a state that knows nothing of before."""
    school = School(stage.folder(f"compile-{number}"), 0, 53)
    school.write(data.list_file)
    words = [*SCHOOLGATE, "publish", "--config", str(school.config)]
    run = measured(stage, words, school.directory / "log", stage.cores.server, PUBLISH_LIMIT_S)
    stage.results.add(
        "compile", OURS, run.stolen, seconds=run.seconds, cpu=run.cpu_s * 1e6 / data.size, peak=run.peak_mb
    )
    shutil.rmtree(school.directory)


def _in_force(stage: Stage, kind: type[Resolver], data: Data, upstream: int) -> None:
    """Measure one resolver, with two workers where it has such; a peer that fails keeps nobody else waiting.

    Raises BenchProblem when it is the filter itself that fails.
    """
    stage.results.versions[kind.name] = kind.version()
    try:
        up = bring_up(stage, kind, data, upstream, workers=2)
        try:
            _in_force_and_swapped(stage, up, data)
        finally:
            stop(stage, up.server)
    except BenchProblem as problem:
        if kind is Ours:
            raise
        stage.results.skip(kind.name, str(problem))


def _in_force_and_swapped(stage: Stage, up: Up, data: Data) -> None:
    kind = type(up.resolver)
    if up.wrong:
        stage.results.spoil(kind.name, up.wrong)
    stage.results.add("in-force", kind.name, pss=up.server.pss_mb())
    if stage.plan.swaps and kind.reloads:
        _swaps(stage, up, data, stage.plan.swaps if kind is Ours else 1)
    if wrong := judged_wrongly(up.resolver, data):
        stage.results.spoil(kind.name, f"after the swap {wrong}")


@dataclass(frozen=True, slots=True)
class Swap:
    """One list in place of another.

    seconds      from the order until its new name was blocked
    longest_s    the longest wait for an answer meanwhile, and for a moment after
    lost         questions meanwhile that were never answered
    """

    seconds: float
    longest_s: float
    lost: int


def _swaps(stage: Stage, up: Up, data: Data, count: int) -> None:
    """Swap so many lists, each with a name more than the one before, under a steady load."""
    changing = stage.work / f"{up.resolver.name}-list.tsv"
    shutil.copyfile(data.list_file, changing)
    for _ in range(WARMINGS if type(up.resolver) is Ours else 1):
        fill(up.port, data.warm, WARMING_S, stage.cores.load, once=True)
    load = Background(up.port, data.hot, LOAD_LIMIT_S, stage.cores.load, RATE)
    try:
        if not load.until_answered():
            raise BenchProblem(f"{up.resolver.name} answers nothing at {RATE} questions a second")
        name = up.resolver.name
        load.forget()
        time.sleep(stage.plan.seconds)
        load.catch_up()
        stage.results.add("calm", name, longest=load.longest_s * 1e3, lost=load.lost)
        before = up.server.pss_mb()
        for number in range(count):
            stage.say(f"{name}: swap {number + 1} of {count}")
            _note(stage, name, _swap(stage, up, load, changing, number))
            if number == 0:
                _settled(stage, up, before)
    finally:
        load.stop()
    if name == OURS and count > 1:
        stage.results.add("swaps", OURS, pss=up.server.pss_mb())


def _swap(stage: Stage, up: Up, load: Background, changing: Path, number: int) -> Swap:
    fresh = f"swap-{number}-{time.monotonic_ns()}.example"
    add_to_list(changing, [fresh])
    load.forget()
    began = time.monotonic()
    if isinstance(up.resolver, Ours):
        shutil.copyfile(changing, up.resolver.school.list_file)
        # not on the core of the load tool, whose own delays would be taken for the resolver's
        up.resolver.school.publish(stage.cores.server)
    else:
        up.resolver.write_list(changing)
        up.resolver.reload(up.server)
    blocked = until_blocked(up.port, [fresh], up.server.lives, SWAP_LIMIT_S)
    if blocked is None:
        raise BenchProblem(f"{up.resolver.name}: the new list was not in force after {SWAP_LIMIT_S:.0f} s")
    time.sleep(LULL_S)  # what waited meanwhile is answered now
    load.catch_up()
    return Swap(blocked - began, load.longest_s, load.lost)


def _note(stage: Stage, name: str, swap: Swap) -> None:
    stage.results.add("swap", name, seconds=swap.seconds, longest=swap.longest_s * 1e3, lost=swap.lost)


def _settled(stage: Stage, up: Up, before: float) -> None:
    """Memory some time after the first swap, beside that before it; the load goes on."""
    if up.resolver.name != OURS:
        return
    time.sleep(stage.plan.settle_s)
    after = up.server.pss_mb()
    stage.results.add("swap-after-a-minute", OURS, pss=after)
    stage.results.add("swap-after-a-minute", BEFORE, pss=before)
    if stage.plan.swaps > 1:
        stage.results.add("swaps", FIRST, pss=after)
