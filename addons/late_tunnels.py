"""What becomes of a CONNECT request that is not a connection's first one? No tunnel begins here.

The front door judges tunnels. A CONNECT behind plain requests finds the connection closed without an answer,
which clients take for a kept connection that has run out: they ask again on a new one.
"""

from mitmproxy import http

from addons.plain_pages import bad_request
from addons.seen import tunnel_of
from proxy import metrics
from proxy.decision.request import Attempt, Stage
from proxy.decision.verdict import Action
from proxy.frontdoor.endings import Endings
from proxy.frontdoor.refusals import refused_by_proxy
from proxy.frontdoor.sessions import Session, Sessions
from proxy.gateway import Gateway
from proxy.lookout import Lookout
from proxy.marking import marked


class LateTunnels:
    """Opens no tunnel inside another one, nor behind other requests."""

    def __init__(self, gateway: Gateway, sessions: Sessions, lookout: Lookout, endings: Endings) -> None:
        self._gateway, self._sessions = gateway, sessions
        self._lookout, self._endings = lookout, endings

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Write down a request that mitmproxy refuses by itself: CONNECT inside another tunnel."""
        if flow.error is None or flow.request.data.method.upper() != b"CONNECT":
            return
        session = self._sessions.of(flow.client_conn.id)
        session.handshake = None
        self._write_down(flow, session)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Refuse, or close."""
        if flow.response:
            return
        session = self._sessions.of(flow.client_conn.id)
        if session.target is not None:
            flow.response = bad_request(marked("A tunnel inside a tunnel is not opened."), flow.request)
            return
        metrics.REFUSED.inc("tls", "late_tunnel")
        flow.kill()

    def _write_down(self, flow: http.HTTPFlow, session: Session) -> None:
        """Record whom a tunnel was to lead around the filter to, where detectors say so."""
        seen = tunnel_of(flow, session) if self._gateway.knowledge is not None else None
        signs = self._lookout.request(seen) if seen is not None else ()
        if seen is None or not signs:
            return
        attempt = Attempt(
            session.client, Stage.HTTP, seen.url.host, seen.url, session.login, "CONNECT", signs=signs
        )
        judgement = self._gateway.judge(attempt)
        if judgement.verdict.action is not Action.BLOCK:
            judgement = refused_by_proxy(judgement, "A tunnel inside a tunnel is not opened.")
        self._endings.refused(judgement)
