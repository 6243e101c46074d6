"""How are connections refused or carried that are not HTTP, and WebSocket connections ended?

`flow.kill()` does not stop a TCP flow, so a refused stream gets a layer that only closes; none of
its bytes has anywhere to go.
"""

from collections.abc import Mapping

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers import TCPLayer
from mitmproxy.proxy.server import ConnectionHandler

from addons.sessions import Exchange

ACCESS_DENIED = bytes.fromhex("15030300020231")
"""A fatal TLS alert, access_denied (RFC 8446, section 6.2)."""


class Refuse(Layer):
    """Close the client's connection; answer and forward nothing.

    alert   tell a TLS client by an alert first, so that it shows an error and does not try again
    """

    def __init__(self, context: Context, *, alert: bool = False) -> None:
        super().__init__(context)
        self._alert = alert
        self._closed = False

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if self._closed:
            return
        self._closed = True
        if self._alert:
            yield commands.SendData(self.context.client, ACCESS_DENIED)
        yield commands.CloseConnection(self.context.client)


class Tunnel(TCPLayer):
    """Carry a stream unread between the client and a judged address, counting its bytes."""

    def __init__(self, context: Context, exchange: Exchange) -> None:
        super().__init__(context, ignore=True)
        self._exchange = exchange

    def relay_messages(self, event: events.Event) -> CommandGenerator[None]:
        """Count, then relay as the parent does."""
        if isinstance(event, events.DataReceived):
            if event.connection == self.context.client:
                self._exchange.received += len(event.data)
            else:
                self._exchange.sent += len(event.data)
        yield from super().relay_messages(event)


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
