"""Which protocol does a client speak, and so which layer reads its bytes?

Every connection gets a layer from here and from nowhere else. What is neither TLS nor HTTP gets a
layer that only closes: by default mitmproxy would relay such bytes unread.
"""

import re
from enum import Enum

from mitmproxy.net.tls import starts_like_tls_record
from mitmproxy.proxy import layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import ClientTLSLayer, ServerTLSLayer, modes
from mitmproxy.proxy.layers.http import HTTPMode
from mitmproxy.proxy.layers.tls import parse_client_hello

from addons.bounded_http import BoundedHttp
from addons.sessions import Session, Sessions
from addons.tls_gate import TlsGate, Way
from addons.tunnels import Refuse, Tunnel
from proxy import metrics
from proxy.decision.request import Trait

MAX_REQUEST_LINE = 64 * 1024
MAX_CLIENT_HELLO = 64 * 1024
TLS_PORT = 443

_METHOD = re.compile(rb"[A-Z][A-Z-]{0,31}\Z")
_REQUEST_LINE = re.compile(rb"[A-Z][A-Z-]{1,31} [^\r\n]+ HTTP/1\.[01]\r?\n")


class Speaks(Enum):
    """What a client's first bytes are."""

    HTTP = "http"
    SOMETHING_ELSE = "something else"
    UNKNOWN_YET = "unknown yet"


class Layers:
    """Chooses layers. Takes the place, and the name, of mitmproxy's own NextLayer."""

    name = "nextlayer"

    def __init__(self, sessions: Sessions, gate: TlsGate) -> None:
        self._sessions = sessions
        self._gate = gate

    async def next_layer(self, data: layer.NextLayer) -> None:
        """Set the layer, or leave it unset until more bytes have come."""
        context = data.context
        session = self._sessions.of(context.client.id)
        first = data.data_client()
        if isinstance(context.layers[-1], modes.HttpProxy):
            data.layer = self._explicit(context, first)
        elif any(isinstance(one, ClientTLSLayer) for one in context.layers):
            data.layer = self._inside_tls(context, session, first)
        elif starts_like_tls_record(first):
            data.layer = await self._tls(context, session, first)
        else:
            data.layer = self._plain(context, session, first)

    def _explicit(self, context: Context, first: bytes) -> layer.Layer | None:
        match speaks(first):
            case Speaks.HTTP:
                return BoundedHttp(context, HTTPMode.regular)
            case Speaks.UNKNOWN_YET:
                return None
        metrics.REFUSED.inc("http", "malformed")
        return Refuse(context)

    def _inside_tls(self, context: Context, session: Session, first: bytes) -> layer.Layer | None:
        if context.client.alpn == b"h2":
            return BoundedHttp(context, HTTPMode.transparent)
        return self._http_or_nothing(context, session, first, Trait.NOT_HTTP)

    def _plain(self, context: Context, session: Session, first: bytes) -> layer.Layer | None:
        if session.target is not None and session.target[1] == TLS_PORT:
            return self._refused(context, session, Trait.NOT_TLS)
        return self._http_or_nothing(context, session, first, Trait.NOT_HTTP)

    def _http_or_nothing(
        self, context: Context, session: Session, first: bytes, trait: Trait
    ) -> layer.Layer | None:
        match speaks(first):
            case Speaks.HTTP:
                return BoundedHttp(context, HTTPMode.transparent)
            case Speaks.UNKNOWN_YET:
                return None
        return self._refused(context, session, trait)

    def _refused(self, context: Context, session: Session, trait: Trait) -> layer.Layer:
        self._gate.refuse_stream(session, trait)
        return Refuse(context)

    def _malformed(self, context: Context) -> layer.Layer:
        metrics.REFUSED.inc("tls", "malformed")
        return Refuse(context)

    async def _tls(self, context: Context, session: Session, first: bytes) -> layer.Layer | None:
        try:
            hello = parse_client_hello(first)
        except ValueError:
            return self._malformed(context)
        if hello is None:
            return None if len(first) <= MAX_CLIENT_HELLO else self._malformed(context)
        passage = await self._gate.passage(session, hello.sni)
        if passage.way is Way.REFUSE:
            return Refuse(context, alert=True)
        if passage.way is Way.CARRY and session.tunnel is not None:
            context.server.address = passage.address
            return Tunnel(context, session.tunnel)
        both = ServerTLSLayer(context)
        both.child_layer = ClientTLSLayer(context)
        return both


def speaks(first: bytes) -> Speaks:
    """Say whether a stream's first bytes begin an HTTP/1 request, as soon as that can be told."""
    line, newline, _ = first.partition(b"\n")
    if newline:
        return Speaks.HTTP if _REQUEST_LINE.match(line + newline) else Speaks.SOMETHING_ELSE
    method, space, _ = first.partition(b" ")
    if len(first) > MAX_REQUEST_LINE or (first and not _METHOD.match(method)):
        return Speaks.SOMETHING_ELSE
    if not space and len(method) > 32:
        return Speaks.SOMETHING_ELSE
    return Speaks.UNKNOWN_YET
