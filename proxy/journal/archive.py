"""What happened, and how often was something blocked? All that is asked of recorded events.

Counts hold numbers only: no person, no address, no URL. They begin with the full hour that `since` lies in.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from proxy.decision.names import covers
from proxy.journal.duck import DatabaseError
from proxy.journal.event import microseconds, moment
from proxy.journal.recent import HOUR_US, Blocked, Recent
from proxy.journal.rows import Condition, at_or_below, read, spelled
from proxy.journal.wanted import LAST_US, Wanted
from proxy.journal.whole import WholeJournal

MOST_HOSTS = 50

_WITHIN = "and time_us >= $begin and time_us < $end"

type _Rows = list[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class BlocksOfList:
    """How often a list blocked under a category; both "" where no list spoke."""

    list_id: str
    category: str
    blocks: int


class Archive(WholeJournal):
    """A gateway's recorded events, to read and to count. Threads may share it."""

    def __init__(self, state: Path) -> None:
        super().__init__(state)
        self._recent = Recent()

    def blocked_lately(self, host: str, since: datetime) -> Mapping[str, int]:
        """How often a host, and what is below it, was blocked for each policy group; the most first.

        host    canonical
        """
        where = Condition(
            f"{at_or_below('host', 'host')} and action = 'block'",
            {"host": spelled(host), "below_host": "." + spelled(host)},
        )
        return self._counted("grp", where, since, lambda one: one.group if covers(host, one.host) else None)

    def needed_hosts(self, host: str, since: datetime, most: int = MOST_HOSTS) -> Mapping[str, int]:
        """Which hosts the pages of a host asked for and did not get, and how often; the most first.

        host    canonical; the page may be on it or below it. Hosts at or below it are left out
        """
        own = at_or_below("host", "host")
        where = Condition(
            f"{at_or_below('referring_host', 'host')} and not {own} and action = 'block'",
            {"host": spelled(host), "below_host": "." + spelled(host)},
        )

        def needed(one: Blocked) -> str | None:
            return one.host if covers(host, one.referring_host) and not covers(host, one.host) else None

        counts = self._counted("host", where, since, needed)
        return dict([*counts.items()][:most])

    def blocks_by_list(self, since: datetime, until: datetime) -> tuple[BlocksOfList, ...]:
        """How often each list blocked, by category, from one full hour to another; the most first."""
        where = Condition("action = 'block'", {})
        columns = "list_id || chr(0) || category"
        counts = self._counted(columns, where, since, lambda one: f"{one.list_id}\0{one.category}", until)
        named = ((name.partition("\0"), blocks) for name, blocks in counts.items())
        return tuple(BlocksOfList(list_id, category, blocks) for (list_id, _, category), blocks in named)

    def _counted(
        self,
        column: str,
        where: Condition,
        since: datetime,
        name_of: Callable[[Blocked], str | None],
        until: datetime | None = None,
    ) -> Mapping[str, int]:
        """Count blocks by a name, in the archive and in what is not there yet.

        column    SQL for the name; `name_of` says the same of blocks counted by hour, None: not counted
        """
        begin_us = max(0, microseconds(since) // HOUR_US * HOUR_US)
        end_us = min(microseconds(until) // HOUR_US * HOUR_US, LAST_US) if until else LAST_US
        sql = f"select {column}, count(*) from read_parquet($files) where {where.sql} {_WITHIN} group by 1"  # noqa: S608
        values = {**where.parameters, "begin": begin_us, "end": end_us}
        counts: Counter[str] = Counter()
        with self.steady():
            rows, paths = self._rows(sql, Condition(where.sql, values), moment(begin_us))
            for name, number in rows:
                counts[read(str(name))] += int(str(number))
            for kind, events in self._recent.blocks(paths):
                counted = name_of(kind) if begin_us <= kind.hour_us < end_us else None
                if counted is not None:
                    counts[counted] += events
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def _rows(self, sql: str, where: Condition, since: datetime) -> tuple[_Rows, list[Path]]:
        """Ask the archive; once more if a file's time has passed between looking and asking."""
        paths, files = self.parts(Wanted(since=since))
        try:
            return self.ask(files, sql, where), paths
        except DatabaseError:
            paths, files = self.parts(Wanted(since=since))
            return self.ask(files, sql, where), paths


def open_events(state: Path) -> Archive:
    """The events of a gateway; one reader for a process, which remembers what it has verified and counted.

    state   the gateway's state directory; nothing need be in it yet
    """
    return _opened(state.resolve(), os.getpid())


@lru_cache(maxsize=4)
def _opened(state: Path, pid: int) -> Archive:
    return Archive(state)
