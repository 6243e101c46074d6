"""How do several like workers run in one tree of processes, sharing the memory of what they have in common?

One process imports everything and opens nothing; then it forks the workers, which share its pages for as
long as nobody writes to them. It starts again whoever dies, and has no thread and no event loop of its own:
a fork copies only what is at rest.
"""

import gc
import logging
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from proxy.supervisor.backoff import STABLE_S, Backoff
from proxy.supervisor.child import GRACE_S, die_with, ending, step_back

log = logging.getLogger(__name__)

SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD})

type Work = Callable[[int], int]


@dataclass(eq=False)
class _Place:
    """A worker's number, with who fills it at the moment.

    due   when the next one starts, by the monotonic clock; None while one runs
    """

    number: int
    pid: int = 0
    began: float = 0.0
    due: float | None = 0.0
    backoff: Backoff = field(default_factory=Backoff)


class Group:
    """Workers forked from this process, kept running until SIGTERM or SIGINT.

    name       what messages call them; a worker is `name-number`
    count      how many
    work       called in each worker with its number; returns its exit status
    on_hangup  a command to run at SIGHUP, one at a time; it ends with this process
    """

    def __init__(self, name: str, count: int, work: Work, on_hangup: tuple[str, ...] = ()) -> None:
        self._name, self._work, self._on_hangup = name, work, on_hangup
        self._places = [_Place(number) for number in range(count)]
        self._stable = False
        self._failed = 0
        self._stopping = False
        self._wanted = False
        self._command: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Keep the workers running; return 0 when told to stop.

        When a worker fails at once and none has ever run well, nothing will get better by itself: all of
        them end, and its exit status is returned.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        gc.collect()
        gc.freeze()  # a collection in a worker then leaves the pages that all share alone
        try:
            while not (self._stopping or self._failed):
                self._start_due(before)
                self._heed(signal.sigtimedwait(SIGNALS, self._longest_wait()))
            return self._failed
        finally:
            self._end_all()
            gc.unfreeze()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers by number; 0 for one that waits."""
        return [place.pid for place in self._places]

    def _start_due(self, mask: set[signal.Signals] | set[int]) -> None:
        now = time.monotonic()
        for place in self._places:
            if place.due is None or place.due > now:
                continue
            try:
                place.pid = self._fork(place.number, mask)
            except OSError as error:  # no memory, or too many processes: the workers that run go on
                place.backoff = place.backoff.after(0.0)
                place.due = now + place.backoff.delay_s
                log.error(
                    "%s-%d cannot be started: %s; tried again in %.1f s",
                    self._name, place.number, error.strerror, place.backoff.delay_s,
                )  # fmt: skip
            else:
                place.began, place.due = now, None

    def _fork(self, number: int, mask: set[signal.Signals] | set[int]) -> int:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            die_with(parent)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a terminal tells the whole group of its end
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            status = self._work(number)
        except BaseException:  # noqa: BLE001  (whatever it is, it must not go on as if it were the parent)
            traceback.print_exc()
        finally:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _longest_wait(self) -> float:
        dues = [place.due for place in self._places if place.due is not None]
        return max(min(dues) - time.monotonic(), 0.0) if dues else 3600.0

    def _heed(self, told: "signal.struct_siginfo | None") -> None:
        if told is not None and told.si_signo in (signal.SIGTERM, signal.SIGINT):
            self._stopping = True
        elif told is not None and told.si_signo == signal.SIGHUP:
            self._wanted = True
        self._reap()
        self._run_command()

    def _reap(self) -> None:
        """Take note of every worker that ended."""
        for place in self._places:
            if place.pid:
                pid, status = os.waitpid(place.pid, os.WNOHANG)
                if pid:
                    place.pid = 0
                    self._plan(place, os.waitstatus_to_exitcode(status))

    def _plan(self, place: _Place, status: int) -> None:
        """Say when the worker that ended is started again, unless there is no sense in it."""
        if self._stopping:
            return
        now = time.monotonic()
        self._stable = self._stable or now - place.began >= STABLE_S
        if status > 0 and not self._stable:
            self._failed = status
            return
        place.backoff = place.backoff.after(now - place.began)
        place.due = now + place.backoff.delay_s
        log.warning(
            "%s-%d ended (%s); it starts again in %.1f s",
            self._name, place.number, ending(status), place.backoff.delay_s,
        )  # fmt: skip

    def _run_command(self) -> None:
        if self._command is not None and self._command.poll() is not None:
            self._command = None
        if not self._wanted or self._command is not None or not self._on_hangup:
            return
        self._wanted = False
        log.info("SIGHUP: publishing the settings anew")
        try:
            self._command = subprocess.Popen(  # noqa: S603  (one of our own commands)
                self._on_hangup,
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr.fileno(),
                process_group=0,
                preexec_fn=partial(step_back, os.getpid()),
            )
        except OSError as error:
            log.error("`%s` cannot be started: %s", " ".join(self._on_hangup), error)

    def _end_all(self) -> None:
        """Ask every worker to end; kill those that do not within the time of grace."""
        self._stopping = True
        for place in self._places:
            if place.pid:
                os.kill(place.pid, signal.SIGTERM)
        ends = time.monotonic() + GRACE_S
        while any(place.pid for place in self._places) and time.monotonic() < ends:
            signal.sigtimedwait({signal.SIGCHLD}, 0.5)
            self._reap()
        for place in self._places:
            if place.pid:
                name = f"{self._name}-{place.number}"
                log.warning("%s did not end within %.0f s and is killed", name, GRACE_S)
                os.kill(place.pid, signal.SIGKILL)
                os.waitpid(place.pid, 0)
                place.pid = 0
