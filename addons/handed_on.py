"""How does mitmproxy get a connection that the front door has read the beginning of?

It gets the accepted socket, as a stream that begins with the octets already read. A tunnel that the front
door opened is, to mitmproxy, a connection to a known place: it never sees the CONNECT request.
"""

import asyncio
import logging
import socket
from contextlib import suppress

from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master
from mitmproxy.proxy import mode_specs
from mitmproxy.proxy.layers import modes

from addons.bounded_connection import BoundedConnection
from addons.tunnels import drop_client
from proxy import metrics
from proxy.frontdoor.door import Over
from proxy.frontdoor.sessions import Session

log = logging.getLogger(__name__)

LAST_WORDS_S = 15.0

REGULAR = mode_specs.ProxyMode.parse("regular")
TRANSPARENT = mode_specs.ProxyMode.parse("transparent")


class HandedOn:
    """Lets mitmproxy serve connections, each to its end."""

    def __init__(self, master: Master, connections: Proxyserver) -> None:
        self._master = master
        self._connections = connections
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()

    def __call__(self, sock: socket.socket, first: bytes, session: Session, over: Over) -> None:
        """Take a connection over, with the octets that were read from it."""
        task = asyncio.get_running_loop().create_task(self._serve(sock, first, session))
        self._tasks.add(task)
        session.cut = lambda: self._cut(session, task)
        task.add_done_callback(lambda done: self._done(done, sock, over))

    def _cut(self, session: Session, task: asyncio.Task[None]) -> None:
        """Close a connection; one that mitmproxy has not got yet never gets there."""
        handler = self._connections.connections.get(session.id)
        if handler is None:
            task.cancel()
        else:
            drop_client(handler.client, self._connections.connections)

    def _done(self, task: asyncio.Task[None], sock: socket.socket, over: Over) -> None:
        self._tasks.discard(task)
        sock.close()
        over()
        fault = None if task.cancelled() else task.exception()
        if fault is None or isinstance(fault, OSError):
            return
        metrics.ERRORS.inc("proxy")
        if type(fault).__name__ not in self._told:
            self._told.add(type(fault).__name__)
            log.error("%s while a connection was served; it was closed", type(fault).__name__, exc_info=fault)

    async def _serve(self, sock: socket.socket, first: bytes, session: Session) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        reader.feed_data(first)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, sock)
        try:
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            handler = self._handler(reader, writer, session)
            with self._connections.register_connection(session.id, handler):
                await handler.handle_client()
            if transport.get_write_buffer_size():
                await _heard_out(writer)
        finally:
            transport.abort()  # closes what a fault or a client that does not read would leave open

    def _handler(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, session: Session
    ) -> BoundedConnection:
        mode = REGULAR if session.destination is None else TRANSPARENT
        options = self._master.options
        handler = BoundedConnection(self._master, reader, writer, options, mode, self._told)
        transport = handler.transports.pop(handler.client)
        handler.client.id = session.id  # also what a connection is hashed by
        handler.transports[handler.client] = transport
        context = handler.layer.context
        if session.target is None:
            handler.layer = modes.HttpProxy(context)
            return handler
        if session.destination is not None:
            handler.client.sockname = session.destination
        handler.layer = modes.TransparentProxy(context)
        context.server.address = session.target
        return handler


async def _heard_out(writer: asyncio.StreamWriter) -> None:
    """Let a client take the rest of its last answer, for a while. Until then its connection counts."""
    writer.close()
    with suppress(TimeoutError, OSError):
        await asyncio.wait_for(writer.wait_closed(), LAST_WORDS_S)
