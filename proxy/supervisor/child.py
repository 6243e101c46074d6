"""Is this part running? Start it, notice its end, start it again, stop it."""

import asyncio
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from proxy.supervisor.backoff import Backoff

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
GRACE_S = 8.0


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
    """

    name: str
    argv: tuple[str, ...]
    pass_fds: tuple[int, ...] = ()


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

    async def keep_running(self) -> None:
        """Run the part, and again whenever it ends, until `stop` is called."""
        while not self._stop.is_set():
            began = time.monotonic()
            status = await self._run_once()
            self.pid = 0
            if self._stop.is_set():
                break
            self.state = State.WAITING
            self._backoff = self._backoff.after(time.monotonic() - began)
            delay = self._backoff.delay_s
            log.warning("%s ended (%s); it starts again in %.1f s", self.part.name, ending(status), delay)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), delay)
            if not self._stop.is_set():
                self.restarts += 1
                self.on_restart(self.part.name)
        self.state = State.STOPPED

    async def _run_once(self) -> int:
        try:
            process = await asyncio.create_subprocess_exec(
                *self.part.argv,
                pass_fds=self.part.pass_fds,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        except OSError as error:
            log.error("%s cannot be started: %s", self.part.name, error)
            return 127
        self.pid, self.state = process.pid, State.RUNNING
        ended = asyncio.ensure_future(process.wait())
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ended.done():
            await _end(process, ended, self.part.name)
        return await ended

    def stop(self) -> None:
        """Ask the part to end and do not start it again."""
        self._stop.set()


async def _end(process: asyncio.subprocess.Process, ended: "asyncio.Future[int]", name: str) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(asyncio.shield(ended), GRACE_S)
    except TimeoutError:
        log.warning("%s did not end within %.0f s and is killed", name, GRACE_S)
        process.kill()


def ending(status: int) -> str:
    """Say in words how a process ended, from its return code (negative: a signal)."""
    if status >= 0:
        return f"exit status {status}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-status).name}"
    return f"killed by signal {-status}"


if sys.platform == "linux":
    _libc = ctypes.CDLL(None, use_errno=True)

    def _die_with_parent() -> None:
        """In the child: be told to end when the supervisor dies, however it dies (prctl(2))."""
        parent = os.getppid()
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
else:

    def _die_with_parent() -> None:
        """Nothing of the kind exists here; the service manager ends the group."""
