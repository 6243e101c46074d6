"""How does a connection pass unread? Octets go from socket to socket, and are counted.

Each way of a splice is pumped on its own: what ends one way (a half-close) leaves the other open. A
receiver that is slow stops its sender: at most one buffer waits in each way, and nothing more is read.
"""

import errno
import fcntl
import os
import socket
from typing import Protocol

from proxy.frontdoor.poller import BOTH, ENDED, READABLE, WRITABLE, Poller
from proxy.frontdoor.sessions import HostPort, Session

CONNECT_S = 30.0
IDLE_S = 600.0
HALF_CLOSED_S = 120.0
BUFFER = 64 * 1024
"""What of one connection may lie in our memory each way; thousands of them may be slow at once."""

PIPE = 256 * 1024
SLOW_BUFFER = 16 * 1024
TURNS = 8
LARGE = 1024 * 1024
"""From here on octets go through a pipe inside the kernel: measured, half the CPU of copying them, while
the pipe costs more than it saves for what most connections carry."""

MOVE = os.SPLICE_F_MOVE | os.SPLICE_F_NONBLOCK


class Door(Protocol):
    """What a splice needs of the door it came in by."""

    poller: Poller
    now: float
    space: memoryview

    def unreached(self, session: Session, address: HostPort) -> None:
        """An address did not answer."""

    def left(self, held: "Splice") -> None:
        """The connection is closed."""


class _Way:
    """One way of a splice.

    view      space to read into, which all splices of a door share
    left      octets that were read and have not gone out yet
    pipe      the two ends of a pipe, once much was carried; None before that
    inside    octets in the pipe
    ended     whether the sender has sent all
    hung_up   whether the kernel has said that the sender's end is there to be read
    """

    __slots__ = ("carried", "ended", "hung_up", "inside", "left", "pipe", "source", "target", "view")

    def __init__(self, source: socket.socket, target: socket.socket, view: memoryview) -> None:
        self.source = source
        self.target = target
        self.left: bytes | memoryview = b""
        self.pipe: tuple[int, int] | None = None
        self.inside = 0
        self.carried = 0
        self.ended = False
        self.hung_up = False
        self.view = view

    def pump(self) -> bool:
        """Move what can be moved now. Returns whether there may be more although nobody will call again.

        Raises OSError when one of the two sockets is broken.
        """
        if self.left and not self._flush():
            return False
        if self.ended and not self.inside:
            return False
        if self.pipe is not None or (self.carried > LARGE and self._open_pipe()):
            return self._through_pipe()
        receive, send, view = self.source.recv_into, self.target.send, self.view
        for _ in range(TURNS):
            try:
                got = receive(view)
            except BlockingIOError:
                return False
            if not got:
                self.ended = True
                return False
            self.carried += got
            try:
                sent = send(view[:got])
            except BlockingIOError:
                sent = 0
            if sent < got:
                self.left = bytes(view[sent:got])
                self.view = view[:SLOW_BUFFER]
                return False
            if got < len(view) and not self.hung_up:
                return False  # a short read has emptied the socket, and a further octet is a new edge
        return True

    @property
    def waits(self) -> bool:
        """Whether octets wait for the receiver."""
        return bool(self.left) or self.inside > 0

    def _open_pipe(self) -> bool:
        """Make a pipe; without one, octets go on being copied."""
        try:
            self.pipe = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            fcntl.fcntl(self.pipe[1], fcntl.F_SETPIPE_SZ, PIPE)
        except OSError:
            return True  # the system allows no larger ones to this user; a small one does as well
        return True

    def _through_pipe(self) -> bool:
        """Move octets inside the kernel. An empty pipe says that it is the socket which has nothing."""
        assert self.pipe is not None
        outlet, inlet = self.pipe
        source, target = self.source.fileno(), self.target.fileno()
        for _ in range(2 * TURNS):
            try:
                if self.inside:
                    self.inside -= os.splice(outlet, target, self.inside, flags=MOVE)
                    continue
                if self.ended:
                    return False
                got = os.splice(source, inlet, PIPE, flags=MOVE)
            except BlockingIOError:
                return False
            if not got:
                self.ended = True
                return False
            self.inside = got
            self.carried += got
        return True

    def close(self) -> None:
        """Close the pipe."""
        if self.pipe is not None:
            for end in self.pipe:
                os.close(end)
            self.pipe = None

    def _flush(self) -> bool:
        try:
            sent = self.target.send(self.left)
        except BlockingIOError:
            return False
        if sent < len(self.left):
            self.left = memoryview(self.left)[sent:]
            return False
        self.left = b""
        return True


class Splice:
    """A client's connection joined to a server's.

    first     what the client sent so far, for the server
    session   its `tunnel` gets the octets carried
    """

    __slots__ = (
        "_address", "_client", "_client_waits", "_connected", "_door", "_down", "_last", "_server",
        "_shut_down", "_shut_up", "_up", "session",
    )  # fmt: skip

    def __init__(
        self, door: Door, client: socket.socket, session: Session, address: HostPort, first: bytes
    ) -> None:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._door = door
        self._client = client
        self.session = session
        self._address = address
        self._server = server = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self._up = _Way(client, server, door.space)
        self._down = _Way(server, client, door.space)
        self._up.left = first
        self._up.carried = len(first)
        self._connected = self._shut_up = self._shut_down = self._client_waits = False
        self._last = door.now

    def begin(self) -> None:
        """Connect to the server. What goes wrong closes the connection."""
        try:
            self._server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            error = self._server.connect_ex(self._address)
            if error not in (0, errno.EINPROGRESS):
                raise OSError(error, os.strerror(error))
        except OSError:
            self._door.unreached(self.session, self._address)
            self.cut()
            return
        self.session.cut = self.cut
        poller = self._door.poller
        poller.hand_over(self._client.fileno(), self)
        poller.watch(self._server.fileno(), self, BOTH)

    def ready(self, descriptor: int, mask: int) -> None:
        """Move what the sockets have and take."""
        self._last = self._door.now
        try:
            if not self._connected and not self._connect(descriptor, mask):
                return
            if descriptor == self._server.fileno():
                self._move(self._down, self._up, mask)
            else:
                self._move(self._up, self._down, mask)
        except OSError:
            self.cut()

    def _move(self, here: _Way, back: _Way, mask: int) -> None:
        """Pump after an event on the socket that `here` reads from and `back` writes to."""
        if mask & ENDED:
            here.hung_up = True
        again = self._door.poller.again
        if mask & READABLE and here.pump():
            again(self, here.source.fileno())
        if mask & WRITABLE and back.waits and back.pump():
            again(self, back.source.fileno())
        if not self._client_waits and self._down.waits:
            self._client_waits = True
            self._door.poller.change(self._client.fileno(), BOTH)
        if here.ended or back.ended:
            self._pass_ends()

    def _connect(self, descriptor: int, mask: int) -> bool:
        """Look whether the server is reached; True once the connection can be pumped."""
        if descriptor != self._server.fileno():
            if mask & ENDED:
                self._up.hung_up = True  # read once there is somewhere to write to
            return False
        error = self._server.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            self._door.unreached(self.session, self._address)
            raise OSError(error, os.strerror(error))
        if not mask & WRITABLE:
            return False
        self._connected = True
        up = self._up
        up.hung_up = True  # what the client did before is no edge any more: read until there is nothing
        more = up.pump()
        up.hung_up = up.waits or more
        if more:
            self._door.poller.again(self, self._client.fileno())
        if self._up.ended:
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
