"""Which events does the journal get from the proxy? One for each HTTP attempt, one for each TLS
connection that was carried unread or ended before any HTTP."""

from mitmproxy import http

from proxy.frontdoor.endings import Endings
from proxy.frontdoor.sessions import Exchange, Sessions
from proxy.gateway import Gateway


class BrowsingLog(Endings):
    """Writes events when exchanges end."""

    def __init__(self, gateway: Gateway, sessions: Sessions) -> None:
        super().__init__(gateway)
        self._sessions = sessions

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
        session = self._sessions.get(flow.client_conn.id)
        exchange = None if session is None else session.exchanges.pop(flow.id, None)
        if exchange is None:
            return
        if flow.websocket is None:
            exchange.received += len(flow.request.data.content or b"")
            exchange.sent += len(flow.response.data.content or b"") if flow.response else 0
        self.ended(exchange)
