"""How is one client's connection kept in bounds, whatever it sends and however it ends?

mitmproxy reads on while a hook waits for the resolver and while a server connection is made, and keeps
all of it: whoever sends into a connection that never opens would fill our memory. It leaves sockets open
that are closed at the wrong moment, and connections half alive after a fault of its own.
"""

import asyncio
import logging
import sys
from typing import Any

from mitmproxy.connection import Connection, ConnectionState, Server
from mitmproxy.master import Master
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler
from mitmproxy.proxy.mode_specs import ProxyMode

from proxy import metrics

log = logging.getLogger(__name__)

MAX_AHEAD = 1024 * 1024


class BoundedConnection(ProxyConnectionHandler):
    """A client's connection with its servers, of which nobody is read far ahead.

    While a hook runs, all of them wait; while a server is connected to, the client does. A fault inside
    mitmproxy ends the connection.

    told    kinds of faults that the operator has been told of
    """

    def __init__(
        self,
        master: Master,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        options: Options,
        mode: ProxyMode,
        told: set[str],
    ) -> None:
        super().__init__(master, reader, writer, options, mode)  # type: ignore[no-untyped-call]
        self._told = told
        self._hooks = 0
        self._ahead = 0
        self._moved = asyncio.Event()

    async def handle_hook(self, hook: commands.StartHook) -> None:
        """Run a hook, and know that it runs."""
        self._hooks += 1
        try:
            await super().handle_hook(hook)
        finally:
            self._hooks -= 1
            self._look()

    async def server_event(self, event: events.Event) -> None:
        """Count what was read."""
        if isinstance(event, events.DataReceived):
            self._ahead += len(event.data)
        await super().server_event(event)
        self._look()

    async def handle_connection(self, connection: Connection) -> None:
        """Read a connection to its end, and close it whatever ends it.

        Where a close is asked for while the reader waits for its turn, mitmproxy leaves the socket open.
        """
        try:
            await super().handle_connection(connection)
        finally:
            if connection in self.transports:
                connection.state = ConnectionState.CLOSED
                self._close(connection)
                await self.server_event(events.ConnectionClosed(connection))

    async def open_connection(self, command: commands.OpenConnection) -> None:
        """Connect to a server and serve the connection to its end; forget one that could not be made."""
        try:
            await super().open_connection(command)
        finally:
            self._close(command.connection)
            self._look()

    def log(self, message: str, level: int = logging.INFO, exc_info: Any = None) -> None:
        """End the connection when what is told is a fault; mitmproxy would leave it half alive."""
        if exc_info is None:
            super().log(message, level)
            return
        metrics.ERRORS.inc("proxy")
        fault = exc_info[1] if isinstance(exc_info, tuple) else sys.exception()
        kind = type(fault).__name__
        if kind not in self._told:
            self._told.add(kind)
            log.error(
                "%s inside mitmproxy; its connection was closed. Further faults of this kind are only "
                "counted (schoolgate_errors_total)",
                kind,
                exc_info=fault,
            )
        own = self.transports.get(self.client)
        if own is not None and own.handler is not None:
            own.handler.cancel("a fault inside")

    def _close(self, connection: Connection) -> None:
        left = self.transports.pop(connection, None)
        if left is not None and left.writer is not None:
            left.writer.close()

    async def drain_writers(self) -> None:
        """Wait, after each read, until there is room for more."""
        await super().drain_writers()  # type: ignore[no-untyped-call]
        own = self.transports.get(self.client)
        is_client = own is not None and own.handler is asyncio.current_task()
        while self._ahead > MAX_AHEAD and (self._hooks or (is_client and self._connects())):
            self._moved.clear()
            await self._moved.wait()

    def _look(self) -> None:
        if not self._hooks and not self._connects():
            self._ahead = 0
        self._moved.set()

    def _connects(self) -> bool:
        """Whether a server connection is being made, its TLS handshake included."""
        return any(
            io.writer is None or (isinstance(one, Server) and one.tls and not one.tls_established)
            for one, io in self.transports.items()
        )
