"""For how long may a client keep a thread waiting for its request?

Gunicorn's threads read a request as slowly as it is sent. A few clients that begin one and never end it would
hold all of them, and with that everybody's console.
"""

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

READ_S = 10.0
"""Seconds for the whole of a request, its body too; the block page has the same."""


class Impatient(ThreadWorker):  # type: ignore[misc]
    """A worker that stops reading from whoever takes too long. What is answered meanwhile goes on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read_until: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """Read one request of a connection and answer it; in one of the threads."""
        self._read_until[conn] = time.monotonic() + READ_S
        try:
            return super().handle(conn)
        finally:
            self._read_until.pop(conn, None)

    def murder_pending(self) -> None:
        """End what has waited for too long; gunicorn asks every second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in [*self._read_until.items()]:
            if until <= now and self._read_until.pop(conn, None) is not None:
                with suppress(OSError):
                    # Not TLS's own `shutdown`, after which nothing could be written either.
                    socket.socket.shutdown(conn.sock, socket.SHUT_RD)
