"""Is this part running? Start it, notice its end, start it again, stop it."""

import asyncio
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any

from proxy.supervisor.backoff import Backoff
from proxy.supervisor.succession import Ear

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
GRACE_S = 8.0
LEAVE_S = 75.0
COMMAND_NICE = 3  # what compiles lists beside the workers steps back a little, and is not starved


class State(Enum):
    """Where a part is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the filter.

    name       as messages and metrics call it, such as `dns-0`
    argv       program and arguments
    pass_fds   file descriptors it inherits (the proxy's listening socket)
    filters    whether it is part of the filter itself, which is ready only when all such parts run
    """

    name: str
    argv: tuple[str, ...]
    pass_fds: tuple[int, ...] = ()
    filters: bool = True


@dataclass(eq=False)
class Child:
    """A part, kept alive.

    on_restart   told each time the part is started again after it ended by itself
    """

    part: Part
    on_restart: Callable[[str], None] = lambda name: None
    state: State = State.WAITING
    restarts: int = 0
    pid: int = 0
    _backoff: Backoff = field(default_factory=Backoff)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _renew: asyncio.Event = field(default_factory=asyncio.Event)
    _serves: asyncio.Event = field(default_factory=asyncio.Event)
    _leaving: set[asyncio.Task[None]] = field(default_factory=set)

    async def keep_running(self) -> None:
        """Run the part, and again whenever it ends, until `stop` is called."""
        while not self._stop.is_set():
            began = time.monotonic()
            status = await self._run_once()
            self.pid = 0
            if self._stop.is_set():
                break
            if status is None:
                continue
            self.state = State.WAITING
            self._backoff = self._backoff.after(time.monotonic() - began)
            delay = self._backoff.delay_s
            log.warning("%s ended (%s); it starts again in %.1f s", self.part.name, ending(status), delay)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), delay)
            if not self._stop.is_set():
                self.restarts += 1
                self.on_restart(self.part.name)
        await asyncio.gather(*self._leaving)
        self.state = State.STOPPED

    async def _run_once(self) -> int | None:
        """Run the part to its end and return its status; None when a successor is wanted at once."""
        ear = Ear(self._serves)
        try:
            process = await asyncio.create_subprocess_exec(
                *self.part.argv,
                pass_fds=(*self.part.pass_fds, ear.theirs),
                env=ear.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=partial(die_with, os.getpid()),
            )
        except OSError as error:
            log.error("%s cannot be started: %s", self.part.name, error)
            ear.discard()
            return 127
        ear.listen()
        self.pid, self.state = process.pid, State.RUNNING
        ended = asyncio.ensure_future(process.wait())
        self._renew.clear()
        await _first_of(ended, self._stop.wait(), ear.leaves.wait(), self._renew.wait())
        ear.close()
        if self._renew.is_set() and not ended.done() and not self._stop.is_set():
            log.info("%s starts again with the settings as they are now", self.part.name)
            await _end(process, ended, self.part.name)
            await ended
            return None
        if not ended.done() and not self._stop.is_set():
            log.info("%s has grown past its bound; a successor starts", self.part.name)
            self._serves.clear()
            seeing_off = asyncio.create_task(self._see_off(process, ended))
            self._leaving.add(seeing_off)
            seeing_off.add_done_callback(self._leaving.discard)
            return None
        if not ended.done():
            await _end(process, ended, self.part.name)
        return await ended

    async def _see_off(self, process: asyncio.subprocess.Process, ended: "asyncio.Future[int]") -> None:
        """Let a process that is being replaced end as soon as its successor serves."""
        await _first_of(ended, self._stop.wait(), self._serves.wait())
        if not ended.done():
            patience_s = GRACE_S if self._stop.is_set() else LEAVE_S
            await _end(process, ended, self.part.name, patience_s)

    def renew(self) -> None:
        """Ask the part to end, and start it again at once."""
        self._renew.set()

    def stop(self) -> None:
        """Ask the part to end and do not start it again."""
        self._stop.set()


async def _first_of(ended: "asyncio.Future[int]", *others: Coroutine[Any, Any, object]) -> None:
    """Wait until a process has ended or one of the others is done."""
    tasks: list[asyncio.Future[Any]] = [asyncio.ensure_future(other) for other in others]
    await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


async def _end(
    process: asyncio.subprocess.Process,
    ended: "asyncio.Future[int]",
    name: str,
    patience_s: float = GRACE_S,
) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(asyncio.shield(ended), patience_s)
    except TimeoutError:
        log.warning("%s did not end within %.0f s and is killed", name, patience_s)
        process.kill()


def ending(status: int) -> str:
    """Say in words how a process ended, from its return code (negative: a signal)."""
    if status >= 0:
        return f"exit status {status}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-status).name}"
    return f"killed by signal {-status}"


def step_back(parent: int) -> None:
    """In a command beside the workers: end with its parent, and let the workers answer before it goes on."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    die_with(parent)
    os.nice(COMMAND_NICE)


if sys.platform == "linux":
    _libc = ctypes.CDLL(None, use_errno=True)

    def die_with(parent: int) -> None:
        """In a child: be told to end when the parent dies, however it dies (prctl(2))."""
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
else:

    def die_with(parent: int) -> None:
        """Nothing of the kind exists here; the service manager ends the group."""
