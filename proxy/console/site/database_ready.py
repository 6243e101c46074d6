"""Is the database as this version of the console needs it?"""

import fcntl
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from proxy.console.site import clock

log = logging.getLogger(__name__)


class DatabaseProblem(Exception):
    """The database cannot be used; the message says why, without its password."""


def make_ready(folder: Path) -> None:
    """Bring the tables up to date. Processes that start at once take turns. Raises DatabaseProblem.

    folder    the console's own directory, where the lock is held
    """
    said = io.StringIO()
    try:
        with alone(folder):
            call_command("migrate", interactive=False, verbosity=1, no_color=True, stdout=said)
            call_command("createcachetable", verbosity=0, stdout=said)
            _guard()
    except DatabaseError as error:
        raise DatabaseProblem(told(error)) from error
    finally:
        connection.close()
    steps = said.getvalue().count("... OK")
    if steps:
        log.info("the database was brought up to date (%d steps)", steps)


def _guard() -> None:
    """Lay the triggers of requests and people again where some are gone, and say so.

    Somebody took them away, or a migration rebuilt a table of SQLite's, which forgets them. Those of the
    record are laid again by `schoolgate audit guard` alone: `verify` says meanwhile that they are gone.
    """
    from proxy.console.audit import actors, triggers
    from proxy.console.audit.append import append
    from proxy.console.people import guards as of_people
    from proxy.console.review import guards as of_requests

    laid_here = (of_people.rules, of_requests.rules)
    gone = [name for rules in laid_here for name in triggers.missing(connection, rules)]
    if not gone:
        return
    with transaction.atomic():
        for rules in laid_here:
            triggers.lay(connection, rules)
        append("guards.laid", actor=actors.CONSOLE, detail={"missing": gone}, at=clock.now())
    log.error("the database had lost what guards requests and people, and has it again: %s", ", ".join(gone))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock under which processes that start at once take turns."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "migrating.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def told(error: DatabaseError) -> str:
    """What the database said, on one line."""
    return f"the database cannot be used: {' '.join(str(error).split())[:300]}"
