"""What becomes of the messages of a WebSocket: do they pass, or are they those of a tunnel?

A message waits until somebody has looked at it, together with those before it that count (`Talk`). One that
shows a tunnel reaches nobody, and the connection ends.
"""

from collections.abc import Callable
from dataclasses import replace

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.websocket import WebSocketMessage

from addons.signing import Signing, refused
from proxy.bypass.exchange.talk import Talk
from proxy.bypass.observed import MAX_FIRST, Message
from proxy.frontdoor.endings import Endings
from proxy.frontdoor.sessions import Exchange, Sessions
from proxy.judgement import Judgement


class SocketGate:
    """Judges exchanges again at their messages.

    drop    closes a client's connection
    """

    def __init__(
        self, sessions: Sessions, signing: Signing, endings: Endings, drop: Callable[[Client], None]
    ) -> None:
        self._sessions, self._signing, self._endings, self._drop = sessions, signing, endings, drop

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Look at a message before it is sent on."""
        session = self._sessions.get(flow.client_conn.id)
        exchange = session.exchanges.get(flow.id) if session is not None else None
        if session is None or exchange is None or exchange.seen is None or flow.websocket is None:
            return
        newest = flow.websocket.messages[-1]
        judgement = self._looked_at(exchange, newest)
        if judgement is None:
            return
        newest.drop()
        refused(session, flow.id)
        self._endings.refused(judgement)
        self._drop(flow.client_conn)

    def _looked_at(self, exchange: Exchange, newest: WebSocketMessage) -> Judgement | None:
        """The judgement that refuses a message together with those before it, if any."""
        seen = exchange.seen
        assert seen is not None
        if exchange.talk is None:
            exchange.talk = Talk()
        shown = exchange.talk.take(Message(newest.from_client, newest.is_text, newest.content[:MAX_FIRST]))
        if shown is None:
            return None
        return self._signing.said(exchange, replace(seen, messages=shown.messages, left_out=shown.left_out))
