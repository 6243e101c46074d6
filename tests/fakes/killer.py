"""Kills a running filter's processes with SIGKILL, in turn, and notes how long each took to come back.

The supervisor is started again from here, as a service manager would.
"""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from running_filter import RunningFilter

SUPERVISOR = "supervisor"
LOOK_S = 0.02
LATE_S = 150.0


@dataclass(frozen=True)
class Kill:
    """One process killed, when (seconds since the epoch), and how long it took until it was ready again.

    begun, at    it was alive before the one, and dead after the other
    """

    part: str
    begun: float
    at: float
    ready_after_s: float


@dataclass
class Killer:
    """Kills each part so many times, spread over so many seconds, never one that is still recovering."""

    school: RunningFilter
    seconds: float
    kills: int
    supervisor_kills: int
    done: list[Kill] = field(default_factory=list)
    failed: str = ""
    _recovering: dict[str, tuple[int, float, float]] = field(default_factory=dict)

    def run(self) -> None:
        """Kill all that is due; for a thread of its own."""
        try:
            self._run()
        except Exception as error:
            self.failed = f"{type(error).__name__}: {error}"
            raise

    def _run(self) -> None:
        began = time.monotonic()
        waiting = self._plan()
        while waiting or self._recovering:
            now = time.monotonic() - began
            if now > self.seconds + LATE_S:
                self.failed = f"not ready again: {sorted(self._recovering)}; not killed: {waiting}"
                return
            self._keep_supervisor()
            self._notice_recovered()
            for due, part in waiting:
                if due <= now and self._may_kill(part):
                    waiting.remove((due, part))
                    self._kill(part)
                    break
            time.sleep(LOOK_S)

    def _plan(self) -> list[tuple[float, str]]:
        workers = range(self.school.workers)
        parts = [f"{kind}-{number}" for number in workers for kind in ("dns", "http")]
        plan = [
            ((turn + (place + 0.5) / len(parts)) * self.seconds / self.kills, part)
            for turn in range(self.kills)
            for place, part in enumerate(parts)
        ]
        plan += [
            ((turn + 0.9) * self.seconds / self.supervisor_kills, SUPERVISOR)
            for turn in range(self.supervisor_kills)
        ]
        return sorted(plan)

    def _may_kill(self, part: str) -> bool:
        if SUPERVISOR in self._recovering or part in self._recovering:
            return False
        return part == SUPERVISOR or part in self.live()

    def _kill(self, part: str) -> None:
        process = self.school.process
        assert process is not None
        pid = process.pid if part == SUPERVISOR else self.live()[part]
        begun = time.time()
        os.kill(pid, signal.SIGKILL)
        self._recovering[part] = (pid, begun, time.time())
        if part == SUPERVISOR:
            process.wait()

    def _keep_supervisor(self) -> None:
        """Start the supervisor again whenever it is gone, as a service manager does."""
        process = self.school.process
        if process is not None and process.poll() is not None:
            time.sleep(0.1)
            self.school.launch()

    def _notice_recovered(self) -> None:
        live = self.live()
        for part, (pid, begun, at) in list(self._recovering.items()):
            if part == SUPERVISOR:
                numbers: Sequence[int] = range(1 + 2 * self.school.workers)
                fresh = len(live) >= 2 * self.school.workers
            else:
                numbers, fresh = (self._number(part),), live.get(part, pid) != pid
            if fresh and all(self.school.readiness(number) == 200 for number in numbers):
                del self._recovering[part]
                self.done.append(Kill(part, begun, at, time.time() - at))

    def _number(self, part: str) -> int:
        kind, _, number = part.partition("-")
        return 1 + int(number) + (self.school.workers if kind == "http" else 0)

    def live(self) -> dict[str, int]:
        """The workers that run under the present supervisor, straight from the kernel."""
        process = self.school.process
        return dict(_workers(process.pid)) if process is not None else {}


def _workers(supervisor: int) -> Iterator[tuple[str, int]]:
    try:
        children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
        for child in map(int, children):
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if b"--worker" in words:
                number = words[words.index(b"--worker") + 1].decode()
                yield f"{words[3].decode()}-{number}", child
    except (FileNotFoundError, ProcessLookupError):
        return
