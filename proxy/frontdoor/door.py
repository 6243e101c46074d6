"""Where does every connection come in, and who holds it until it is over?

One worker's door: it accepts, admits, lets `Arrival` find out what a connection is, holds what is carried
unread, hands on what somebody has to read, and judges again what stays open.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from proxy import metrics
from proxy.answered.read import Read
from proxy.frontdoor.admission import Admission
from proxy.frontdoor.answers import Pages
from proxy.frontdoor.arrival import Arrival
from proxy.frontdoor.connect_gate import ConnectGate
from proxy.frontdoor.destinations import Destinations
from proxy.frontdoor.dialling import Dialling, Resolver
from proxy.frontdoor.endings import Endings
from proxy.frontdoor.gathering import Gathering
from proxy.frontdoor.listening import BACKLOG, OriginalDestination, destination, original_destination
from proxy.frontdoor.login import LoginGate
from proxy.frontdoor.one_way import BUFFER
from proxy.frontdoor.openings import Openings
from proxy.frontdoor.poller import ACCEPT, READ, Poller
from proxy.frontdoor.rejudging import Rejudging
from proxy.frontdoor.sessions import HostPort, Session, Sessions, soonest
from proxy.frontdoor.splice import Splice
from proxy.frontdoor.tls_gate import TlsGate
from proxy.gateway import Gateway, utc_now
from proxy.identity.logins import Logins

log = logging.getLogger(__name__)

SWEEP_S = 0.5

type Over = Callable[[], None]


class HandOn(Protocol):
    """Serves the requests of a connection to their end."""

    def __call__(self, sock: socket.socket, first: bytes, session: Session, over: Over) -> None:
        """Take a connection over.

        first      octets that were read from it already
        session    begun; an admitted client, the tunnel's target, a proven log-in. Its `cut` is to be set.
        over       to be called once the connection is closed
        """


class FrontDoor:
    """The front door of one worker, on one event loop.

    resolver        finds addresses for names under a client's policy
    pages           makes the pages that refuse
    logins          gives what checks passwords under the settings in force, or None
    destinations    gives what may be dialled under the settings in force
    hand_on         serves what is not carried unread
    original        tells where a redirected client was going, from its socket; raises OSError
    clock           the gateway's clock
    answered        what our resolver told whom; None: nothing is known of that
    """

    def __init__(
        self,
        gateway: Gateway,
        resolver: Resolver,
        pages: Pages,
        *,
        logins: Callable[[], Logins | None],
        destinations: Callable[[], Destinations],
        original: OriginalDestination = original_destination,
        clock: Callable[[], datetime] = utc_now,
        answered: Read | None = None,
    ) -> None:
        self.sessions = Sessions()
        self.endings = Endings(gateway)
        self.dialling = Dialling(gateway, resolver, destinations)
        self.login = LoginGate(gateway, pages, logins)
        self.openings = Openings(gateway, self.dialling, answered)
        self.connects = ConnectGate(gateway, pages, self.openings)
        self.tls = TlsGate(gateway, self.dialling, self.endings, self.openings)
        self.admission = Admission(gateway, self.sessions, self.endings)
        self.rejudging = Rejudging(gateway, self.sessions, self.dialling, clock)
        self.asked = metrics.QUERIES.bind("tls", "connect")
        self.space = memoryview(bytearray(BUFFER))
        self.now = 0.0
        self._original = original
        self._hand_on: HandOn | None = None
        self._held: set[Arrival | Splice] = set()
        self._listeners: dict[int, _Listener] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._sweeping: asyncio.TimerHandle | None = None

    def open(self, loop: asyncio.AbstractEventLoop, hand_on: HandOn) -> None:
        """Be ready for connections on an event loop."""
        self.loop = loop
        self.poller = Poller(loop)
        self.gathering = Gathering(loop, self.poller)
        self._hand_on = hand_on
        self.now = loop.time()
        self.rejudging.start(loop)
        self._sweeping = loop.call_later(SWEEP_S, self._sweep)

    def explicit(self, listener: socket.socket) -> None:
        """Serve clients that know the proxy."""
        self._listen(listener, redirected=False)

    def transparent(self, listener: socket.socket) -> None:
        """Serve clients whose packets are redirected here."""
        self._listen(listener, redirected=True)

    def close(self) -> None:
        """Accept nobody any more; open connections go on."""
        for listener in tuple(self._listeners.values()):
            listener.cut()
        self._listeners.clear()

    def drop_all(self) -> None:
        """Close every open connection, whoever holds it."""
        for session in self.sessions:
            session.cut()

    async def drained(self, within_s: float) -> None:
        """Wait until no client is connected, but no longer than so many seconds."""
        try:
            await asyncio.wait_for(self._idle.wait(), within_s)
        except TimeoutError:
            return

    def shut(self) -> None:
        """Give up the event loop's help; nothing is served any more."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        self.rejudging.stop()
        self.gathering.stop()
        self.poller.close()

    # ---- for those who hold connections -----------------------------------------------------------

    def accepted(self, sock: socket.SocketType, address: str, *, redirected: bool) -> None:
        """Look after a new connection."""
        wanted = destination(sock, self._original) if redirected else None
        if redirected and wanted is None:
            metrics.REFUSED.inc("tls", "not_redirected")
            sock.close()
            return
        session = self.admission.enter(address)
        if session is None:
            sock.close()
            return
        self._idle.clear()
        session.destination = wanted
        arrival = Arrival(self, sock, session)
        self._held.add(arrival)
        try:
            self.poller.watch(sock.fileno(), arrival, READ)
        except OSError:
            arrival.cut()

    def exchange(self, arrival: Arrival, splice: Splice) -> None:
        """A connection goes on as a splice."""
        self._held.discard(arrival)
        self._held.add(splice)

    def hand_over(self, arrival: Arrival, accepted: socket.SocketType, first: bytes) -> None:
        """A connection goes on elsewhere."""
        self._held.discard(arrival)
        self.poller.forget(accepted.fileno())
        session = arrival.session
        if self._hand_on is None:
            raise RuntimeError("nobody serves requests")
        sock = socket.socket(accepted.family, accepted.type, accepted.proto, accepted.detach())
        try:
            self._hand_on(sock, first, session, lambda: self._over(session))
        except BaseException:
            sock.close()
            self._over(session)
            raise

    def unreached(self, session: Session, address: HostPort) -> HostPort | None:
        """An address did not answer; return another one of the same name to try, if there is any."""
        self.dialling.failed(session, address)
        found = self.dialling.another(session, session.server_name, address[1])
        if found is None:
            return None
        if session.tunnel is not None:  # it may be of a later answer than the first
            session.tunnel.until = soonest(session.tunnel.until, found.until)
        return found.address

    def left(self, held: Arrival | Splice) -> None:
        """A connection is closed."""
        self._held.discard(held)
        self._over(held.session)

    def _over(self, session: Session) -> None:
        self.admission.leave(session)
        if not self.sessions:
            self._idle.set()

    def _listen(self, listener: socket.socket, *, redirected: bool) -> None:
        # accepted sockets inherit these
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        one = _Listener(self, listener, redirected=redirected)
        self._listeners[listener.fileno()] = one
        one.watch()

    def _sweep(self) -> None:
        self._sweeping = self.loop.call_later(SWEEP_S, self._sweep)
        self.sweep(self.loop.time())

    def sweep(self, now: float) -> None:
        """Close what takes too long, judge again what has to be, and accept again after a shortage.

        now    on the event loop's clock
        """
        self.now = now
        for held in [one for one in self._held if one.overdue(now)]:
            try:
                held.cut()
            except Exception as error:  # noqa: BLE001  (one connection's fault must not keep the others open)
                self.poller.fault(held, error)
        self.rejudging.tick()
        for listener in self._listeners.values():
            listener.watch()


class _Listener:
    """A listening socket."""

    def __init__(self, door: FrontDoor, sock: socket.socket, *, redirected: bool) -> None:
        self._door = door
        self._sock = sock
        self._redirected = redirected
        self._family = sock.family
        self._watched = False

    def watch(self) -> None:
        """Accept, from now on or again."""
        if not self._watched:
            self._watched = True
            self._door.poller.watch(self._sock.fileno(), self, ACCEPT)

    def ready(self, descriptor: int, mask: int) -> None:
        """Accept one who is waiting; while there are more, the poller calls again."""
        self._accept()

    def _accept(self) -> bool:
        """Accept one who is waiting, if there is one and a descriptor for him."""
        try:
            # as `socket.accept` does, without a second object of Python's around each connection
            descriptor, address = self._sock._accept()  # type: ignore[attr-defined]
        except (BlockingIOError, ConnectionAbortedError):
            return False
        except OSError as error:
            metrics.ERRORS.inc("frontdoor")
            log.error("no client can be accepted for a moment: %s", error.strerror)
            self._watched = False
            self._door.poller.forget(self._sock.fileno())
            return False
        sock = socket.SocketType(self._family, socket.SOCK_STREAM, 0, descriptor)
        sock.setblocking(False)
        try:
            self._door.accepted(sock, address[0], redirected=self._redirected)
        except Exception as error:  # noqa: BLE001  (a connection's boundary: a fault must refuse)
            self._door.poller.fault(_Unadmitted(sock), error)
        return True

    def cut(self) -> None:
        """Stop listening. Redirected clients that wait already come in: no other worker has their socket."""
        self._door.poller.forget(self._sock.fileno())
        for _ in range(BACKLOG if self._redirected else 0):
            if not self._accept():
                break
        self._sock.close()


class _Unadmitted:
    """A connection that nobody looks after yet."""

    def __init__(self, sock: socket.SocketType) -> None:
        self._sock = sock

    def ready(self, descriptor: int, mask: int) -> None:
        """Nothing."""

    def cut(self) -> None:
        """Close it."""
        self._sock.close()
