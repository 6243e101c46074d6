"""`bench approval`: how long after a decision does every worker of resolver and proxy act on it?

The whole filter with console and timers, two workers of each kind. The desk approves a site for one class
and revokes it again; a pupil of that class asks each worker for it without a pause, and the time runs from
the word to decide until the last worker has changed its answer.
"""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from proxy.bench.decider import HOST
from proxy.bench.errors import BenchProblem
from proxy.bench.gateway import ORIGIN, Gateway
from proxy.bench.office import percentile
from proxy.bench.probes import NameProbe, PageProbe, Probe, one_for_each
from proxy.bench.questions import LOOPBACK
from proxy.bench.results import OURS
from proxy.bench.stage import Stage

PEER_NAMES: tuple[str, ...] = ()
PUPIL = "127.0.2.17"
DECISIONS = 20
LIMIT_S = 60.0


def measure(stage: Stage) -> None:
    """Measure approvals and revocations."""
    gateway = Gateway(stage.folder("approval"), stage.running, stage.cores.server)
    gateway.write()
    stage.say("starting the filter with its console")
    gateway.start_all()
    with Decider(gateway.config, stage.work / "decider.log") as decider:
        for _ in stage.rounds(f"{DECISIONS} approvals and revocations"):
            opens, closes = [], []
            for _ in range(DECISIONS):
                opens.append(_changed(gateway, decider, "approve", opened=True))
                closes.append(_changed(gateway, decider, "revoke", opened=False))
            for case, lengths in (("opens", opens), ("closes", closes)):
                stage.results.add(
                    case, OURS, median=median(lengths), p95=percentile(lengths, 0.95), longest=max(lengths)
                )


def _resolvers(gateway: Gateway) -> list[Probe]:
    at = (LOOPBACK, gateway.dns)
    return one_for_each(gateway.resolvers, lambda: NameProbe(at, PUPIL, HOST, ORIGIN))


def _proxies(gateway: Gateway) -> list[Probe]:
    url = f"http://{HOST}:{gateway.origin_http}/"
    return one_for_each(gateway.proxies, lambda: PageProbe((LOOPBACK, gateway.proxy), PUPIL, url))


def _changed(gateway: Gateway, decider: "Decider", step: str, *, opened: bool) -> float:
    """Milliseconds from the word to decide until the last worker's answer is the new one."""
    probes = [*_resolvers(gateway), *_proxies(gateway)]
    if any(probe.is_open() is opened for probe in probes):
        raise BenchProblem(f"{HOST} is {'open' if opened else 'blocked'} before it is decided")
    began = time.perf_counter()
    decider.begin(step)
    waiting = list(probes)
    while waiting:
        waiting = [probe for probe in waiting if probe.is_open() is not opened]
        if time.perf_counter() - began > LIMIT_S:
            raise BenchProblem(f"{len(waiting)} workers do not act on a decision; {decider.said()}")
    took = (time.perf_counter() - began) * 1000
    decider.end()
    for probe in probes:
        probe.close()
    return took


class Decider:
    """The process that decides, as a context."""

    def __init__(self, config: Path, log: Path) -> None:
        self._config, self._log = config, log

    def __enter__(self) -> "Decider":
        words = [sys.executable, "-m", "proxy.bench.decider", "--config", str(self._config)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self._expect("ready")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def begin(self, step: str) -> None:
        """Tell it to decide, and do not wait."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{step}\n")
        self._process.stdin.flush()

    def end(self) -> None:
        """Wait until it says that it is done."""
        self._expect("done")

    def said(self) -> str:
        """The end of what it complained of."""
        return self._log.read_text(errors="replace")[-600:]

    def _expect(self, word: str) -> None:
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != word:
            raise BenchProblem(f"the desk did not say {word}: {self.said()}")
