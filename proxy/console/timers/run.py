"""How does the timers' process live: one at a time, a thread for each chore, until it is told to stop?"""

import asyncio
import fcntl
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proxy import admin
from proxy.console.site import clock
from proxy.console.site.config import ConsoleConfig
from proxy.console.timers.chores import lanes
from proxy.console.timers.rounds import Complaints, keep_doing

log = logging.getLogger("schoolgate.timers")

LOCK = "timers.lock"
STOP_S = 10.0
LOOK_AGAIN_S = 1.0


def run(config: ConsoleConfig) -> int:
    """Do every chore at its time until SIGTERM or SIGINT; Django is set up. Returns the exit status, 0.

    While another process on this machine does it, waits for that one to end.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with _alone(config.folder / LOCK, stopping) as alone:
        if alone:
            _work(config, stopping)
    return 0


def _work(config: ConsoleConfig, stopping: threading.Event) -> None:
    complaints = Complaints()
    # Daemons: a mail server or database that hangs must not keep the process from ending. Whatever is cut off
    # by that is in a transaction, or is a letter that is sent once more.
    threads = [
        threading.Thread(
            target=keep_doing, args=(lane, clock.now, stopping, complaints), name=name, daemon=True
        )
        for name, lane in lanes().items()
    ]
    for thread in threads:
        thread.start()
    log.info("due times, letters and ends are looked after")
    asyncio.run(_administered(config, complaints, stopping))
    for thread in threads:
        thread.join(STOP_S)


async def _administered(config: ConsoleConfig, complaints: Complaints, stopping: threading.Event) -> None:
    """Answer for metrics until told to stop; without a port for that, only wait."""
    listen = config.console.admin_listen
    server = None
    if listen.port:
        try:
            server = await admin.serve(listen.host, listen.port, complaints.readiness)
        except OSError as error:
            log.error("metrics are not served: %s port %d: %s", listen.host, listen.port, error.strerror)
    await asyncio.to_thread(stopping.wait)
    if server is not None:
        server.close()


@contextmanager
def _alone(path: Path, stopping: threading.Event) -> Iterator[bool]:
    """Hold the lock of the one process that keeps time; False when told to stop before it was free."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    waited = False
    try:
        while not stopping.is_set():
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not waited:
                    log.info("another process looks after the timers; this one waits for its end")
                waited = True
                stopping.wait(LOOK_AGAIN_S)
                continue
            yield True
            return
        yield False
    finally:
        os.close(handle)
