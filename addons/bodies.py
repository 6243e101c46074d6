"""Which bodies are held, which pass piece by piece, and which are too long?

Short bodies of known length are held until they are complete; all others stream, so that memory
stays flat whatever is up- or downloaded.
"""

from collections.abc import Callable
from functools import partial

from mitmproxy import http
from mitmproxy.connection import Client

from addons.bounded_http import MAX_REFUSED_BODY
from addons.plain_pages import say
from proxy.frontdoor.sessions import Exchange, Sessions
from proxy.gateway import Gateway
from proxy.settings.schema import Settings

DEFAULT_STREAM_OVER = 1024 * 1024
ENDLESS = (b"text/event-stream", b"multipart/x-mixed-replace")
NOT_A_SITES_TO_SAY = frozenset((b"alt-svc", b"proxy-authenticate"))
LOOKED_AT = NOT_A_SITES_TO_SAY | {b"content-length", b"content-type", b"transfer-encoding"}
LENGTHS = frozenset(map(len, LOOKED_AT))


type Drop = Callable[[Client], None]


class Bodies:
    """Lets bodies stream, and takes from answers what would lead the client past the filter.

    drop    closes a client's connection
    """

    def __init__(self, gateway: Gateway, sessions: Sessions, drop: Drop) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._drop = drop

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Let a long request stream, or one of unknown length; refuse one that is too long."""
        exchange = self._exchange(flow)
        if flow.response or flow.error or exchange is None:
            _forget_body(flow)
            return
        settings = self._gateway.settings
        limit = settings.proxy.max_request_bytes if settings else 0
        told = _told_in(flow.request.headers)
        length = _length(told)
        if limit and length is not None and length > limit:
            flow.response = say(
                413, "The upload is too long", f"This network takes uploads of up to {limit:,} bytes."
            )
            _forget_body(flow)
        elif _may_have_body(flow.request, told) if length is None else length > _stream_over(settings):
            flow.request.stream = partial(self._received, flow.client_conn, exchange, limit)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Remove what is not a site's to say, and stream what is long or of unknown length.

        Alt-Svc (RFC 7838) leads past the filter; Proxy-Authenticate (RFC 9110, section 11.7.1) would let a
        site ask for the school's own log-in.
        """
        exchange = self._exchange(flow)
        if exchange is None or flow.response is None or flow.error:
            return
        told = _told_in(flow.response.headers)
        if not NOT_A_SITES_TO_SAY.isdisjoint(told):
            flow.response.headers.fields = tuple(
                field for field in flow.response.headers.fields if field[0].lower() not in NOT_A_SITES_TO_SAY
            )
        settings = self._gateway.settings
        limit = settings.proxy.max_response_bytes if settings else 0
        length = _length(told)
        if limit and length is not None and length > limit and flow.request.method != "HEAD":
            flow.kill()
            return
        if flow.response.status_code == 101 or flow.request.method == "HEAD":
            return
        kind = told.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if length is None or length > _stream_over(settings) or kind in ENDLESS:
            flow.response.stream = partial(self._sent, flow.client_conn, exchange, limit)

    def _exchange(self, flow: http.HTTPFlow) -> Exchange | None:
        return self._sessions.exchange(flow.client_conn.id, flow.id)

    def _received(self, client: Client, exchange: Exchange, limit: int, data: bytes) -> bytes:
        exchange.received += len(data)
        return self._within(limit, exchange.received, client, data)

    def _sent(self, client: Client, exchange: Exchange, limit: int, data: bytes) -> bytes:
        exchange.sent += len(data)
        return self._within(limit, exchange.sent, client, data)

    def _within(self, limit: int, total: int, client: Client, data: bytes) -> bytes:
        """Cut a body off, and the connection with it, where it outgrows its limit (0: none)."""
        if limit and total > limit:
            self._drop(client)
            return b""
        return data


def _forget_body(flow: http.HTTPFlow) -> None:
    """Do not take a long body of a request that is refused: the connection closes instead.

    One of unknown length in HTTP/2 is cut off as it comes (`BoundedHttp`).
    """
    told = _told_in(flow.request.headers)
    length = _length(told)
    if flow.killable and (b"transfer-encoding" in told or (length or 0) > MAX_REFUSED_BODY):
        flow.kill()


def _told_in(headers: http.Headers) -> dict[bytes, bytes]:
    """The fields of a head that are looked at here, by their names in lower case."""
    told: dict[bytes, bytes] = {}
    for name, value in headers.fields:
        if len(name) in LENGTHS and (key := name.lower()) in LOOKED_AT:
            told[key] = told[key] + b", " + value if key in told else value
    return told


def _may_have_body(request: http.Request, told: dict[bytes, bytes]) -> bool:
    """Whether a request without Content-Length may bring a body: in HTTP/2 any, whatever its method."""
    return request.is_http2 or b"transfer-encoding" in told


def _length(told: dict[bytes, bytes]) -> int | None:
    text = told.get(b"content-length", b"")
    return int(text) if text.isdigit() else None


def _stream_over(settings: Settings | None) -> int:
    return settings.proxy.stream_over_bytes if settings else DEFAULT_STREAM_OVER
