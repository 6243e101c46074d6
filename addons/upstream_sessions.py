"""Has this server proven its name lately, so that the next handshake can resume?

A resumed TLS session spares both sides the certificate (RFC 8446, section 2.2). Only the server that proved
the name knows the session's secret, so a session is used for that name and that address only.
"""

from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic

from mitmproxy import tls
from mitmproxy.connection import Server
from mitmproxy.proxy import server_hooks
from OpenSSL import SSL

KEPT = 256
GOOD_FOR_S = 3600.0

type Place = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    session: SSL.Session
    proven: float


class UpstreamSessions:
    """Keeps the last session of each server, at most `kept`, for an hour after it proved its name."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._sessions: OrderedDict[Place, _Kept] = OrderedDict()
        self._open: dict[str, tuple[Place, SSL.Connection, float]] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def tls_start_server(self, data: tls.TlsData) -> None:
        """Offer to resume. Comes after whoever makes the connection's TLS object."""
        if data.ssl_conn is None or not isinstance(data.conn, Server):
            return
        place = _place(data.conn)
        kept = self._sessions.get(place)
        if kept is not None and kept.proven + GOOD_FOR_S > monotonic():
            data.ssl_conn.set_session(kept.session)

    def tls_established_server(self, data: tls.TlsData) -> None:
        """Remember the connection: in TLS 1.3 the session comes after the handshake."""
        if data.ssl_conn is None or not isinstance(data.conn, Server):
            return
        place = _place(data.conn)
        kept = self._sessions.get(place)
        resumed = kept is not None and _is_resumed(data.ssl_conn)
        self._open[data.conn.id] = (place, data.ssl_conn, kept.proven if kept and resumed else monotonic())

    def tls_failed_server(self, data: tls.TlsData) -> None:
        """Forget the session of a server that did not get through a handshake."""
        if isinstance(data.conn, Server):
            self._sessions.pop(_place(data.conn), None)

    def server_disconnected(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Keep the session that the server gave last."""
        place, connection, proven = self._open.pop(data.server.id, (None, None, 0.0))
        session = connection.get_session() if connection is not None else None
        if place is None or connection is None or session is None:
            return
        # OpenSSL takes a session for spoilt whose connection goes without a word of farewell
        connection.set_shutdown(SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN)
        self._sessions[place] = _Kept(session, proven)
        self._sessions.move_to_end(place)
        if len(self._sessions) > self._kept:
            self._sessions.popitem(last=False)


def _is_resumed(connection: SSL.Connection) -> bool:
    return bool(SSL._lib.SSL_session_reused(connection._ssl))  # type: ignore[attr-defined]


def _place(server: Server) -> Place:
    return (server.sni, server.address, tuple(server.alpn_offers))
