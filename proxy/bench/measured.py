"""How long did a program run, on how much CPU, and with how much memory at its greatest?"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from proxy.bench import readings
from proxy.bench.errors import BenchProblem
from proxy.bench.running import Server
from proxy.bench.stage import Stage

LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a program and all that it started.

    peak_mb   greatest memory of all its processes together, looked at ten times a second
    stolen    share of the time that the hypervisor took
    """

    seconds: float
    cpu_s: float
    peak_mb: float
    stolen: float


def measured(stage: Stage, argv: Sequence[str], log: Path, cores: str, limit_s: float) -> Ran:
    """Run a program to its end.

    Raises BenchProblem when it fails or takes too long, with what it said.
    """
    machine = readings.machine()
    before = os.times()
    started = stage.running.start(argv, log, cores=cores)
    server, peak = Server([started]), 0.0
    while started.lives():
        peak = max(peak, server.pss_mb())
        if time.monotonic() - started.began > limit_s:
            stage.running.stop(started)
            raise BenchProblem(f"{argv[-1]} was not done after {limit_s:.0f} s")
        time.sleep(LOOK_EVERY_S)
    seconds = time.monotonic() - started.began
    after = os.times()
    stage.running.stop(started)
    if started.process.returncode:
        raise BenchProblem(f"{' '.join(argv)} failed: {started.said()}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Ran(seconds, cpu, peak, readings.machine().stolen_since(machine))
