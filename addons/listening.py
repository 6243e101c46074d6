"""Where do clients come in? Listening sockets, and what mitmproxy needs to know of each connection.

All workers share the explicit proxy's socket, which their supervisor opens and hands on: a worker
that dies takes no waiting client with it. Redirected traffic has a socket for each worker.
"""

import asyncio
import logging
import socket
from collections.abc import Callable

from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.master import Master
from mitmproxy.platform.linux import original_addr
from mitmproxy.proxy import mode_specs
from mitmproxy.proxy.layers import modes

from addons.bounded_connection import BoundedConnection
from addons.flows import canonical_peer
from addons.sessions import HostPort
from addons.tunnels import drop_client
from proxy import metrics
from proxy.settings.fields import Endpoint

log = logging.getLogger(__name__)

BACKLOG = 512

type OriginalDestination = Callable[[socket.socket], tuple[str, int]]


def open_listener(where: Endpoint, *, share: bool = False) -> socket.socket:
    """Open a listening TCP socket; one on `::` serves IPv4 as well.

    share    let other processes bind the same address and port (SO_REUSEPORT)

    Raises OSError, with the address in its text.
    """
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if share:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, where.host != "::")
        listener.bind((where.host, where.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"{where}: cannot listen here: {error.strerror}") from error
    listener.setblocking(False)
    return listener


def inherited_listener(descriptor: int) -> socket.socket:
    """Take over a listening socket that the parent process handed on. Raises OSError."""
    listener = socket.socket(fileno=descriptor)
    if not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise OSError(f"file descriptor {descriptor} is not a listening socket")
    listener.setblocking(False)
    return listener


class Listening:
    """Accepts clients and hands them to mitmproxy.

    original    tells where a redirected client was going, from its socket; raises OSError
    """

    def __init__(
        self, master: Master, connections: Proxyserver, original: OriginalDestination = original_addr
    ) -> None:
        self._master = master
        self._connections = connections
        self._original = original
        self._servers: list[asyncio.Server] = []
        self._told: set[str] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    async def explicit(self, listener: socket.socket) -> None:
        """Serve clients that know the proxy."""
        self._servers.append(await asyncio.start_server(self._explicit, sock=listener, backlog=BACKLOG))

    async def transparent(self, listener: socket.socket) -> None:
        """Serve clients whose packets are redirected here."""
        self._servers.append(await asyncio.start_server(self._redirected, sock=listener, backlog=BACKLOG))

    def close(self) -> None:
        """Accept nobody any more; open connections go on."""
        for server in self._servers:
            server.close()
        self._servers.clear()

    def drop_all(self) -> None:
        """Close every open connection."""
        for handler in list(self._connections.connections.values()):
            drop_client(handler.client, self._connections.connections)

    async def drained(self, within_s: float) -> None:
        """Wait until no client is connected, but no longer than so many seconds."""
        try:
            await asyncio.wait_for(self._idle.wait(), within_s)
        except TimeoutError:
            return

    async def _explicit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = self._handler(reader, writer, mode_specs.ProxyMode.parse("regular"))
        handler.layer = modes.HttpProxy(handler.layer.context)
        await self._serve(handler)

    async def _redirected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wanted = self._destination(writer.get_extra_info("socket"))
        if wanted is None:
            metrics.REFUSED.inc("tls", "not_redirected")
            writer.close()
            return
        handler = self._handler(reader, writer, mode_specs.ProxyMode.parse("transparent"))
        handler.client.sockname = wanted
        handler.layer = modes.TransparentProxy(handler.layer.context)
        handler.layer.context.server.address = wanted
        await self._serve(handler)

    def _destination(self, accepted: socket.socket) -> HostPort | None:
        """Where a client was going; None for one that was going here, which the kernel also says of it."""
        try:
            host, port = self._original(accepted)
            here, here_port = accepted.getsockname()[:2]
        except OSError:
            return None
        wanted = (canonical_peer(host), port)
        return None if wanted == (canonical_peer(here), here_port) else wanted

    def _handler(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, mode: mode_specs.ProxyMode
    ) -> BoundedConnection:
        return BoundedConnection(self._master, reader, writer, self._master.options, mode, self._told)

    async def _serve(self, handler: BoundedConnection) -> None:
        self._idle.clear()
        try:
            with self._connections.register_connection(handler.client.id, handler):
                await handler.handle_client()
        finally:
            if not self._connections.connections:
                self._idle.set()
