"""How are connections refused that are not HTTP, and WebSocket connections ended?

`flow.kill()` does not stop a TCP flow, so a refused stream gets a layer that only closes; none of
its bytes has anywhere to go.
"""

from collections.abc import Mapping

from mitmproxy import http
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


def stop_websocket(flow: http.HTTPFlow, connections: Connections) -> None:
    """End a WebSocket connection from a `websocket_message` hook: the newest message reaches nobody."""
    if flow.websocket is not None and flow.websocket.messages:
        flow.websocket.messages[-1].drop()
    drop_client(flow.client_conn, connections)
