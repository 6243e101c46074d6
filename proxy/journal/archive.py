"""What happened, and how often was something blocked? All that is asked of recorded events.

Counts hold numbers only: no person, no address, no URL. They begin with the full hour that `since` lies in.
"""

import os
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from proxy.journal.archived import Key, archived
from proxy.journal.counts import Error as CountsError
from proxy.journal.counts import key_text, reading
from proxy.journal.duck import DatabaseError
from proxy.journal.event import microseconds, moment
from proxy.journal.questions import Name, Question, blocked_at, by_list, needed_by
from proxy.journal.recent import HOUR_US, Recent
from proxy.journal.rows import Condition, read
from proxy.journal.wanted import LAST_US, Wanted
from proxy.journal.whole import WholeJournal

MOST_HOSTS = 50

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
        return {group: blocks for (group,), blocks in self._counted(blocked_at(host), since)}

    def needed_hosts(self, host: str, since: datetime, most: int = MOST_HOSTS) -> Mapping[str, int]:
        """Which hosts the pages of a host asked for and did not get, and how often; the most first.

        host    canonical; the page may be on it or below it. Hosts at or below it are left out
        """
        return {needed: blocks for (needed,), blocks in self._counted(needed_by(host), since)[:most]}

    def blocks_by_list(self, since: datetime, until: datetime) -> tuple[BlocksOfList, ...]:
        """How often each list blocked, by category, from one full hour to another; the most first."""
        found = self._counted(by_list(), since, until)
        return tuple(BlocksOfList(list_id, category, blocks) for (list_id, category), blocks in found)

    def _counted(
        self, question: Question, since: datetime, until: datetime | None = None
    ) -> list[tuple[Name, int]]:
        """Count blocks: of files whose blocks are counted, of rows of those that are not, of the spool."""
        begin = max(0, microseconds(since) // HOUR_US * HOUR_US)
        end = min(microseconds(until) // HOUR_US * HOUR_US, LAST_US) if until else LAST_US
        found: Counter[Name] = Counter()
        with self.steady():
            sums, known = self._known(question, begin, end)
            for name, blocks in sums.items():
                found[tuple(map(read, name))] += blocks
            rows, paths = self._rows(question, begin, end, known)
            for *parts, number in rows:
                found[tuple(read(str(part)) for part in parts)] += int(str(number))
            recent = self._recent
            for kind, events in (
                recent.blocks(paths, question.is_about) if question.by_host else recent.by_list(paths)
            ):
                if begin <= kind.hour_us < end:
                    found[question.name_of(kind)] += events
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))

    def _known(self, question: Question, begin: int, end: int) -> tuple[Counter[Name], Collection[Key]]:
        """What the counts say, and of which of the archive's files; nothing where they cannot be read."""
        try:
            with reading(self.directory) as counts:
                if counts is None:
                    return Counter(), ()
                counted = counts.files(begin, end, by_host=question.by_host)
                listed = {key_text(one.key): one.key for one in archived(self.directory)}
                gone = [number for key, number in counted.items() if key not in listed]
                sums = counts.sums(
                    question.table, question.name, question.counted, (begin, end), gone, question.by_day
                )
                return sums, {listed[key] for key in counted if key in listed}
        except CountsError:
            return Counter(), ()

    def _rows(
        self, question: Question, begin: int, end: int, known: Collection[Key]
    ) -> tuple[_Rows, list[Path]]:
        """Ask the files that are not known; once more if a file's time has passed between looking and asking.

        Also gives the segments that neither they nor the known files hold.
        """
        where = Condition(
            f"{question.row.sql} and action = 'block' and time_us >= $begin and time_us < $end",
            {**question.row.parameters, "begin": begin, "end": end},
        )
        name = question.row_name
        sql = f"select {name}, count(*) from read_parquet($files) where {where.sql} group by {name}"  # noqa: S608
        wanted = Wanted(since=moment(begin), until=moment(end))
        paths, files = self.parts(wanted, known)
        try:
            return self.ask(files, sql, where), paths
        except DatabaseError:
            paths, files = self.parts(wanted, known)
            return self.ask(files, sql, where), paths


def open_events(state: Path) -> Archive:
    """The events of a gateway; one reader for a process, which remembers what it has verified and counted.

    state   the gateway's state directory; nothing need be in it yet
    """
    return _readers(state.resolve())


_readers = lru_cache(maxsize=4)(Archive)
_inherited: list[object] = []


def _begin_anew() -> None:
    """In a forked child its parent's databases, whose threads stayed behind, are neither asked nor closed."""
    global _readers
    _inherited.append(_readers)
    _readers = lru_cache(maxsize=4)(Archive)


os.register_at_fork(after_in_child=_begin_anew)
