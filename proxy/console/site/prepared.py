"""What has to be there before the console can answer, and who makes it?"""

import logging
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection

from proxy.console.site import clock
from proxy.console.site.config import ConsoleConfig
from proxy.console.site.database_ready import DatabaseProblem, alone, make_ready, told
from proxy.console.site.errors import database_gone

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

AGAIN_S = 5.0

log = logging.getLogger(__name__)


class DemoPeopleRefused(Exception):
    """The database holds people whose passwords everybody can read, and this is not the demo."""


def prepare(config: ConsoleConfig) -> None:
    """Bring the database up to date; in the demo, make its people.

    Raises DatabaseProblem, and DemoPeopleRefused.
    """
    from proxy.console.people.models import Person

    make_ready(config.folder)
    try:
        if config.demo:
            with alone(config.folder):
                _make_demo_people(config)
        elif Person.objects.filter(demo=True).exists():
            raise DemoPeopleRefused(
                "this database holds the people of the demo, whose passwords everybody can read: "
                "start it by `schoolgate demo`, or name another `gateway.state` or `console.database`"
            )
    except DatabaseError as error:
        raise DatabaseProblem(told(error)) from error
    finally:
        connection.close()


def _make_demo_people(config: ConsoleConfig) -> None:
    from proxy.console.people.demo import make
    from proxy.console.people.roster import import_roster

    at = clock.now()
    import_roster(config, at)
    make(at)


class OncePrepared:
    """Answers "the database cannot be reached" until it could be prepared, and from then on as usual."""

    def __init__(self, inner: "WSGIApplication", config: ConsoleConfig, *, ready: bool) -> None:
        self._inner, self._config, self._ready = inner, config, ready
        self._alone = threading.Lock()
        self._next_try = 0.0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if not self._ready and not self._try():
            gone = database_gone()
            start_response("503 Service Unavailable", list(gone.items()))
            return [gone.content]
        return self._inner(environ, start_response)

    def _try(self) -> bool:
        with self._alone:
            if self._ready or time.monotonic() < self._next_try:
                return self._ready
            try:
                prepare(self._config)
            except (DatabaseProblem, DemoPeopleRefused) as problem:
                log.error("%s", problem)
                self._next_try = time.monotonic() + AGAIN_S
            else:
                self._ready = True
            return self._ready
