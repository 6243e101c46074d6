"""Is the database as this version of the console needs it?"""

import fcntl
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection

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
            # Not before Django is set up.
            from proxy.console.site import guarding

            before = guarding.before_update()
            call_command("migrate", interactive=False, verbosity=1, no_color=True, stdout=said)
            call_command("createcachetable", verbosity=0, stdout=said)
            guarding.guard(before, clock.now())
    except DatabaseError as error:
        raise DatabaseProblem(told(error)) from error
    finally:
        connection.close()
    steps = said.getvalue().count("... OK")
    if steps:
        log.info("the database was brought up to date (%d steps)", steps)


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
