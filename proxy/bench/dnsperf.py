"""What does dnsperf say of one load of questions?"""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from proxy.bench.errors import BenchProblem
from proxy.bench.programs import need
from proxy.bench.questions import LOOPBACK
from proxy.bench.running import ending_with_us, pinned

PIECE = 1 << 20  # octets of reports that are read at once
TIMEOUT_S = 2
CLIENTS = 40
TOLERATED = 0.02  # a load that outruns a server loses some questions; more than this is no measurement
JUDGED = frozenset({"NOERROR", "NXDOMAIN"})  # what any of them answers when it has judged a name
_TOTAL = {"sent": "Queries sent", "completed": "Queries completed"}


@dataclass(frozen=True, slots=True)
class Load:
    """Totals of one load.

    run_s        how long it took
    longest_s    the longest wait for an answer
    failed       answers that judge nothing: SERVFAIL, REFUSED and the like
    """

    sent: int
    completed: int
    run_s: float
    longest_s: float
    failed: int = 0

    @property
    def lost(self) -> int:
        """Questions without an answer."""
        return self.sent - self.completed

    @property
    def fault(self) -> str:
        """Why its figures mean nothing; "" when they do mean something."""
        if self.lost > TOLERATED * self.sent:
            return f"{self.lost} of {self.sent} questions were not answered"
        if self.failed > TOLERATED * self.completed:
            return f"{self.failed} of {self.completed} questions were answered with an error"
        return ""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.completed / self.run_s if self.run_s else 0.0


def words(
    port: int,
    questions: Path,
    seconds: float,
    *,
    rate: int = 0,
    once: bool = False,
    outstanding: int = 200,
    verbose: bool = False,
) -> list[str]:
    """The command line of a load.

    rate      questions a second; 0 for as many as are answered
    once      each question at most once
    verbose   report each answer
    """
    argv = [need("dnsperf"), "-s", LOOPBACK, "-p", str(port), "-d", str(questions), "-l", str(seconds)]
    argv += ["-c", str(CLIENTS), "-T", "1", "-q", str(outstanding), "-t", str(TIMEOUT_S), "-b", "4096"]
    argv += ["-n", "1"] if once else []
    argv += ["-Q", str(rate)] if rate else []
    return [*argv, "-v"] if verbose else argv


def load(
    port: int,
    questions: Path,
    seconds: float,
    cores: str,
    *,
    rate: int = 0,
    once: bool = False,
    outstanding: int = 200,
    verbose: bool = False,
) -> tuple[Load, str]:
    """Load a resolver; return the totals, and everything dnsperf printed."""
    argv = words(port, questions, seconds, rate=rate, once=once, outstanding=outstanding, verbose=verbose)
    try:
        done = subprocess.run(
            [*pinned(cores), *argv], capture_output=True, text=True, timeout=seconds + 30, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BenchProblem("dnsperf did not end") from error
    return parse(done.stdout, done.stderr), done.stdout


def parse(text: str, errors: str = "") -> Load:
    """Read the statistics at the end of what dnsperf prints.

    Raises BenchProblem when there are none.
    """
    totals = {name: _number(text, label) for name, label in _TOTAL.items()}
    run_s = _number(text, "Run time (s)")
    if run_s is None or None in totals.values():
        raise BenchProblem(
            f"dnsperf gave no statistics: {(errors or text).strip()[-300:] or 'it said nothing'}"
        )
    longest = re.search(r"Average Latency \(s\):.*max ([0-9.]+)", text)
    return Load(
        int(totals["sent"] or 0),
        int(totals["completed"] or 0),
        run_s,
        float(longest.group(1)) if longest else 0.0,
        sum(count for rcode, count in _response_codes(text) if rcode not in JUDGED),
    )


def _response_codes(text: str) -> list[tuple[str, int]]:
    line = re.search(r"Response codes:(.*)", text)
    return (
        [(rcode, int(count)) for rcode, count in re.findall(r"(\w+) (\d+) \(", line.group(1))] if line else []
    )


def _number(text: str, label: str) -> float | None:
    found = re.search(rf"{re.escape(label)}:\s+([0-9.]+)", text)
    return float(found.group(1)) if found else None


def waits_s(text: str) -> list[float]:
    """How long each answer of a verbose load took, in seconds, the shortest first.

    A question that was never answered took as long as dnsperf waits.
    """
    found = [wait for line in text.splitlines() if (wait := _wait(line)) is not None]
    return sorted(found)


def _wait(line: str) -> float | None:
    if not line.startswith("> "):
        return None
    if line.startswith("> T "):
        return float(TIMEOUT_S)
    try:
        return float(line.rpartition(" ")[2])
    except ValueError:
        return None


def share(ordered: Sequence[float], part: float) -> float:
    """The value that `part` of the ordered values do not exceed; 0.0 of none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


class Background:
    """A steady load beside what is measured. Its reports go to a file without a name, and are read when they
    are asked for: whoever read them as they come would share the processor with what is measured.

    `longest_s`, `lost` and `answered` speak of the time from the last `forget` to the last `catch_up`.
    """

    def __init__(self, port: int, questions: Path, seconds: float, cores: str, rate: int) -> None:
        argv = words(port, questions, seconds, rate=rate, outstanding=2_000, verbose=True)
        self._reports = tempfile.TemporaryFile("ab")  # noqa: SIM115  (closed by `stop`)
        self._process = subprocess.Popen(
            [*ending_with_us(), *pinned(cores), *argv], stdout=self._reports, stderr=subprocess.DEVNULL
        )
        self.longest_s, self.lost, self.answered = 0.0, 0, 0
        self._read, self._cut = 0, b""

    def catch_up(self) -> None:
        """Take note of what was reported by now; dnsperf keeps back up to a few kilobytes."""
        while piece := os.pread(self._reports.fileno(), PIECE, self._read):
            self._read += len(piece)
            *lines, self._cut = (self._cut + piece).split(b"\n")
            self.watch(line.decode("ascii", "replace") for line in lines)

    def watch(self, lines: Iterable[str]) -> None:
        """Take note of reports."""
        for line in lines:
            if line.startswith("> T "):
                self.lost += 1
                self.longest_s = max(self.longest_s, float(TIMEOUT_S))
            elif (wait := _wait(line)) is not None:
                self.answered += 1
                self.longest_s = max(self.longest_s, wait)

    def forget(self) -> None:
        """Begin to count anew."""
        self.catch_up()
        self.longest_s, self.lost, self.answered = 0.0, 0, 0

    def lives(self) -> bool:
        """Whether it still asks."""
        return self._process.poll() is None

    def until_answered(self, limit_s: float = 10.0) -> bool:
        """Wait until answers come."""
        deadline = time.monotonic() + limit_s
        while not self.answered and self.lives() and time.monotonic() < deadline:
            time.sleep(0.05)
            self.catch_up()
        return self.answered > 0

    def stop(self) -> None:
        """End it, and take note of its last reports."""
        if self.lives():
            self._process.terminate()
        self._process.wait()
        self.catch_up()
        self._reports.close()
