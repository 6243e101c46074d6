"""How do a worker and its supervisor agree on a successor?

A worker that has grown past its bound asks for a successor and goes on serving. The supervisor starts one.
When that one serves, the old one is told to end, and finishes what is under way. The two talk over a pipe,
whose number the worker finds in its environment; a worker started by hand has none.
"""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress

VARIABLE = "SCHOOLGATE_SUPERVISOR_FD"
SERVES, REPLACE = b"s", b"r"


class Voice:
    """The worker's end.

    descriptor    of the pipe; None: nobody listens
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Voice":
        """Return the end that the supervisor handed on."""
        told = environment.get(VARIABLE, "")
        return cls(int(told) if told.isdigit() else None)

    @property
    def is_heard(self) -> bool:
        """Whether there is a supervisor."""
        return self._descriptor is not None

    def serves(self) -> None:
        """Say that this worker serves, so that its predecessor may go."""
        self._say(SERVES)

    def asks_for_successor(self) -> None:
        """Ask to be replaced."""
        self._say(REPLACE)

    def _say(self, word: bytes) -> None:
        if self._descriptor is not None:
            with suppress(OSError):  # the supervisor is gone; this worker is told to end in another way
                os.write(self._descriptor, word)


class Ear:
    """The supervisor's end, for one process.

    theirs    the descriptor that the process inherits
    serves    set when the process serves
    leaves    set when the process asks for a successor
    """

    def __init__(self, serves: asyncio.Event) -> None:
        self._ours, self.theirs = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self.serves = serves
        self.leaves = asyncio.Event()

    def environment(self) -> dict[str, str]:
        """What the process gets to know about the pipe."""
        return {**os.environ, VARIABLE: str(self.theirs)}

    def listen(self) -> None:
        """Begin to listen; for after the process has begun."""
        os.close(self.theirs)
        asyncio.get_running_loop().add_reader(self._ours, self._hear)

    def discard(self) -> None:
        """Close both ends; for when no process has begun."""
        os.close(self.theirs)
        os.close(self._ours)

    def close(self) -> None:
        """Listen no more."""
        if self._ours >= 0:
            asyncio.get_running_loop().remove_reader(self._ours)
            os.close(self._ours)
            self._ours = -1

    def _hear(self) -> None:
        said = b""
        with suppress(BlockingIOError):
            said = os.read(self._ours, 64)
            if not said:
                self.close()
        if SERVES in said:
            self.serves.set()
        if REPLACE in said:
            self.leaves.set()
