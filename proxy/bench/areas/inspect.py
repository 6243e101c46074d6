"""`bench inspect`: what does a request cost that is read, and a connection that is opened?"""

from collections.abc import Sequence

from proxy.bench.errors import BenchProblem
from proxy.bench.origin import start_origin
from proxy.bench.programs import require
from proxy.bench.proxies.bare_master import BareMaster
from proxy.bench.proxies.e2guardian import E2guardianMitm
from proxy.bench.proxies.mitmdump import Mitmdump
from proxy.bench.proxies.ours import OursInspecting
from proxy.bench.proxies.proxy import WebProxy
from proxy.bench.proxies.same_master import SameMaster
from proxy.bench.proxies.squid import SquidBump
from proxy.bench.proxies.started import (
    HTTP_KEPT,
    HTTPS_BIG,
    HTTPS_KEPT,
    HTTPS_NEW,
    TOOLS,
    Case,
    Up,
    bring_up_all,
    judged_wrongly,
    shim,
)
from proxy.bench.proxies.started import (
    measure as measure_case,
)
from proxy.bench.results import OURS
from proxy.bench.stage import Stage

PEERS: dict[str, type[WebProxy]] = {
    kind.name: kind for kind in (Mitmdump, BareMaster, SameMaster, SquidBump, E2guardianMitm)
}
PEER_NAMES = tuple(PEERS)
CASES = (HTTP_KEPT, HTTPS_KEPT, HTTPS_NEW, HTTPS_BIG)
WARM, FIRST_HALF = "warm", "first-half"
FRUITLESS = 30  # so many loads in a row without one answer, and it is taken for dead


def measure(stage: Stage) -> None:
    """Measure inspection.

    Raises BenchProblem when a tool is missing or the filter itself does not come up.
    """
    require(TOOLS)
    data = stage.data()
    kinds: list[type[WebProxy]] = [
        OursInspecting,
        *(kind for name, kind in PEERS.items() if stage.plan.wants(name)),
    ]
    origin = start_origin(stage, on_443=E2guardianMitm in kinds)
    ups = bring_up_all(stage, kinds, origin, data, shim(stage))
    for _ in stage.rounds("inspection"):
        for case in CASES:
            for up in ups:
                measure_case(stage, up, case)
    ours = next(up for up in ups if up.name == OURS)
    _memory_over(stage, ours, HTTPS_KEPT, stage.plan.requests, "after-requests")
    _memory_over(stage, ours, HTTPS_BIG, stage.plan.bodies, "after-bodies")
    for up in ups:
        if wrong := judged_wrongly(up):
            stage.results.spoil(up.name, f"after the load {wrong}")


def _memory_over(stage: Stage, up: Up, case: Case, wanted: int, called: str) -> None:
    """Memory while so many requests pass: before them, and the greatest in the first half and in the second.

    The rounds before have warmed everything.
    """
    if not wanted:
        return
    stage.results.add(called, WARM, pss=up.server.pss_mb())
    readings: list[tuple[int, float]] = []
    done = fruitless = 0
    while done < wanted:
        stage.say(f"{called}: {done:,} of {wanted:,}")
        got = measure_case(stage, up, case, called).requests
        done, fruitless = done + got, 0 if got else fruitless + 1
        if fruitless == FRUITLESS:
            raise BenchProblem(f"{up.name} answers no more after {done:,} requests")
        readings.append((done, up.server.pss_mb()))
    first, second = by_half(readings)
    stage.results.add(called, OURS, pss=second)
    if first is not None:
        stage.results.add(called, FIRST_HALF, pss=first)
    else:
        few = "one load was enough for all of them; ask for more, or give less --seconds"
        stage.results.skip(f"{FIRST_HALF}, {called}", few)


def by_half(readings: Sequence[tuple[int, float]]) -> tuple[float | None, float]:
    """The greatest of some readings of memory in the first half of a load (None: there is none) and
    in the second.

    readings    each after so many requests
    """
    middle = readings[-1][0] / 2
    first = [mb for at, mb in readings if at <= middle]
    return max(first, default=None), max(mb for at, mb in readings if at > middle)
