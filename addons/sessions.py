"""What is known about an open client connection besides its bytes?

A session holds values of our own only, never a flow, and lives as long as the connection.
"""

from dataclasses import dataclass, field
from time import monotonic

from proxy.judgement import Judgement

MAX_APPROVED = 256

type HostPort = tuple[str, int]


@dataclass(slots=True)
class Exchange:
    """An attempt that was let go, whose event is written when it ends.

    received, sent   bytes of bodies from and to the client
    began            on the monotonic clock, in seconds
    """

    judgement: Judgement
    received: int = 0
    sent: int = 0
    began: float = field(default_factory=monotonic)

    def took_s(self) -> float:
        """Seconds since it began."""
        return monotonic() - self.began


@dataclass(slots=True)
class Session:
    """One client connection.

    client        the peer's IP address, canonical
    login         the log-in name that was proven on this very connection, or None
    connect       host and port of the CONNECT request (explicit mode), canonical
    destination   where the client's packets were going (redirected mode)
    server_name   the name that an upstream certificate has to prove
    approved      addresses that were judged and may be dialled for this client, oldest first
    handshake     the TLS handshake under way, whose event is not yet written
    exchanges     HTTP exchanges under way, by flow id
    over          whether the connection has ended, with all that stands here written down
    """

    client: str
    login: str | None = None
    connect: HostPort | None = None
    destination: HostPort | None = None
    server_name: str = ""
    approved: dict[HostPort, None] = field(default_factory=dict)
    handshake: Exchange | None = None
    tunnel: Exchange | None = None
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    over: bool = False

    def approve(self, address: HostPort) -> None:
        """Remember that an address was judged for this client and may be dialled."""
        self.approved.pop(address, None)
        self.approved[address] = None
        if len(self.approved) > MAX_APPROVED:
            del self.approved[next(iter(self.approved))]

    @property
    def target(self) -> HostPort | None:
        """Where the connection leads, as the client asked or as its packets say."""
        return self.connect or self.destination


class Sessions:
    """The sessions of all open client connections, by mitmproxy's connection id."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}

    def begin(self, connection_id: str, session: Session) -> None:
        """Add the session of a new connection."""
        self._open[connection_id] = session

    def of(self, connection_id: str) -> Session:
        """Return an open connection's session.

        Raises KeyError when the connection never passed the client gate or is over.
        """
        return self._open[connection_id]

    def get(self, connection_id: str) -> Session | None:
        """Return a connection's session; None when it is over, for hooks that come after the end."""
        return self._open.get(connection_id)

    def exchange(self, connection_id: str, flow_id: str) -> Exchange | None:
        """Return an exchange under way; None when it, or its connection, is over already."""
        session = self.get(connection_id)
        return session.exchanges.get(flow_id) if session is not None else None

    def end(self, connection_id: str) -> Session | None:
        """Take a session out and return it; None when the connection never had one."""
        session = self._open.pop(connection_id, None)
        if session is not None:
            session.over = True
        return session

    def __len__(self) -> int:
        return len(self._open)
