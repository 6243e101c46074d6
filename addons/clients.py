"""Who may use the proxy? Only clients in a configured network; nobody else gets an answer.

The first gate: it opens a connection's session, and without one no later gate lets anything through.
"""

from mitmproxy import connection
from mitmproxy.proxy.mode_specs import TransparentMode

from addons.browsing_log import BrowsingLog
from addons.flows import canonical_peer
from addons.sessions import Session, Sessions
from proxy import metrics
from proxy.gateway import Gateway

MAX_PER_CLIENT = 2_000
MAX_CONNECTIONS = 5_000


class Clients:
    """Opens and ends sessions.

    max_per_client    open connections that one address may hold; a NAT of a whole school needs
                      some hundreds
    """

    def __init__(
        self, gateway: Gateway, sessions: Sessions, journal: BrowsingLog, max_per_client: int = MAX_PER_CLIENT
    ) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._journal = journal
        self._max_per_client = max_per_client
        self._held: dict[str, int] = {}
        self._cell = metrics.CONNECTIONS.bind("http")

    def client_connected(self, client: connection.Client) -> None:
        """Refuse clients outside the configured networks, and addresses that hold too many connections."""
        peer = canonical_peer(client.peername[0])
        if not self._gateway.allows_client(peer):
            metrics.REFUSED.inc("http", "not_configured_network")
            client.error = "this client is in no configured network"
            return
        held = self._held.get(peer, 0)
        if held >= self._max_per_client or len(self._sessions) >= self._max_connections():
            metrics.REFUSED.inc("http", "overload")
            client.error = "this client holds too many connections"
            return
        session = Session(peer)
        if isinstance(client.proxy_mode, TransparentMode):
            session.destination = (canonical_peer(client.sockname[0]), client.sockname[1])
        self._held[peer] = held + 1
        self._sessions.begin(client.id, session)
        self._cell.inc()

    def _max_connections(self) -> int:
        settings = self._gateway.settings
        return settings.proxy.max_connections if settings else MAX_CONNECTIONS

    def client_disconnected(self, client: connection.Client) -> None:
        """Write the events of whatever the end of the connection ended."""
        session = self._sessions.end(client.id)
        if session is None:
            return
        self._cell.inc(-1)
        left = self._held[session.client] - 1
        if left:
            self._held[session.client] = left
        else:
            del self._held[session.client]
        self._journal.connection_ended(session)
