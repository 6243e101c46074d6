"""How are connections refused that are not HTTP, and others closed that have to end at once?

`flow.kill()` does not stop a TCP flow, so a refused stream gets a layer that only closes; none of
its bytes has anywhere to go.
"""

from collections.abc import Callable, Mapping

from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Client
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.server import ConnectionHandler


class Refuse(Layer):
    """Close the client's connection; answer and forward nothing."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._closed = False

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if self._closed:
            return
        self._closed = True
        yield commands.CloseConnection(self.context.client)


type Connections = Mapping[str | tuple[object, ...], ConnectionHandler]


def drop_client(client: Client, connections: Connections) -> None:
    """Close a client's connection, and with it every server connection made for it.

    connections    the open client connections, as the Proxyserver addon holds them
    """
    handler = connections.get(client.id)
    transport = handler.transports.get(client) if handler else None
    if transport is not None and transport.handler is not None:
        transport.handler.cancel("refused by the filter")


def dropping(proxyserver: Proxyserver) -> Callable[[Client], None]:
    """What closes a client's connection."""
    return lambda client: drop_client(client, proxyserver.connections)
