"""Acts in processes of their own, on the database of the test: all at once, or killed on the way.

For tests with `transactional_db`: what others do is seen only once it is committed.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections

Act = Callable[[], object]
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """How a process ended: what its act returned or raised; None and None: it was killed."""

    returned: Any = None
    raised: str | None = None
    words: str = ""
    killed: bool = False


def at_once(acts: Sequence[Act]) -> list[Ended]:
    """Let every act begin at the same moment, each in its own process; return how each ended."""
    connections.close_all()  # a connection is never shared by two processes
    gate, opened = os.pipe()
    children = [_fork(act, gate, opened) for act in acts]
    os.close(gate)
    os.close(opened)  # all who wait read the end of the pipe now
    return [_ended(pid, answers) for pid, answers in children]


def alone(act: Act) -> Ended:
    """Run one act in a process of its own."""
    return at_once([act])[0]


def dying_at(point: int, act: Act) -> Act:
    """The same act by a process that is killed when its n-th statement comes.

    After the last statement come two more points: before the commit, and right after it.
    """

    def dying() -> object:
        left = point

        def step() -> None:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

        def counting(execute: Any, *words: Any) -> Any:
            step()
            return execute(*words)

        commit = connection._commit

        def committing() -> None:
            step()
            commit()
            step()

        connection.ensure_connection()
        connection._commit = committing  # type: ignore[method-assign]
        with connection.execute_wrapper(counting):
            return act()

    return dying


def _fork(act: Act, gate: int, opened: int) -> tuple[int, int]:
    answers, answer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(answer)
        return pid, answers
    status = 1
    try:
        os.close(opened)
        os.close(answers)
        os.read(gate, 1)
        told = _told(act)
        os.write(answer, json.dumps(told).encode())
        status = 0
    finally:
        if status:
            traceback.print_exc(file=sys.__stderr__)
        os._exit(status)  # nothing of the test's own process is ended twice


def _told(act: Act) -> dict[str, Any]:
    try:
        returned = act()
    except Exception as error:  # noqa: BLE001  (told to the test, whatever it is)
        return {"raised": type(error).__name__, "words": str(error)}
    return {"returned": returned if isinstance(returned, (int, str, list, dict)) else None}


def _ended(pid: int, answers: int) -> Ended:
    with os.fdopen(answers, "rb") as reading:
        told = reading.read()
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED), f"a process ended with {code}"
    return Ended(killed=True) if code == KILLED else Ended(**json.loads(told))
