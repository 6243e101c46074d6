"""What is known about an open client connection besides its bytes?

A session holds values of our own only, never a flow, and lives as long as the connection.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from time import monotonic

from proxy.bypass import observed
from proxy.bypass.exchange.talk import Talk
from proxy.decision.request import Attempt
from proxy.decision.signs import Sign
from proxy.decision.verdict import Verdict
from proxy.judgement import Judgement
from proxy.recording import Packed

MAX_APPROVED = 256

type HostPort = tuple[str, int]


@dataclass(slots=True)
class Exchange:
    """An attempt that was let go, whose event is written when it ends.

    attempts         all that was judged for it and has to stay allowed; none: the judgement's own
    until            when a verdict may first have changed since; None: never by itself
    packed, time_us  its event, packed beforehand, and when it was asked; None: the judgement says it
    received, sent   bytes of bodies from and to the client
    seen             what detectors were shown of it so far; None: nothing, and then they are not asked
    talk             what was said in its WebSocket; None: nothing yet
    manner           what of its request makes a difference to its answer; None: anything may
    began            on the monotonic clock, in seconds
    """

    judgement: Judgement
    attempts: tuple[Attempt, ...] = ()
    received: int = 0
    sent: int = 0
    began: float = field(default_factory=monotonic)
    until: datetime | None = None
    packed: Packed | None = None
    time_us: int = 0
    seen: observed.Exchange | None = None
    talk: Talk | None = None
    manner: tuple[object, ...] | None = None

    @classmethod
    def of(cls, binding: Judgement, judgements: Iterable[Judgement]) -> "Exchange":
        """An attempt that was let go by several judgements, of which one is the strictest."""
        judgements = tuple(judgements)
        attempts = tuple(one.request.attempt for one in judgements)
        return cls(binding, attempts, until=earliest(one.verdict for one in judgements))

    def __post_init__(self) -> None:
        if not self.attempts:
            self.until = self.judgement.verdict.until

    @property
    def judged(self) -> tuple[Attempt, ...]:
        """The attempts to judge again when a verdict may have changed."""
        return self.attempts or (self.judgement.request.attempt,)

    def took_s(self) -> float:
        """Seconds since it began."""
        return monotonic() - self.began


def earliest(verdicts: Iterable[Verdict]) -> datetime | None:
    """The first moment at which one of the verdicts could change by itself; None: none ever does."""
    return soonest(*(one.until for one in verdicts))


def soonest(*moments: datetime | None) -> datetime | None:
    """The first of several moments, of which None never comes."""
    return min((moment for moment in moments if moment is not None), default=None)


_serials = count(1)


def _serial() -> str:
    return f"c{next(_serials)}"


def held_by_nobody() -> None:
    """Cut nothing: nobody holds the connection, not yet or no more."""


@dataclass(slots=True, eq=False)
class Session:
    """One client connection.

    client        the peer's IP address, canonical
    login         the log-in name that was proven on this very connection, or None
    connect       host and port of the CONNECT request (explicit mode), canonical
    destination   where the client's packets were going (redirected mode)
    server_name   the name that an upstream certificate has to prove
    approved      addresses that were judged and may be dialled for this client, oldest first
    signs         what the door saw in its beginning that stops it, where nobody permitted that
    opened        whether its TLS handshake was judged and is to be opened
    handshake     the TLS handshake under way, whose event is not yet written
    tunnel        what is carried unread
    exchanges     HTTP exchanges under way, by flow id
    head          what was read of the last request's head, by whoever reads requests
    recent        what was read of the last requests' heads
    over          whether the connection has ended, with all that stands here written down
    id            what it is known by while it lasts
    cut           closes the connection at once, whoever holds it
    """

    client: str
    login: str | None = None
    connect: HostPort | None = None
    destination: HostPort | None = None
    server_name: str = ""
    approved: dict[HostPort, None] = field(default_factory=dict)
    signs: tuple[Sign, ...] = ()
    opened: bool = False
    handshake: Exchange | None = None
    tunnel: Exchange | None = None
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    head: object = None
    recent: object = None
    over: bool = False
    id: str = field(default_factory=_serial)
    cut: Callable[[], None] = held_by_nobody

    def approve(self, address: HostPort) -> None:
        """Remember that an address was judged for this client and may be dialled."""
        approved = self.approved
        if len(approved) == 1 and address in approved:
            return
        approved.pop(address, None)
        approved[address] = None
        if len(approved) > MAX_APPROVED:
            del approved[next(iter(approved))]

    @property
    def target(self) -> HostPort | None:
        """Where the connection leads, as the client asked or as its packets say."""
        return self.connect or self.destination


class Sessions:
    """The sessions of all open client connections, by their id."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}

    def begin(self, session: Session) -> None:
        """Add the session of a new connection."""
        self._open[session.id] = session

    def of(self, session_id: str) -> Session:
        """Return an open connection's session.

        Raises KeyError when the connection never passed the front door or is over.
        """
        return self._open[session_id]

    def get(self, session_id: str) -> Session | None:
        """Return a connection's session; None when it is over, for hooks that come after the end."""
        return self._open.get(session_id)

    def exchange(self, session_id: str, flow_id: str) -> Exchange | None:
        """Return an exchange under way; None when it, or its connection, is over already."""
        session = self.get(session_id)
        return session.exchanges.get(flow_id) if session is not None else None

    def end(self, session_id: str) -> Session | None:
        """Take a session out and return it; None when there is none, or no more."""
        session = self._open.pop(session_id, None)
        if session is not None:
            session.over = True
            session.cut = held_by_nobody  # what held it can be freed without the garbage collector
        return session

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._open.values()))
