"""What becomes of everything that is due at a moment?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from proxy.console.timers.chores import lanes
from proxy.console.timers.rounds import Chore, Complaints, once


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one round of all chores did.

    failed   name of a chore -> what stopped it; the others were done
    """

    failed: Mapping[str, Exception]


def tick(at: datetime, chores: Iterable[Chore] | None = None) -> Ticked:
    """Do every chore once, one after the other, as of a moment.

    chores   None: all there are
    """
    complaints = Complaints()
    failed = {}
    if chores is None:
        chores = [chore for lane in lanes().values() for chore in lane]
    for chore in chores:
        error = once(chore, at, complaints)
        if error is not None:
            failed[chore.name] = error
    return Ticked(failed)
