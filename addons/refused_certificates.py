"""Which clients do not take our certificate? They are counted, and their handshake's event is written."""

from mitmproxy import tls

from proxy import metrics
from proxy.decision.names import is_address
from proxy.frontdoor.endings import Endings
from proxy.frontdoor.sessions import Sessions
from proxy.pinned import CertificateRefusals


class RefusedCertificates:
    """Keeps the table from which names for passing are proposed."""

    def __init__(self, sessions: Sessions, endings: Endings, refusals: CertificateRefusals) -> None:
        self._sessions = sessions
        self._endings = endings
        self._refusals = refusals

    def tls_failed_client(self, data: tls.TlsData) -> None:
        """Count a client that refused our certificate; write the event the handshake still owes."""
        session = self._sessions.get(data.context.client.id)
        if session is None:
            return
        host = session.server_name
        if host and not is_address(host) and self._refusals.saw(host, data.conn.error or ""):
            metrics.CERT_REFUSALS.inc()
        if session.handshake is not None:
            self._endings.ended(session.handshake)
            session.handshake = None
