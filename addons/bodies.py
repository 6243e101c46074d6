"""Which bodies are held, which pass piece by piece, and which are too long?

Short bodies of known length are held until they are complete; all others stream, so that memory
stays flat whatever is up- or downloaded.
"""

from collections.abc import Callable
from functools import partial

from mitmproxy import http
from mitmproxy.connection import Client

from addons.bounded_http import MAX_REFUSED_BODY
from addons.heads import Head, length_in
from addons.plain_pages import say
from proxy.frontdoor.sessions import Exchange, Sessions
from proxy.gateway import Gateway
from proxy.marking import marked
from proxy.settings.schema import Settings

DEFAULT_STREAM_OVER = 1024 * 1024
ENDLESS = (b"text/event-stream", b"multipart/x-mixed-replace")
NOT_A_SITES_TO_SAY = frozenset((b"alt-svc", b"proxy-authenticate", b"use-as-dictionary"))
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
        session = self._sessions.get(flow.client_conn.id)
        exchange = session.exchanges.get(flow.id) if session is not None else None
        if session is None or exchange is None or flow.response or flow.error:
            _forget_body(flow)
            return
        settings = self._gateway.settings
        limit = settings.proxy.max_request_bytes if settings else 0
        length, chunked = _framing(flow.request, session.head)
        if limit and length is not None and length > limit:
            text = marked("This network takes uploads of up to %(limit)s bytes.")
            values = {"limit": f"{limit:,}"}
            flow.response = say(413, marked("The upload is too long"), text, flow.request, values)
            _forget_body(flow)
        elif _may_have_body(flow.request, chunked) if length is None else length > _stream_over(settings):
            flow.request.stream = partial(self._received, flow.client_conn, exchange, limit)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Remove what is not a site's to say, and stream what is long or of unknown length.

        Alt-Svc (RFC 7838) leads past the filter; Proxy-Authenticate (RFC 9110, section 11.7.1) would let a
        site ask for the school's own log-in. Use-As-Dictionary (RFC 9842) would let later answers be coded by
        what only the browser has.
        """
        exchange, response = self._sessions.exchange(flow.client_conn.id, flow.id), flow.response
        if exchange is None or response is None or flow.error:
            return
        data = response.data
        told = _told_in(data.headers)
        if not NOT_A_SITES_TO_SAY.isdisjoint(told):
            data.headers.fields = tuple(
                field for field in data.headers.fields if field[0].lower() not in NOT_A_SITES_TO_SAY
            )
        settings = self._gateway.settings
        limit = settings.proxy.max_response_bytes if settings else 0
        length, asked_for_head = length_in(told), flow.request.data.method.upper() == b"HEAD"
        if limit and length is not None and length > limit and not asked_for_head:
            flow.kill()
            return
        if data.status_code == 101 or asked_for_head:
            return
        if length is None or length > _stream_over(settings) or _is_endless(told):
            response.stream = partial(self._sent, flow.client_conn, exchange, limit)

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
    length, chunked = _framing(flow.request, None)
    if flow.killable and (chunked or (length or 0) > MAX_REFUSED_BODY):
        flow.kill()


def _framing(request: http.Request, head: object) -> tuple[int | None, bool]:
    """The length that a request tells of its body, and whether it says how an unknown one is framed.

    head   what was read last on the connection: this request's, if these fields were made from it
    """
    fields = request.data.headers.fields
    if type(head) is Head and head.passed is fields:
        return head.length, head.chunked
    told = _told_in(request.data.headers)
    return length_in(told), b"transfer-encoding" in told


def _told_in(headers: http.Headers) -> dict[bytes, bytes]:
    """The fields of a head that are looked at here, by their names in lower case."""
    told: dict[bytes, bytes] = {}
    for name, value in headers.fields:
        if len(name) in LENGTHS and (key := name.lower()) in LOOKED_AT:
            told[key] = told[key] + b", " + value if key in told else value
    return told


def _may_have_body(request: http.Request, chunked: bool) -> bool:
    """Whether a request without Content-Length may bring a body: in HTTP/2 any, whatever its method."""
    return request.is_http2 or chunked


def _is_endless(told: dict[bytes, bytes]) -> bool:
    return told.get(b"content-type", b"").partition(b";")[0].strip().lower() in ENDLESS


def _stream_over(settings: Settings | None) -> int:
    return settings.proxy.stream_over_bytes if settings else DEFAULT_STREAM_OVER
