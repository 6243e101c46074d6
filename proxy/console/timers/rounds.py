"""How is one chore done again and again, whatever becomes of it or of the others?"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from proxy import metrics

log = logging.getLogger("schoolgate.timers")

DATABASE = "the database"
AGAIN_S = 10.0
"""Seconds after which a chore that failed is tried again, at the latest."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done every few seconds.

    name      a word, for metrics and log
    every_s   seconds from the end of one round to the beginning of the next
    work      is told the moment; does what is due then, and nothing more when it is called twice
    """

    name: str
    every_s: float
    work: Callable[[datetime], object]


class Complaints:
    """What is wrong now, so that each trouble is said once, and its end too.

    A database that is gone is one trouble, however many chores meet it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._met_by: dict[str, set[str]] = {}

    def readiness(self) -> tuple[bool, str]:
        """Whether all is well, and what is not."""
        with self._lock:
            troubles = sorted(self._met_by)
        return (
            not troubles,
            f"not working: {', '.join(troubles)}" if troubles else "everything is looked after",
        )

    def about(self, chore: str, error: Exception) -> None:
        """A chore failed."""
        outage = isinstance(error, OperationalError | InterfaceError)
        trouble = DATABASE if outage else f"the chore '{chore}'"
        with self._lock:
            met_by = self._met_by.setdefault(trouble, set())
            is_new = not met_by
            met_by.add(chore)
        if not is_new:
            return
        if outage:
            log.error("the database cannot be used (%s); what is due waits for it", type(error).__name__)
        else:
            log.error("%s failed; it is tried again", trouble, exc_info=error)

    def over(self, chore: str) -> None:
        """A chore was done."""
        ended = []
        with self._lock:
            for trouble in [trouble for trouble, met_by in self._met_by.items() if chore in met_by]:
                self._met_by[trouble].discard(chore)
                if not self._met_by[trouble]:
                    del self._met_by[trouble]
                    ended.append(trouble)
        for trouble in ended:
            log.info("%s works again", trouble)


def once(chore: Chore, at: datetime, complaints: Complaints) -> Exception | None:
    """Do a chore once; return what stopped it, or None. Raises nothing."""
    try:
        chore.work(at)
    except Exception as error:  # noqa: BLE001  (one chore must not stop the others; it is said and counted)
        metrics.CHORE_RUNS.inc(chore.name, "failed")
        complaints.about(chore.name, error)
        return error
    metrics.CHORE_RUNS.inc(chore.name, "done")
    metrics.CHORE_DONE.set(at.timestamp(), chore.name)
    complaints.over(chore.name)
    return None


def keep_doing(
    lane: Sequence[Chore],
    now: Callable[[], datetime],
    stopping: threading.Event,
    complaints: Complaints,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Do the chores of a lane at once and then each every few seconds, until told to stop.

    now   the wall clock, by which it is judged what is due; `monotonic` measures only the pauses

    For a thread of its own: a chore that hangs keeps only those of its lane waiting.
    """
    rests_until = dict.fromkeys(lane, 0.0)
    while not stopping.is_set():
        for chore in lane:
            if rests_until[chore] <= monotonic() and not stopping.is_set():
                close_old_connections()
                rest_s = chore.every_s
                if once(chore, now(), complaints) is not None:
                    connections.close_all()  # the connection may be the reason
                    rest_s = min(rest_s, AGAIN_S)
                rests_until[chore] = monotonic() + rest_s
        stopping.wait(max(0.0, min(rests_until.values()) - monotonic()))
    connections.close_all()
