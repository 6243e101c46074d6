"""Which events does the journal get from the proxy? One for each HTTP attempt, one for each TLS
connection that was carried unread or ended before any HTTP."""

from mitmproxy import http

from addons.sessions import Exchange, Session, Sessions
from proxy import metrics
from proxy.decision.verdict import Action
from proxy.gateway import Gateway
from proxy.judgement import Judgement


class BrowsingLog:
    """Writes events when exchanges end; refusals are written by whoever refuses, through `refused`."""

    def __init__(self, gateway: Gateway, sessions: Sessions) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._in = metrics.BODY_BYTES.bind("from_client")
        self._out = metrics.BODY_BYTES.bind("to_client")

    def refused(self, judgement: Judgement, ticket: str = "") -> str:
        """Write the event of a refused attempt and return its id."""
        return self._gateway.record(judgement, ticket=ticket)

    def ended(self, exchange: Exchange) -> None:
        """Write the event of an attempt that was let go."""
        self._in.inc(exchange.received)
        self._out.inc(exchange.sent)
        self._gateway.record(
            exchange.judgement,
            bytes_=exchange.received + exchange.sent,
            duration_s=exchange.took_s(),
        )

    def connection_ended(self, session: Session) -> None:
        """Write what a closing client connection leaves unwritten."""
        if session.tunnel is not None:
            self.ended(session.tunnel)
        elif session.handshake is not None and session.handshake.judgement.verdict.action is Action.BLOCK:
            self.refused(session.handshake.judgement)
        for exchange in session.exchanges.values():
            self.ended(exchange)
        session.tunnel = session.handshake = None
        session.exchanges.clear()

    # ---- hooks ----------------------------------------------------------------------------------

    def response(self, flow: http.HTTPFlow) -> None:
        """The end of an exchange, unless a WebSocket connection follows."""
        if flow.websocket is None:
            self._finish(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        """The end of an exchange that broke off."""
        self._finish(flow)

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Count a message, then forget it: mitmproxy would keep them all. Comes after every detector."""
        exchange = self._exchange(flow)
        if flow.websocket is None:
            return
        for message in flow.websocket.messages:
            if exchange is not None and message.from_client:
                exchange.received += len(message.content)
            elif exchange is not None:
                exchange.sent += len(message.content)
        flow.websocket.messages.clear()

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """The end of a WebSocket connection."""
        self._finish(flow)

    def _exchange(self, flow: http.HTTPFlow) -> Exchange | None:
        return self._sessions.exchange(flow.client_conn.id, flow.id)

    def _finish(self, flow: http.HTTPFlow) -> None:
        exchange = self._exchange(flow)
        if exchange is None:
            return
        del self._sessions.of(flow.client_conn.id).exchanges[flow.id]
        if flow.websocket is None:
            exchange.received += len(flow.request.raw_content or b"")
            exchange.sent += len(flow.response.raw_content or b"") if flow.response else 0
        self.ended(exchange)
