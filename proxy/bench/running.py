"""How is a program started on given cores, and surely stopped?"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from proxy.bench import readings
from proxy.bench.errors import BenchProblem
from proxy.bench.programs import find, need

STOP_S = 10.0
_LOG_TAIL = 600


class Started:
    """A program in a session of its own, pinned to cores, with its output in a file.

    cores   as `taskset -c` takes them, such as `0` or `0,1`; "" leaves the choice to the kernel

    It is told to end when this process dies, however that comes about.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log: Path,
        *,
        cores: str = "",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.log = log
        self.began = time.monotonic()
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [*ending_with_us(), *pinned(cores), *argv],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id; also that of its session and process group."""
        return self.process.pid

    def lives(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def said(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace")[-_LOG_TAIL:].strip() if self.log.exists() else ""

    def signal(self, number: int) -> None:
        """Send a signal to the first process only."""
        if self.lives():
            self.process.send_signal(number)

    def tell_to_end(self) -> None:
        """Ask the whole process group to end, and do not wait."""
        self._kill(signal.SIGTERM)

    def stop(self) -> None:
        """End the whole process group, kindly first; returns when the first process is gone."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._kill(number)
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                continue

    def _kill(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


class Running:
    """Everything that was started, so that all of it is stopped whatever happens."""

    def __init__(self) -> None:
        self._started: list[Started] = []

    def start(
        self,
        argv: Sequence[str],
        log: Path,
        *,
        cores: str = "",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Started:
        """Start a program and remember it.

        Raises BenchProblem when it cannot be started at all.
        """
        try:
            started = Started(argv, log, cores=cores, cwd=cwd, env=env)
        except OSError as error:
            raise BenchProblem(f"{argv[0]} cannot be started: {error.strerror}") from error
        self._started.append(started)
        return started

    def stop(self, started: Started) -> None:
        """Stop one of them."""
        started.stop()
        self._started.remove(started)

    def stop_all(self) -> None:
        """Stop all of them, the last first; all are told before any is waited for."""
        for started in self._started:
            started.tell_to_end()
        while self._started:
            self._started.pop().stop()


class Server:
    """What a peer runs as: one process, or several that share a port."""

    def __init__(self, processes: Sequence[Started]) -> None:
        self.processes = tuple(processes)

    @property
    def began(self) -> float:
        """When the first was started, on the monotonic clock."""
        return min(process.began for process in self.processes)

    @property
    def pids(self) -> list[int]:
        """The first processes of all trees."""
        return [process.pid for process in self.processes]

    def lives(self) -> bool:
        """Whether all still run."""
        return all(process.lives() for process in self.processes)

    def cpu_s(self) -> float:
        """CPU seconds so far."""
        return readings.cpu_s(self.pids)

    def pss_mb(self) -> float:
        """Memory now, in MiB."""
        return readings.pss_mb(self.pids)

    def said(self) -> str:
        """The end of what they printed."""
        return "\n".join(filter(None, (process.said() for process in self.processes)))

    def signal(self, number: int) -> None:
        """Send a signal to each first process."""
        for process in self.processes:
            process.signal(number)


def run(
    argv: Sequence[str],
    *,
    cores: str = "",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout_s: float = 600,
) -> str:
    """Run a program to its end and return what it printed.

    Raises BenchProblem when it fails or takes too long, with what it said.
    """
    try:
        done = subprocess.run(
            [*pinned(cores), *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=cwd,
            env={**os.environ, **(env or {})},
            timeout=timeout_s,
            check=False,
        )
    except OSError as error:
        raise BenchProblem(f"{argv[0]} cannot be started: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise BenchProblem(f"{argv[0]} was not done after {timeout_s:.0f} s") from error
    if done.returncode:
        raise BenchProblem(f"{argv[0]} failed: {(done.stderr or done.stdout).strip()[-_LOG_TAIL:]}")
    return done.stdout


def pinned(cores: str) -> list[str]:
    """The words in front of a command that keep it on the given cores."""
    return [need("taskset"), "-c", cores] if cores else []


def ending_with_us() -> list[str]:
    """The words in front of a command that have the kernel end it when this process dies."""
    setpriv = find("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []
