"""`bench frontdoor`: what does TLS cost that passes without being opened?"""

import contextlib
import socket
import time

from proxy.bench import wrk
from proxy.bench.dnsperf import share
from proxy.bench.origin import BIG, HOST, SMALL, start_origin
from proxy.bench.programs import require
from proxy.bench.proxies.mitmdump import MitmdumpIgnoring
from proxy.bench.proxies.ours import Ours
from proxy.bench.proxies.proxy import WebProxy
from proxy.bench.proxies.squid import SquidSplice
from proxy.bench.proxies.started import (
    TOOLS,
    Case,
    Up,
    bring_up_all,
    judged_wrongly,
    paced,
    shim,
    spoil_if_broken,
)
from proxy.bench.proxies.started import (
    measure as measure_case,
)
from proxy.bench.stage import Stage
from proxy.bench.visits import idle, secure

PEERS: dict[str, type[WebProxy]] = {kind.name: kind for kind in (SquidSplice, MitmdumpIgnoring)}
PEER_NAMES = tuple(PEERS)
NEW = Case("new", "https", SMALL, fresh=True)
KEPT = Case("keep-alive", "https", SMALL)
LONG = Case("big", "https", BIG, connections=8)
CASES = (NEW, KEPT, LONG)
SETTLE_S = 2.0
TLS_HANDSHAKE = b"\x16"


def measure(stage: Stage) -> None:
    """Measure tunnels.

    Raises BenchProblem when a tool is missing or the filter itself does not come up.
    """
    require(TOOLS)
    data = stage.data()
    origin = start_origin(stage)
    kinds: list[type[WebProxy]] = [Ours, *(kind for name, kind in PEERS.items() if stage.plan.wants(name))]
    ups = bring_up_all(stage, kinds, origin, data, shim(stage))
    for _ in stage.rounds("tunnels"):
        for case in CASES:
            for up in ups:
                measure_case(stage, up, case)
    for up in ups:
        _latency(stage, up)
    if stage.plan.idle:
        for up in ups:
            _idle(stage, up)
    for up in ups:
        if wrong := judged_wrongly(up):
            stage.results.spoil(up.name, f"after the load {wrong}")


def _latency(stage: Stage, up: Up) -> None:
    """At half of the greatest load, fetch a page on a new connection, in turn with and without the proxy.

    The same load lies on the machine for both, so the difference is what the proxy adds.
    """
    greatest = stage.results.spread("new.rate", up.name)
    if greatest is None:
        return
    stage.say(f"{up.name}: latency at half load")
    seconds = stage.plan.seconds * stage.plan.rounds
    load = wrk.start(paced(up, NEW, greatest.median / 2), seconds, stage.cores.load, stage.work)
    through: list[float] = []
    direct: list[float] = []
    end = time.monotonic() + seconds
    time.sleep(min(SETTLE_S, seconds / 4))  # the load begins with all of its handshakes at once
    while time.monotonic() < end:
        through.append(_fetch_s(stage, up, direct=False))
        direct.append(_fetch_s(stage, up, direct=True))
    spoil_if_broken(stage, up, "half-load", wrk.finish(load, seconds), NEW)
    through.sort()
    direct.sort()
    stage.results.add(
        "half-load",
        up.name,
        p50=share(through, 0.5) * 1e6,
        p99=share(through, 0.99) * 1e6,
        added=max(0.0, share(through, 0.99) - share(direct, 0.99)) * 1e3,
    )


def _fetch_s(stage: Stage, up: Up, *, direct: bool) -> float:
    https = up.proxy.place.origin.https
    began = time.monotonic()
    seen = secure(https if direct else up.port, HOST, https, SMALL, direct=direct)
    if seen.status != 200 and not direct:
        stage.results.spoil(up.name, "a page did not come while the load was on")
    return time.monotonic() - began


def _greets(connection: socket.socket) -> bool:
    """Whether the web server's own greeting has come through a tunnel."""
    with contextlib.suppress(TimeoutError):
        return connection.recv(1) == TLS_HANDSHAKE
    return False


def _idle(stage: Stage, up: Up) -> None:
    """Memory with many tunnels in which nobody speaks, beside that without."""
    stage.say(f"{up.name}: {stage.plan.idle:,} idle connections")
    before = up.server.pss_mb()
    origin = up.proxy.place.origin
    try:
        with idle(up.port, HOST, origin.https, stage.plan.idle) as held:
            time.sleep(SETTLE_S)
            during = up.server.pss_mb()
            for connection in held[:: max(1, len(held) // 20)]:
                if not _greets(connection):
                    stage.results.spoil(up.name, "an idle tunnel was dead")
    except OSError as error:
        stage.results.skip(f"{up.name}, idle", f"connections could not be had: {error}")
        return
    stage.results.add("idle", up.name, pss=during, growth=max(0.0, during - before))
