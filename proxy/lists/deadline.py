"""When the time for a fetch is up, who hangs up on an origin that goes on dripping octets?

A time-out for each read does not bound the whole: an origin that sends one octet now and then, in its
TLS handshake, its headers or its body, would hold a fetch for days.
"""

import socket
import threading
from contextlib import suppress
from typing import Any, Self

CONNECTED = "connection.connect_tcp.complete"


class Deadline:
    """Ends every connection that was noted when its time is up; as a context, until its end.

    seconds    from entering the context
    is_up      whether it has ended connections
    """

    def __init__(self, seconds: float) -> None:
        self.is_up = False
        self._timer = threading.Timer(max(0.0, seconds), self._hang_up)
        self._timer.daemon = True
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        for connected in self._sockets:
            connected.close()

    def note(self, event: str, info: dict[str, Any]) -> None:
        """Take note of a connection; a `trace` extension for httpx.

        The socket is duplicated, because TLS takes the first one over.
        """
        if event == CONNECTED:
            self._sockets.append(info["return_value"].get_extra_info("socket").dup())
            if self.is_up:
                self._hang_up()

    def _hang_up(self) -> None:
        self.is_up = True
        for connected in tuple(self._sockets):
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
