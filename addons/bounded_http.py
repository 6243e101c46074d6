"""How much of one HTTP connection may lie in our memory, and how are bodies of unknown length sent on?

mitmproxy bounds neither header lines nor what it collects of a body or of a WebSocket message.
"""

from collections import deque

from mitmproxy.connection import Connection
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import HttpLayer, WebsocketLayer
from mitmproxy.proxy.layers.http import (
    DropStream,
    GetHttpConnection,
    HTTPMode,
    HttpStream,
    RegisterHttpConnection,
    SendHttp,
)
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import RequestHeaders
from mitmproxy.proxy.layers.http._http1 import Http1Connection
from mitmproxy.proxy.layers.websocket import WebsocketConnection

from addons.held_bodies import HeldStream
from addons.hooks import hooks_of

MAX_WAITING = 256 * 1024
MAX_REFUSED_BODY = 1024 * 1024
MAX_MESSAGE = 16 * 1024 * 1024
MAX_FRAGMENTS = 4_096


class BoundedHttp(HttpLayer):
    """HTTP whose clients and servers cannot fill our memory, and whose requests stay one request each.

    What grows too long ends its connection: header lines and pipelined requests, the body of a
    request that is already refused, a WebSocket message.
    """

    def __init__(self, context: Context, mode: HTTPMode) -> None:
        super().__init__(context, mode)
        self._hooks = hooks_of(context.options)
        self._done: deque[tuple[layer.Layer | HttpStream, commands.StartHook]] = deque()

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        yield from super()._handle_event(event)
        while self._done:
            child, hook = self._done.popleft()
            yield from self.event_to_child(child, events.HookCompleted(hook))
        if not isinstance(event, events.DataReceived):
            return  # only what was read can be too much
        if self._unread(event.connection) > MAX_WAITING:
            yield commands.CloseConnection(event.connection)
            return
        for stream in self.streams.values():
            if _holds_too_much(stream):
                yield commands.CloseConnection(self.context.client)
                return

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
        for command in child.handle_event(event):
            if isinstance(command, ReceiveHttp):
                told = command.event
                if isinstance(told, RequestHeaders):
                    yield from self.make_stream(told.stream_id)
                stream = self.streams.get(told.stream_id)
                if stream is not None:  # data may come for a stream that is over
                    yield from self.event_to_child(stream, told)
            elif isinstance(command, SendHttp):
                yield from self.event_to_child(self.connections[command.connection], command.event)
            elif isinstance(command, commands.SendData):
                yield command
            elif isinstance(command, commands.StartHook):
                if not self._runs_here(child, command):
                    yield command
            else:
                yield from self._other(child, command)

    def make_stream(self, stream_id: int) -> CommandGenerator[None]:
        """Begin a request. Its context is a fork of ours; `Context.fork` makes a server only to drop it."""
        context = Context.__new__(Context)
        context.client, context.options, context.server = (
            self.context.client,
            self.context.options,
            self.context.server,
        )
        context.layers = self.context.layers.copy()
        stream = self.streams[stream_id] = HeldStream(context, stream_id)
        yield from self.event_to_child(stream, events.Start())

    def _runs_here(self, child: layer.Layer | HttpStream, hook: commands.StartHook) -> bool:
        """Run a hook here; its end waits for the event at hand, as if it had been on its way.

        Only a hook that has something to wait for goes up, through all layers, to the connection.
        """
        if self._hooks is not None and "rest" not in vars(hook):  # else a layer below has begun it
            rest = self._hooks.run(hook)
            if rest is None:
                if hook.blocking:
                    self._done.append((child, hook))
                return True
            vars(hook)["rest"] = rest
        if hook.blocking:
            self.command_sources[hook] = child
        return False

    def _other(self, child: layer.Layer | HttpStream, command: commands.Command) -> CommandGenerator[None]:
        if command.blocking or isinstance(command, commands.RequestWakeup):
            self.command_sources[command] = child
        if isinstance(command, DropStream):
            self.streams.pop(command.stream_id, None)
        elif isinstance(command, GetHttpConnection):
            yield from self.get_connection(command)
        elif isinstance(command, RegisterHttpConnection):
            yield from self.register_connection(command)
        else:
            if isinstance(command, commands.OpenConnection):
                self.connections[command.connection] = child
            yield command


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
