"""How much of one HTTP connection may lie in our memory, and how are bodies of unknown length sent on?

mitmproxy bounds neither header lines nor what it collects of a body or of a WebSocket message.
"""

from mitmproxy.connection import Connection
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import HttpLayer, WebsocketLayer
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.http._events import RequestHeaders
from mitmproxy.proxy.layers.http._http1 import Http1Connection
from mitmproxy.proxy.layers.websocket import WebsocketConnection

MAX_WAITING = 256 * 1024
MAX_REFUSED_BODY = 1024 * 1024
MAX_MESSAGE = 16 * 1024 * 1024
MAX_FRAGMENTS = 4_096


class BoundedHttp(HttpLayer):
    """HTTP whose clients and servers cannot fill our memory, and whose requests stay one request each.

    What grows too long ends its connection: header lines and pipelined requests, the body of a
    request that is already refused, a WebSocket message.
    """

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        yield from super()._handle_event(event)
        if isinstance(event, events.DataReceived) and self._unread(event.connection) > MAX_WAITING:
            yield commands.CloseConnection(event.connection)
        elif any(_holds_too_much(stream) for stream in self.streams.values()):
            yield commands.CloseConnection(self.context.client)

    def _unread(self, connection: Connection) -> int:
        """Bytes of a connection that no message has been made of yet."""
        reader: object = self.connections.get(connection)
        while reader is not None and not isinstance(reader, Http1Connection):
            reader = getattr(reader, "child_layer", None)
        return len(reader.buf) if reader is not None else 0

    def event_to_child(self, child: layer.Layer | HttpStream, event: events.Event) -> CommandGenerator[None]:
        """Pass an event on; a request on its way to a server gets what its body needs there."""
        if isinstance(event, RequestHeaders) and not isinstance(child, HttpStream):
            _frame(event, child.context.server.alpn)
        yield from super().event_to_child(child, event)


def _frame(event: RequestHeaders, alpn: bytes | None) -> None:
    """Send a body of unknown length in chunks to a server that speaks HTTP/1.

    HTTP/2 ends a body by a flag. Sent as it is over HTTP/1, it would be the server's next request, and one
    that nobody has judged (RFC 9112, section 6).
    """
    fields = event.request.headers
    length_told = event.end_stream or "content-length" in fields
    if event.request.is_http2 and alpn != b"h2" and not length_told:
        fields["Transfer-Encoding"] = "chunked"


def _holds_too_much(stream: HttpStream) -> bool:
    if len(stream.request_body_buf) > MAX_REFUSED_BODY and stream.flow.response is not None:
        return True
    socket = stream.child_layer
    return isinstance(socket, WebsocketLayer) and any(
        _is_too_long(getattr(socket, side, None)) for side in ("client_ws", "server_ws")
    )


def _is_too_long(side: WebsocketConnection | None) -> bool:
    """Whether an unfinished WebSocket message has become too long, or is in too many pieces."""
    if side is None:
        return False
    return len(side.frame_buf) > MAX_FRAGMENTS or sum(map(len, side.frame_buf)) > MAX_MESSAGE
