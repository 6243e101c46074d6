"""How does a proxy worker ask what our resolver told a client?"""

import time
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from proxy.answered.buckets import Found, find
from proxy.answered.marks import Kind, Mark, Marks, packed
from proxy.answered.tables import MAX_TABLES, SUFFIX, WITHOUT, Clock, Table, to_read

LONG_S = 3_600
"""So long a client has to have asked us, and all tables to have been kept, before what is missing means
anything: a device brings with it what it looked up elsewhere."""
LOOK_S = 2.0
TORN = 3
SETTLED_NS = 1_000_000_000
"""A directory's time of change is coarser than its changes."""


class Known(Enum):
    """What can be said of something that may have happened."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Read:
    """The tables of all resolver workers, for one process and one thread. Never raises for what is in them.

    where    `tables.directory` of the state directory
    key      `Pseudonyms.derived`
    clock    gives seconds since 1970
    """

    def __init__(self, where: Path, key: bytes, clock: Clock = time.time) -> None:
        self._where, self._key, self._clock = where, key, clock
        self._marks = Marks(key)
        self._tables: dict[str, Table] = {}
        self._all_there = False
        self._looked = -LOOK_S
        self._changed = 0

    def resolved(self, client: str, name: str, *, is_six: bool = False) -> frozenset[str] | None:
        """Addresses of one version that a client was told for a canonical name; None where none is known.

        Of those with the same first 16 bits (IPv6: 32) one stands for all, of IPv6 by these bits alone.
        """
        now = self._now()
        mark = self._marks.of(Kind.NAME_SIX if is_six else Kind.NAME_FOUR, client, name)
        values: list[int] = []
        for table in self._tables.values():
            found = self._found(table, mark, now)
            if not found.whole:
                return None
            values.extend(value ^ mark[2] for value in found.values)
        if not values:
            return None
        return frozenset(str(IPv6Address(value << 96) if is_six else IPv4Address(value)) for value in values)

    def told(self, client: str, address: str) -> Known:
        """Say whether a client was told a canonical address, for whatever name."""
        now = self._now()
        try:
            mark = self._marks.of_address(client, packed(address))
        except OSError:
            return Known.UNKNOWN
        if self._is_there(mark, now):
            return Known.YES
        since = self._since(client, now)
        if since is None or since > now - LONG_S:
            return Known.UNKNOWN
        return self._missing(mark, now)

    def asks(self, client: str) -> Known:
        """Say whether a client asks us names at all."""
        now = self._now()
        mark = self._marks.of(Kind.ASKS, client)
        return Known.YES if self._is_there(mark, now) else self._missing(mark, now)

    def was_refused(self, client: str, name: str) -> bool:
        """Say whether a canonical name was refused to a client a moment ago."""
        return self._is_there(self._marks.of(Kind.REFUSED, client, name), self._now())

    def close(self) -> None:
        """Let go of the tables."""
        for table in self._tables.values():
            table.memory.close()
        self._tables.clear()

    def _now(self) -> int:
        now = self._clock()
        if not 0 <= now - self._looked < LOOK_S:
            self._look(now)
        return int(now)

    def _found(self, table: Table, mark: Mark, now: int) -> Found:
        """Read again what was read while it was written."""
        at = table.at(mark[0])
        found = find(table.memory, at, mark[1], now)
        for _ in range(TORN):
            if found.whole or found.values:
                break
            found = find(table.memory, at, mark[1], now)
        return found

    def _is_there(self, mark: Mark, now: int) -> bool:
        return any(self._found(table, mark, now).values for table in self._tables.values())

    def _missing(self, mark: Mark, now: int) -> Known:
        """Say that something did not happen, where that would have been seen."""
        self._look(now)
        found = [self._found(table, mark, now) for table in self._tables.values()]
        if any(one.values for one in found):
            return Known.YES
        is_long = all(table.created <= now - LONG_S for table in self._tables.values())
        return Known.NO if self._all_there and is_long and all(one.whole for one in found) else Known.UNKNOWN

    def _since(self, client: str, now: int) -> int | None:
        mark = self._marks.of(Kind.ASKS, client)
        found = [
            value ^ mark[2]
            for table in self._tables.values()
            for value in self._found(table, mark, now).values
        ]
        return min(found, default=None)

    def _look(self, now: float) -> None:
        """See which tables there are, where that may have changed."""
        self._looked = now
        try:
            changed = self._where.stat().st_mtime_ns
        except OSError:
            changed = 0
        if changed and changed == self._changed:
            return
        self._changed = changed if changed < time.time_ns() - SETTLED_NS else 0  # else more may come as fast
        self._all_there = False
        try:
            names = sorted(path.name for path in self._where.iterdir())
        except OSError:
            names = []
        present = [name for name in names if name.endswith(SUFFIX) and not name.startswith(".")]
        for gone in self._tables.keys() - set(present):
            self._tables.pop(gone).memory.close()
        trusted = [self._mapped(name) for name in present[:MAX_TABLES]]
        without = any(name.endswith(WITHOUT) for name in names)
        self._all_there = bool(present) and all(trusted) and len(present) <= MAX_TABLES and not without

    def _mapped(self, name: str) -> bool:
        """Map a table, unless this very one is mapped, and say whether it is."""
        path = self._where / name
        try:
            known, inode = self._tables.get(name), path.stat().st_ino
            if known is not None and known.inode == inode:
                return True
            table = to_read(path, self._key)
        except OSError:
            return False
        if known is not None:
            self._tables.pop(name).memory.close()
        if table is not None:
            self._tables[name] = table
        return table is not None
