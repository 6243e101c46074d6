"""How is a large table freed without anybody waiting for it?

To free tens of thousands of objects takes tens of milliseconds, and everybody who asks meanwhile waits.
"""

from collections.abc import Iterable, MutableMapping
from typing import Any

type Table = MutableMapping[Any, Any]


class LettingGo:
    """Tables that nobody asks any more, freed a few entries at a time. For one thread."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._tables: list[Table] = []

    def take(self, tables: Iterable[Table]) -> None:
        """Take tables that are to be freed; whoever brings them keeps none."""
        self._tables += [table for table in tables if table]

    def free_some(self) -> None:
        """Free a few entries; call it again and again."""
        if self._tables:
            table = self._tables[-1]
            for _ in range(min(len(table), self._at_once)):
                table.popitem()
            if not table:
                self._tables.pop()
