"""Who may come in? Only clients in a configured network, and each of them with so many connections.

The first gate: it opens a connection's session, and without one no later gate lets anything through.

Nobody holds more connections than are still free, so each address that takes all it can get has less than
the one before: of 5,000, a dozen of them still leave some for whoever comes new.
"""

from proxy import metrics
from proxy.frontdoor.attempts import canonical_peer
from proxy.frontdoor.endings import Endings
from proxy.frontdoor.sessions import Session, Sessions
from proxy.gateway import Gateway
from proxy.judgement import Change

MAX_PER_CLIENT = 2_000
MAX_CONNECTIONS = 5_000
MAX_KNOWN = 20_000


class Admission:
    """Opens and ends sessions.

    max_per_client    open connections that one address may hold; a NAT of a whole school needs
                      some hundreds
    """

    def __init__(
        self, gateway: Gateway, sessions: Sessions, endings: Endings, max_per_client: int = MAX_PER_CLIENT
    ) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._endings = endings
        self._max_per_client = max_per_client
        self._held: dict[str, int] = {}
        self._ours: set[str] = set()
        gateway.on_swap.append(self._swapped)
        self._cell = metrics.CONNECTIONS.bind("http")

    def enter(self, address: str) -> Session | None:
        """Open a session for a peer's address; None for clients outside the configured networks, and for
        addresses that hold too many connections."""
        peer = canonical_peer(address)
        if peer not in self._ours and not self._is_ours(peer):
            metrics.REFUSED.inc("http", "not_configured_network")
            return None
        held = self._held.get(peer, 0)
        free = self._max_connections() - len(self._sessions)
        if free <= 0 or held >= min(self._max_per_client, free):
            metrics.REFUSED.inc("http", "overload")
            return None
        session = Session(peer)
        self._held[peer] = held + 1
        self._sessions.begin(session)
        self._cell.inc()
        return session

    def leave(self, session: Session) -> None:
        """End a session, and write the events of whatever that ends. A second time does nothing."""
        if self._sessions.end(session.id) is None:
            return
        self._cell.inc(-1)
        left = self._held[session.client] - 1
        if left:
            self._held[session.client] = left
        else:
            del self._held[session.client]
        self._endings.connection_ended(session)

    def _is_ours(self, peer: str) -> bool:
        if not self._gateway.allows_client(peer):
            return False
        if len(self._ours) >= MAX_KNOWN:
            self._ours.clear()
        self._ours.add(peer)
        return True

    def _swapped(self, _: Change) -> None:
        self._ours.clear()

    def _max_connections(self) -> int:
        settings = self._gateway.settings
        return settings.proxy.max_connections if settings else MAX_CONNECTIONS
