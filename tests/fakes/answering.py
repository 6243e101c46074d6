"""A resolver worker's table and a reader of it, on a clock that a test sets."""

from pathlib import Path

from proxy.answered.read import LONG_S, Read
from proxy.answered.written import Written

KEY = b"k" * 32
BEGAN = 1_795_000_000


class Answering:
    """Tables in a directory.

    now    what all their clocks say, in seconds since 1970; settable
    """

    def __init__(self, where: Path, buckets: int = 64) -> None:
        self.where, self.now, self._buckets = where, float(BEGAN), buckets
        self.written = self.worker("dns-0")
        self.read = Read(where, KEY, lambda: self.now)

    def worker(self, name: str) -> Written:
        """Open one worker's table."""
        return Written(self.where, name, KEY, lambda: self.now, self._buckets)

    def has_long_been_asked_by(self, client: str) -> None:
        """Let a client ask for so long that what is missing means something."""
        until = self.now + LONG_S + 60
        while self.now < until:
            self.written.asked(client)
            self.now += 600
