"""What do all measurements share? The plan, the cores, a place to work, and what is running."""

import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from proxy.bench import readings
from proxy.bench.data import Data, data_in
from proxy.bench.results import Results
from proxy.bench.running import Running, Server


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line asked for.

    data      directory of generated lists and questions
    size      names in the list
    peers     names of peers to measure; empty for all that are installed
    rounds    how often each is measured, in turn
    seconds   length of one load
    swaps     lists: how many lists are swapped in under load
    settle_s  lists: seconds from a swap to the next reading of memory
    idle      frontdoor: how many connections lie idle
    cases     console: how many cases the database holds
    events    console: how many events were recorded a day
    requests, bodies   inspect: how many are sent between two readings of memory; 0 for none
    """

    data: Path
    size: int
    peers: tuple[str, ...]
    rounds: int
    seconds: float
    swaps: int = 1
    settle_s: int = 60
    idle: int = 5_000
    requests: int = 0
    bodies: int = 0
    cases: int = 50_000
    events: int = 1_000_000

    def wants(self, peer: str) -> bool:
        """Whether a peer is to be measured."""
        return not self.peers or peer in self.peers


@dataclass(frozen=True, slots=True)
class Cores:
    """Where what runs, as `taskset -c` takes it.

    server      one core for a server under test
    two         two cores for a server with two workers
    load        for load tool and upstream
    """

    server: str
    two: str
    load: str


def cores_of(available: list[int]) -> Cores:
    """Share out the cores: the load never on the core of a server with one worker, if there are two."""
    first = available[0]
    if len(available) == 1:
        return Cores(str(first), str(first), str(first))
    second = available[1]
    load = f"{available[2]},{available[3]}" if len(available) > 3 else str(available[-1])
    return Cores(str(first), f"{first},{second}", load)


@dataclass
class Stage:
    """Where one area is measured."""

    plan: Plan
    cores: Cores
    work: Path
    running: Running
    results: Results
    say: Callable[[str], None]

    def data(self) -> Data:
        """The list and the questions; made when they are not there yet."""
        self.say(f"list and questions of {self.plan.size:,} names in {self.plan.data}")
        return data_in(self.plan.data, self.plan.size)

    def folder(self, name: str) -> Path:
        """A fresh directory that servers of other users can read and write."""
        folder = self.work / name
        folder.mkdir()
        folder.chmod(0o777)
        return folder

    def rounds(self, what: str) -> Iterator[int]:
        """The numbers of the rounds, said as they begin."""
        for number in range(self.plan.rounds):
            self.say(f"{what}, round {number + 1} of {self.plan.rounds}")
            yield number


@contextmanager
def stage(area: str, plan: Plan, say: Callable[[str], None]) -> Iterator[Stage]:
    """Set the stage, and clear it whatever happens: nothing keeps running, nothing stays on disk."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) == 1:
        say("only one core may be used: server and load share it, and figures are coarse")
    before_umask = os.umask(0o022)  # servers read their files as users of their own
    before_term = signal.signal(signal.SIGTERM, _interrupted)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    work = Path(tempfile.mkdtemp(prefix="schoolgate-bench-"))
    work.chmod(0o755)
    running = Running()
    try:
        yield Stage(plan, cores_of(available), work, running, Results(area), say)
    finally:
        running.stop_all()
        shutil.rmtree(work, ignore_errors=True)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        signal.signal(signal.SIGTERM, before_term)
        os.umask(before_umask)


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Meter:
    """CPU of a server, and time stolen, between two moments."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._cpu, self._machine = server.cpu_s(), readings.machine()

    def read(self, operations: int) -> tuple[float, float]:
        """Microseconds of CPU for each of some operations, and the share of stolen time, since the start."""
        spent = self._server.cpu_s() - self._cpu
        return spent * 1e6 / operations, readings.machine().stolen_since(self._machine)


def to_stderr(line: str) -> None:
    """Say how far it is, beside the figures on standard output."""
    print(f"bench: {line}", file=sys.stderr, flush=True)
