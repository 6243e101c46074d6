"""How is one client's connection kept in bounds, whatever it sends and however it ends?

mitmproxy reads on while a hook waits for the resolver and while a server connection is made, and keeps
all of it: whoever sends into a connection that never opens would fill our memory. It leaves sockets open
that are closed at the wrong moment, and connections half alive after a fault of its own.
"""

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Coroutine
from typing import Any

from mitmproxy.connection import Connection, ConnectionState, Server
from mitmproxy.master import Master
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.proxy.server import ConnectionIO

from addons.hooks import Hooks, Rest, hooks_of
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
        self._table = hooks_of(options) or Hooks((), lambda _: None)
        self._events: deque[events.Event] = deque()
        self._taking = False
        self._unsent: dict[Connection, list[bytes]] = {}
        self._hooks = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._ahead = 0
        self._moved = asyncio.Event()

    async def handle_hook(self, hook: commands.StartHook) -> None:
        """Run a hook, and know that it runs when it waits for something."""
        rest = self._table.run(hook)
        if rest is not None:
            await self._waiting(rest)

    async def _waiting(self, rest: Rest) -> None:
        self._hooks += 1
        try:
            with self.timeout_watchdog.disarm():
                await rest
        finally:
            self._hooks -= 1
            self._look()

    async def server_event(self, event: events.Event) -> None:
        """Hand an event to the layers and carry out what they want."""
        self._take(event)

    def _take(self, event: events.Event) -> None:
        """Take one event after another: what an event brings about by itself has to queue behind it.

        The parent takes a lock for that, and makes a task of each hook. Nothing here waits.
        """
        self._events.append(event)
        if self._taking:
            return
        self._taking = True
        self.timeout_watchdog.register_activity()
        try:
            while self._events:
                event = self._events.popleft()
                if isinstance(event, events.DataReceived):
                    self._ahead += len(event.data)
                try:
                    for command in self.layer.handle_event(event):
                        self._carry_out(command)
                except Exception:  # noqa: BLE001  (mitmproxy's boundary: `log` ends the connection)
                    self.log("a fault inside", logging.ERROR, exc_info=True)
        finally:
            self._taking = False
            self._send()
        self._look()

    def _carry_out(self, command: commands.Command) -> None:
        if isinstance(command, commands.SendData):
            self._unsent.setdefault(command.connection, []).append(command.data)
        elif isinstance(command, commands.StartHook):
            self._start(command)
        elif isinstance(command, commands.OpenConnection):
            if command.connection in self.transports:
                raise RuntimeError("a connection is opened twice")
            task = self._task(self.open_connection(command))
            self.transports[command.connection] = ConnectionIO(handler=task)
        elif isinstance(command, commands.RequestWakeup):
            self.wakeup_timer.add(self._task(self.wakeup(command)))
        elif isinstance(command, commands.CloseConnection):
            self._send()
            if command.connection in self.transports:
                self.close_connection(command.connection, getattr(command, "half_close", False))
        elif not isinstance(command, commands.Log):  # what layers log names visited hosts
            raise RuntimeError(f"an unknown command: {type(command).__name__}")

    def _send(self) -> None:
        """Send what the layers gave: head and body of a message in one piece, not in two system calls."""
        for connection, pieces in self._unsent.items():
            transport = self.transports.get(connection)
            if transport is not None and transport.writer is not None and not transport.writer.is_closing():
                transport.writer.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        self._unsent.clear()

    def _start(self, hook: commands.StartHook) -> None:
        """Run a hook, or what a layer has left of it; only what waits becomes a task."""
        rest: Rest | None = vars(hook).pop("rest", None) or self._table.run(hook)
        if rest is not None:
            self._task(self._finish(hook, rest))
        elif hook.blocking:
            self._events.append(events.HookCompleted(hook))

    async def _finish(self, hook: commands.StartHook, rest: Rest) -> None:
        await self._waiting(rest)
        if hook.blocking:
            self._take(events.HookCompleted(hook))

    def _task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task and hold on to it: the loop alone does not."""
        task = asyncio.get_running_loop().create_task(work)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return task

    async def handle_connection(self, connection: Connection) -> None:
        """Read a connection to its end, and close it whatever ends it.

        Where a close is asked for while the reader waits for its turn, mitmproxy leaves the socket open.
        """
        # mitmproxy notes the task when it has been made, and one that starts at once may end before that
        self.transports[connection].handler = asyncio.current_task()
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
        if any(_is_backed_up(one.writer) for one in self.transports.values()):
            await super().drain_writers()  # type: ignore[no-untyped-call]
        if self._ahead <= MAX_AHEAD:
            return
        own = self.transports.get(self.client)
        is_client = own is not None and own.handler is asyncio.current_task()
        while self._ahead > MAX_AHEAD and (self._hooks or (is_client and self._connects())):
            self._moved.clear()
            await self._moved.wait()

    def _look(self) -> None:
        if self._ahead <= MAX_AHEAD:
            return  # nobody waits
        if not self._hooks and not self._connects():
            self._ahead = 0
        self._moved.set()

    def _connects(self) -> bool:
        """Whether a server connection is being made, its TLS handshake included."""
        return any(
            io.writer is None or (isinstance(one, Server) and one.tls and not one.tls_established)
            for one, io in self.transports.items()
        )


def _is_backed_up(writer: Any) -> bool:
    """Whether anything written waits for its peer, or for the end."""
    if writer is None:
        return False
    transport = writer.transport
    return bool(transport.is_closing() or transport.get_write_buffer_size() > 0)
