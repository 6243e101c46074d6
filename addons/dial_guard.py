"""Was this address judged for this very client? Every address that no gate has approved is refused.

Whoever adds a path around the gates finds the door closed.
"""

from mitmproxy import tls
from mitmproxy.proxy import server_hooks

from proxy.frontdoor.dialling import Dialling
from proxy.frontdoor.sessions import Sessions


class DialGuard:
    """Guards the door that connections to servers leave by."""

    def __init__(self, sessions: Sessions, dialling: Dialling) -> None:
        self._sessions = sessions
        self._dialling = dialling

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Refuse every address that no gate has approved for this client's connection."""
        address, session = data.server.address, self._sessions.get(data.client.id)
        if address is None or session is None or (address[0], address[1]) not in session.approved:
            data.server.error = "the filter has not judged this address"

    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Prefer other addresses of the name for a while."""
        address = data.server.address
        if address is not None:
            self._dialling.failed(self._sessions.get(data.client.id), (address[0], address[1]))

    def tls_start_server(self, data: tls.TlsData) -> None:
        """Let the server prove the name that was judged, not the address that was dialled."""
        data.conn.sni = self._sessions.of(data.context.client.id).server_name
