"""How often was what blocked, in the files of the archive? Counted once, so that no page reads all rows.

    <state>/archive/counts.sqlite

Numbers by the hour: of a host and a group, of a page's host and a host that it asked for, of a list and a
category; these by the day, too, so that a year is a few rows. No person, no address, no URL.

It is a shortcut and nothing more. The counts of a file are written in one transaction once the file is in its
place, and hold while the archive has the file: a reader leaves out what it does not find there, and asks the
rows of a file that is not counted yet. Whatever is lost here is counted again from the files.
"""

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from proxy.journal.archived import Archived, Key, archived
from proxy.journal.counts_tables import DAY_US, are_there, make
from proxy.journal.recent import Blocked
from proxy.journal.rows import Condition, spelled
from proxy.journal.segments import FILE_MODE
from proxy.journal.wanted import LAST_US

NAME = "counts.sqlite"
BY_HOST_FOR = timedelta(days=28)  # pages ask for two weeks; by list it is kept as long as the file
_WAIT_S = 5.0
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

Error = sqlite3.Error


class Counts:
    """What is counted, as it is at one moment."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def files(self, begin_us: int, end_us: int, *, by_host: bool) -> dict[str, int]:
        """The counted files that can hold something of a time: key, as `key_text` has it -> number here."""
        sql = "select key, file from counted where last_us >= ? and first_us < ? and by_host >= ?"
        return dict(self._database.execute(sql, (begin_us, end_us, by_host)))

    def sums(
        self,
        table: str,
        name: str,
        where: Condition,
        hours: tuple[int, int],
        without: Iterable[int],
        by_day: str = "",
    ) -> Counter[tuple[str, ...]]:
        """Blocks by name.

        name      one or more columns
        hours     from the first on, and before the second
        without   numbers of files that do not count
        by_day    the table that has the sums of whole days (UTC), of all files; "": there is none
        """
        gone = [*without]
        first, last = -(-hours[0] // DAY_US) * DAY_US, hours[1] // DAY_US * DAY_US
        if not by_day or gone or first >= last:
            return self._summed(table, name, where, "hour_us", hours, gone)
        found = self._summed(table, name, where, "hour_us", (hours[0], first))
        found.update(self._summed(by_day, name, where, "day_us", (first, last)))
        found.update(self._summed(table, name, where, "hour_us", (last, hours[1])))
        return found

    def _summed(
        self,
        table: str,
        name: str,
        where: Condition,
        time: str,
        between: tuple[int, int],
        without: Sequence[int] = (),
    ) -> Counter[tuple[str, ...]]:
        left_out = "and file not in (select value from json_each(:without)) " if without else ""
        sql = (
            f"select {name}, sum(blocks) from {table} where {where.sql} "  # noqa: S608  (names of ours only)
            f"and {time} >= :begin and {time} < :end {left_out}group by {name}"
        )
        values: dict[str, str | int] = {**where.parameters, "begin": between[0], "end": between[1]}
        if without:
            values["without"] = json.dumps(without)
        return Counter({tuple(row[:-1]): row[-1] for row in self._database.execute(sql, values)})


@contextmanager
def reading(archive: Path) -> Iterator[Counts | None]:
    """What is counted now; None where nothing is. Raises Error, also later, where it cannot be read."""
    path = archive / NAME
    if not path.exists():
        yield None
        return
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=_WAIT_S, isolation_level=None)) as database:
        database.execute("begin")
        yield Counts(database) if are_there(database) else None


class Book:
    """Where counts are written. Only the shipper adds to it; anybody may have counts forgotten.

    Raises Error. What is damaged is thrown away, and begins anew with nothing in it.
    """

    def __init__(self, archive: Path) -> None:
        self._path = archive / NAME
        try:
            self._database = self._opened()
        except sqlite3.DatabaseError as error:
            if not is_damaged(error):
                raise
            throw_away(archive)
            self._database = self._opened()

    def close(self) -> None:
        """Close it."""
        self._database.close()

    def keys(self) -> Mapping[str, int]:
        """What is counted, and its number here."""
        return dict(self._database.execute("select key, file from counted"))

    def add(self, file: Archived, blocks: Iterable[tuple[Blocked, int]], *, by_host: bool) -> None:
        """Take the counts of a file, all or none of them."""
        at_host: Counter[tuple[str, str, int]] = Counter()
        on_page: Counter[tuple[str, str, int]] = Counter()
        by_list: Counter[tuple[int, str, str]] = Counter()
        for one, events in blocks:
            by_list[one.hour_us, spelled(one.list_id), spelled(one.category)] += events
            if by_host:
                host = spelled(one.host)
                at_host[turned(host), spelled(one.group), one.hour_us] += events
                if one.referring_host:
                    on_page[turned(spelled(one.referring_host)), host, one.hour_us] += events
        with _changing(self._database) as database:
            sql = "insert into counted (key, first_us, last_us, by_host) values (?, ?, ?, ?) returning file"
            row = key_text(file.key), min(file.first_us, LAST_US), min(file.last_us, LAST_US), by_host
            (number,) = database.execute(sql, row).fetchone()
            for table, counts in (("blocked", at_host), ("needed", on_page), ("by_list", by_list)):
                rows = [(*name, number, events) for name, events in sorted(counts.items())]
                database.executemany(f"insert into {table} values (?, ?, ?, ?, ?)", rows)  # noqa: S608

    def forget(self, files: Iterable[int]) -> None:
        """Forget these files."""
        numbers = json.dumps([*files])
        with _changing(self._database) as database:
            for table in ("blocked", "needed", "by_list", "counted"):
                database.execute(_delete_from(table), (numbers,))
        self._database.execute("pragma wal_checkpoint(truncate)")

    def forget_hosts(self, before_us: int) -> None:
        """Keep by list alone what happened before a moment."""
        sql = "select file from counted where by_host and last_us < ?"
        files = [file for (file,) in self._database.execute(sql, (before_us,))]
        if not files:
            return
        numbers = json.dumps(files)
        with _changing(self._database) as database:
            database.execute(
                "update counted set by_host = 0 where file in (select value from json_each(?))", (numbers,)
            )
            for table in ("blocked", "needed"):
                database.execute(_delete_from(table), (numbers,))

    def _opened(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
        database = sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)
        try:
            database.execute("pragma journal_mode = wal")
            database.execute("pragma synchronous = normal")
            database.execute("pragma secure_delete = on")
            if not are_there(database):
                with _changing(database):
                    make(database)
        except BaseException:
            database.close()
            raise
        return database


@contextmanager
def _changing(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All that is changed meanwhile, or nothing of it."""
    database.execute("begin immediate")
    try:
        yield database
    except BaseException:
        database.execute("rollback")
        raise
    database.execute("commit")


def forget_gone(archive: Path) -> int:
    """Forget the counts of files that the archive does not have any more; say of how many. Raises Error."""
    with reading(archive) as counts:
        if counts is None:
            return 0
    with closing(Book(archive)) as book:
        known = book.keys()  # before the files are looked for: a file is counted when it is in its place
        listed = {key_text(one.key) for one in archived(archive)}
        gone = [number for key, number in known.items() if key not in listed]
        if gone:
            book.forget(gone)
    return len(gone)


def throw_away(archive: Path) -> None:
    """Begin with nothing counted. Only the shipper does it."""
    for name in (NAME, f"{NAME}-wal", f"{NAME}-shm"):
        with suppress(FileNotFoundError):
            (archive / name).unlink()


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether it is the file itself that is wrong, and not a lock or a full disk."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def key_text(key: Key) -> str:
    """A segment's key in one text: its times may be more than a database's number holds."""
    return "/".join(map(str, key))


def turned(host: str) -> str:
    """A host with its labels turned round, and a dot behind each: what is below it begins with that."""
    return "".join(f"{label}." for label in reversed(host.split(".")))


def at_or_below(column: str, host: str) -> Condition:
    """Which rows are of a host or of what is below it, by a column of turned hosts."""
    begin = turned(spelled(host))
    end = f"{begin[:-1]}/"  # "/" follows "."
    return Condition(
        f"{column} >= :{column}_begin and {column} < :{column}_end",
        {f"{column}_begin": begin, f"{column}_end": end},
    )


def _delete_from(table: str) -> str:
    return f"delete from {table} where file in (select value from json_each(?))"  # noqa: S608
