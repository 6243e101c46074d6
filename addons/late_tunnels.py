"""What becomes of a CONNECT request that is not a connection's first one? No tunnel begins here.

The front door judges tunnels. A CONNECT behind plain requests finds the connection closed without an answer,
which clients take for a kept connection that has run out: they ask again on a new one.
"""

from mitmproxy import http

from addons.plain_pages import bad_request
from proxy import metrics
from proxy.frontdoor.sessions import Sessions
from proxy.marking import marked


class LateTunnels:
    """Opens no tunnel inside another one, nor behind other requests."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Refuse, or close."""
        if flow.response:
            return
        if self._sessions.of(flow.client_conn.id).target is not None:
            flow.response = bad_request(marked("A tunnel inside a tunnel is not opened."), flow.request)
            return
        metrics.REFUSED.inc("tls", "late_tunnel")
        flow.kill()
