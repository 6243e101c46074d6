"""How do the blocks in a file of the archive get into the counts beside it?"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from proxy.journal.archived import Archived
from proxy.journal.counts import BY_HOST_FOR, Book, Error, is_damaged, key_text, throw_away
from proxy.journal.duck import Connection, DatabaseError, opened, parameters
from proxy.journal.event import microseconds
from proxy.journal.recent import HOUR_US, Blocked
from proxy.journal.rows import read
from proxy.journal.wanted import LAST_US

AT_ONCE = 200
"""Files for one call: where all was lost, each takes a part of a second."""

_SELECT = (
    f"select time_us // {HOUR_US} as hour, host, grp, referring_host, list_id, category, count(*) "  # noqa: S608
    f"from read_parquet($files) where action = 'block' and time_us < {LAST_US} group by all"
)


def count(archive: Path, files: Iterable[Archived], at: datetime) -> Iterator[str]:
    """Count the files that are not counted yet, the newest first, and forget what is not there any more.

    files   all that the archive has, one for each segment
    at      the present, aware

    Yields what could not be done, and why; it is tried again at the next call.
    """
    try:
        with closing(Book(archive)) as book:
            yield from _bring_up(book, archive, [*files], at)
    except OSError as error:
        yield f"counts of blocks: {error.strerror}"
    except Error as error:
        if is_damaged(error):
            throw_away(archive)
        yield f"counts of blocks: {error}"


def _bring_up(book: Book, archive: Path, files: list[Archived], at: datetime) -> Iterator[str]:
    known, listed = book.keys(), {key_text(one.key): one for one in files}
    gone = [number for key, number in known.items() if key not in listed]
    if gone:
        book.forget(gone)
    by_host_us = microseconds(at - BY_HOST_FOR)
    book.forget_hosts(by_host_us)
    fresh = [one for key, one in listed.items() if key not in known]
    if not fresh:
        return
    with closing(opened(archive)) as database:
        for one in sorted(fresh, key=lambda one: one.last_us, reverse=True)[:AT_ONCE]:
            try:
                if one.verifies():
                    book.add(one, _blocks(database, one), by_host=one.last_us >= by_host_us)
            except FileNotFoundError:
                continue  # its time has passed meanwhile
            except OSError as error:
                yield f"{one.path}: {error.strerror}"
            except DatabaseError as error:
                yield f"{one.path}: {str(error).splitlines()[0]}"


def _blocks(database: Connection, file: Archived) -> Iterator[tuple[Blocked, int]]:
    for row in database.execute(_SELECT, {"files": parameters([file.path])}).fetchall():
        hour, *names, events = row
        yield Blocked(int(hour) * HOUR_US, *map(read, names)), int(events)
