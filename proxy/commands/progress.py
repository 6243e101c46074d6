"""How far is a compilation? A bar where there is a terminal to draw one on, else a line now and then."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from proxy.lists.compile import OnProgress

EVERY_S = 10.0


@contextmanager
def shown(stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> Iterator[OnProgress]:
    """Give what a compilation reports its progress to.

    stream   standard error by default, so that what is printed for programs stays clean
    clock    seconds; says when the next line is due
    """
    out = stream or sys.stderr
    if out.isatty():
        yield from _bar(out)
    else:
        yield _Lines(out, clock).tell


def _bar(out: TextIO) -> Iterator[OnProgress]:
    from rich.console import Console  # only here: most compilations run without a terminal
    from rich.progress import Progress

    with Progress(console=Console(file=out), transient=True) as bar:
        task = bar.add_task("reading")

        def tell(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=max(total, 1))

        yield tell


class _Lines:
    """A line for what takes long, every ten seconds."""

    def __init__(self, out: TextIO, clock: Callable[[], float]) -> None:
        self._out, self._clock = out, clock
        self._due = clock() + EVERY_S

    def tell(self, step: str, done: int, total: int) -> None:
        """Print how far it is, when a line is due."""
        if self._clock() >= self._due:
            self._due = self._clock() + EVERY_S
            print(f"{step}: {100 * done // max(total, 1)} %", file=self._out, flush=True)
