"""Which protocol does a client speak, and so which layer reads its bytes?

Every connection gets a layer from here and from nowhere else. What is neither TLS nor HTTP gets a
layer that only closes: by default mitmproxy would relay such bytes unread. TLS is opened only where the
front door has judged its handshake and said so.
"""

from mitmproxy.proxy import layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import ClientTLSLayer, ServerTLSLayer, modes
from mitmproxy.proxy.layers.http import HTTPMode

from addons.bounded_http import BoundedHttp
from addons.tunnels import Refuse
from proxy import metrics
from proxy.decision.request import Trait
from proxy.frontdoor.client_hello import starts_like_tls
from proxy.frontdoor.first_bytes import Speaks, speaks
from proxy.frontdoor.sessions import Session, Sessions
from proxy.frontdoor.tls_gate import TlsGate

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What HTTP/2 begins with (RFC 9113, section 3.4)."""


class Layers:
    """Chooses layers. Takes the place, and the name, of mitmproxy's own NextLayer."""

    name = "nextlayer"

    def __init__(self, sessions: Sessions, gate: TlsGate) -> None:
        self._sessions = sessions
        self._gate = gate

    def next_layer(self, data: layer.NextLayer) -> None:
        """Set the layer, or leave it unset until more bytes have come."""
        context = data.context
        session = self._sessions.of(context.client.id)
        first = data.data_client()
        if isinstance(context.layers[-1], modes.HttpProxy):
            data.layer = self._explicit(context, first)
        elif any(isinstance(one, ClientTLSLayer) for one in context.layers):
            data.layer = self._inside_tls(context, session, first)
        elif starts_like_tls(first):
            data.layer = self._tls(context, session)
        else:
            data.layer = self._http_or_nothing(context, session, first)

    def _explicit(self, context: Context, first: bytes) -> layer.Layer | None:
        match speaks(first):
            case Speaks.HTTP:
                return BoundedHttp(context, HTTPMode.regular)
            case Speaks.UNKNOWN_YET:
                return None
        metrics.REFUSED.inc("http", "malformed")
        return Refuse(context)

    def _inside_tls(self, context: Context, session: Session, first: bytes) -> layer.Layer | None:
        if context.client.alpn != b"h2":
            return self._http_or_nothing(context, session, first)
        if first.startswith(PREFACE):
            return BoundedHttp(context, HTTPMode.transparent)
        if PREFACE.startswith(first):
            return None
        return self._no_http(context, session, first)

    def _http_or_nothing(self, context: Context, session: Session, first: bytes) -> layer.Layer | None:
        match speaks(first):
            case Speaks.HTTP:
                return BoundedHttp(context, HTTPMode.transparent)
            case Speaks.UNKNOWN_YET:
                return None
        return self._no_http(context, session, first)

    def _no_http(self, context: Context, session: Session, first: bytes) -> layer.Layer:
        """Close what is no HTTP, and have it written down for what it is."""
        is_inside = any(isinstance(one, ClientTLSLayer) for one in context.layers)
        self._gate.refuse_stream(session, Trait.NOT_HTTP, first, is_inside=is_inside)
        return Refuse(context)

    def _tls(self, context: Context, session: Session) -> layer.Layer:
        """Open a handshake that the front door has judged. Any other has come by no gate of ours."""
        if not session.opened:
            metrics.REFUSED.inc("tls", "malformed")
            return Refuse(context)
        both = ServerTLSLayer(context)
        both.child_layer = ClientTLSLayer(context)
        return both
