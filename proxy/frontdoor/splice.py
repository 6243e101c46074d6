"""How does a connection pass unread? Octets go from socket to socket, and are counted.

Each way of a splice is pumped on its own: what ends one way (a half-close) leaves the other open. A
receiver that is slow stops its sender: at most one buffer waits in each way, and nothing more is read.
"""

import errno
import os
import socket
from time import monotonic
from typing import Protocol

from proxy.frontdoor.gathering import Gathering
from proxy.frontdoor.one_way import OneWay
from proxy.frontdoor.poller import BOTH, BROKEN, ENDED, MOVABLE, READABLE, WRITABLE, Poller
from proxy.frontdoor.sessions import HostPort, Session

CONNECT_S = 30.0
IDLE_S = 600.0
HALF_CLOSED_S = 120.0
MAX_TRIES = 4
STREAM = socket.SOCK_STREAM | socket.SOCK_NONBLOCK


class Door(Protocol):
    """What a splice needs of the door it came in by."""

    poller: Poller
    gathering: Gathering
    now: float
    space: memoryview

    def unreached(self, session: Session, address: HostPort) -> HostPort | None:
        """An address did not answer; another one to try, or None."""

    def left(self, held: "Splice") -> None:
        """The connection is closed."""


class Splice:
    """A client's connection joined to a server's.

    first     what the client sent so far, for the server
    session   its `tunnel` gets the octets carried
    drained   whether the client's socket was empty after that, and each further octet is a new edge
    """

    __slots__ = (
        "_address", "_client", "_client_waits", "_connected", "_door", "_down", "_last", "_missed", "_plain",
        "_server", "_server_at", "_shut_down", "_shut_up", "_tries", "_up", "session",
    )  # fmt: skip

    def __init__(
        self,
        door: Door,
        client: socket.SocketType,
        session: Session,
        address: HostPort,
        first: bytes,
        *,
        drained: bool = False,
    ) -> None:
        self._door = door
        self._client = client
        self.session = session
        self._address = address
        self._tries = 1
        self._server = server = _socket_for(address)
        self._server_at = server.fileno()
        self._up = OneWay(client, server, door.space)
        self._down = OneWay(server, client, door.space)
        self._up.left = first
        self._up.carried = len(first)
        self._connected = self._shut_up = self._shut_down = self._client_waits = self._plain = False
        self._missed = not drained
        self._last = door.now

    def begin(self) -> None:
        """Connect to the server. What goes wrong closes the connection."""
        poller = self._door.poller
        poller.hand_over(self._client.fileno(), self)
        self.session.cut = self.cut
        try:
            self._dial()
        except OSError:
            self.cut()

    def _dial(self) -> None:
        """Begin to connect to an address, or to the next one that there is. Raises OSError."""
        self._server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        error = self._server.connect_ex(self._address)
        if error in (0, errno.EINPROGRESS):
            self._door.poller.watch(self._server_at, self, BOTH)
        else:
            self._unreached(error)

    def _unreached(self, error: int) -> None:
        """Try another address of the name where there is one. Raises OSError where there is none."""
        address = self._door.unreached(self.session, self._address)
        if address is None or self._tries == MAX_TRIES:
            raise OSError(error, os.strerror(error))
        self._door.poller.closing(self._server_at)
        self._server.close()
        self._tries += 1
        self._address = address
        self._server = server = _socket_for(address)
        self._server_at = server.fileno()
        self._up.target, self._up.send = server, server.send
        self._down.source, self._down.receive = server, server.recv_into
        self._dial()

    def ready(self, descriptor: int, mask: int) -> None:
        """Move what the sockets have and take."""
        self._last = self._door.now
        from_server = descriptor == self._server_at
        try:
            if self._plain and not mask & ENDED:
                if not mask & READABLE or (self._down if from_server else self._up).pass_on():
                    return
                mask = MOVABLE
            if not self._connected and not self._connect(mask, from_server=from_server):
                return
            if from_server:
                self._move(self._down, self._up, mask)
            else:
                self._move(self._up, self._down, mask)
        except OSError:
            self.cut()

    def _move(self, here: OneWay, back: OneWay, mask: int) -> None:
        """Pump after an event on the socket that `here` reads from and `back` writes to."""
        if mask & ENDED:
            here.hung_up = True
        again = self._door.poller.again
        if mask & READABLE:
            if here.pump():
                again(self, here.source.fileno())
            if here.pipe is not None and here.runs_fast(monotonic()):
                self._door.gathering.begin(self, here, back)
        if mask & WRITABLE and back.waits and back.pump():
            again(self, back.source.fileno())
        waits = self._down.waits
        if not self._client_waits and waits:
            self._client_waits = True
            self._door.poller.change(self._client.fileno(), BOTH)
        if here.ended or back.ended:
            self._plain = False
            self._pass_ends()
        else:
            self._plain = not waits and not self._up.waits and here.pipe is None and back.pipe is None

    def _connect(self, mask: int, *, from_server: bool) -> bool:
        """Look whether the server is reached; True once the connection can be pumped."""
        up = self._up
        if not from_server:
            self._missed = True  # read once there is somewhere to write to
            return False
        if mask & BROKEN and (error := self._server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
            self._unreached(error)
            return False
        if not mask & WRITABLE:
            return False
        self._connected = True
        if not self._missed:
            up.flush()
            return True
        up.hung_up = True  # what the client did before is no edge any more: read until there is nothing
        more = up.pump()
        up.hung_up = up.waits or more
        if more:
            self._door.poller.again(self, self._client.fileno())
        if up.ended:
            self._pass_ends()
        return self._client.fileno() >= 0

    def _pass_ends(self) -> None:
        """Tell each side when the other has sent all; close when both have."""
        up, down = self._up, self._down
        if up.ended and down.ended and not up.waits and not down.waits:
            self.cut()
            return
        if up.ended and not up.waits and not self._shut_up:
            self._shut_up = True
            self._server.shutdown(socket.SHUT_WR)
        if down.ended and not down.waits and not self._shut_down:
            self._shut_down = True
            self._client.shutdown(socket.SHUT_WR)

    def overdue(self, now: float) -> bool:
        """Say whether nothing has moved for longer than is waited for."""
        if not self._connected:
            return now - self._last > CONNECT_S
        allowed = HALF_CLOSED_S if self._up.ended or self._down.ended else IDLE_S
        return now - self._last > allowed

    def cut(self) -> None:
        """Close both connections, and write down what was carried."""
        if self._client.fileno() < 0:
            return
        tunnel = self.session.tunnel
        if tunnel is not None:
            tunnel.received, tunnel.sent = self._up.carried, self._down.carried
        for one in (self._client, self._server):
            self._door.poller.closing(one.fileno())
            one.close()
        self._up.close()
        self._down.close()
        self._door.left(self)


def _socket_for(address: HostPort) -> socket.SocketType:
    """A socket of C's making: one of Python's own costs three times as much. Raises OSError."""
    return socket.SocketType(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, STREAM)
