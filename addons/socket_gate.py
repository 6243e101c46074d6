"""What becomes of the first messages of a WebSocket: do they pass, or are they those of a tunnel?

A message waits until somebody has looked at it together with those before it. One that shows a tunnel reaches
nobody, and the connection ends. After the first messages of each side, nobody looks any more. Empty and tiny
ones (beats of a heart, padding) are looked at, and do not count among these until they are very many.
"""

from collections.abc import Callable
from dataclasses import replace

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.websocket import WebSocketMessage

from addons.signing import Signing, refused
from proxy.bypass.observed import MAX_FIRST, MAX_MESSAGES, Message
from proxy.frontdoor.endings import Endings
from proxy.frontdoor.sessions import Exchange, Sessions
from proxy.judgement import Judgement

MAX_SIDE = 32 * 1024
"""Octets of one side's first messages that are kept to be looked at together."""
TINY = 5
"""Messages of fewer octets show nothing by themselves, and do not take the place of others."""
MAX_ALL = 512
"""Messages of one side, tiny ones too, after which nobody looks any more: some pages send letters all day."""


class SocketGate:
    """Judges exchanges again at the first messages of each side.

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
        if not _is_first(seen.messages, newest.from_client):
            if not _is_first(seen.messages, not newest.from_client):
                exchange.seen = None  # nobody looks at any more of it
            return None
        message = Message(newest.from_client, newest.is_text, newest.content[:MAX_FIRST])
        exchange.seen = seen = replace(seen, messages=(*seen.messages, message))
        return self._signing.said(exchange, seen)


def _is_first(messages: tuple[Message, ...], from_client: bool) -> bool:
    """Whether the next message of a side is one of its first."""
    own = [len(message.payload) for message in messages if message.from_client is from_client]
    counted = sum(size >= TINY for size in own)
    return counted < MAX_MESSAGES and len(own) < MAX_ALL and sum(own) < MAX_SIDE
