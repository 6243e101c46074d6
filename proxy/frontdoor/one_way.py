"""How do octets get from one socket to another? Read and sent, or through a pipe inside the kernel.

A receiver that is slow stops its sender: at most one buffer waits, and nothing more is read.
"""

import fcntl
import os
import socket

BUFFER = 64 * 1024
"""What of one connection may lie in our memory each way; thousands of them may be slow at once."""

PIPE = 256 * 1024
SLOW_BUFFER = 16 * 1024
TURNS = 8
LARGE = 1024 * 1024
"""From here on octets go through a pipe inside the kernel: measured, half the CPU of copying them, while
the pipe costs more than it saves for what most connections carry."""

STRETCH = 512 * 1024
FAST = 32 * 1024 * 1024
"""Octets a second."""

MOVE = os.SPLICE_F_MOVE | os.SPLICE_F_NONBLOCK


class OneWay:
    """One way of a splice.

    source, target   both non-blocking
    view      space to read into, which all splices of a door share
    left      octets that were read and have not gone out yet
    pipe      the two ends of a pipe, once much was carried; None before that
    inside    octets in the pipe
    ended     whether the sender has sent all
    hung_up   whether the kernel has said that the sender's end is there to be read
    looked    when its speed was looked at last, and `looked_at` what had been carried then
    """

    __slots__ = (
        "carried", "ended", "hung_up", "inside", "left", "looked", "looked_at", "pipe", "receive", "send",
        "source", "target", "view",
    )  # fmt: skip

    def __init__(self, source: socket.SocketType, target: socket.SocketType, view: memoryview) -> None:
        self.source = source
        self.target = target
        self.receive = source.recv_into
        self.send = target.send
        self.left: bytes | memoryview = b""
        self.pipe: tuple[int, int] | None = None
        self.inside = 0
        self.carried = 0
        self.ended = False
        self.hung_up = False
        self.looked = 0.0
        self.looked_at = 0
        self.view = view

    def pass_on(self) -> bool:
        """Read once and send that on; False where more has to be looked at, and `pump` is to be called.

        Nothing may be left from before. Nearly all that a short connection does is done with this.

        Raises OSError when one of the two sockets is broken.
        """
        view = self.view
        try:
            got = self.receive(view)
        except BlockingIOError:
            return True
        if not got:
            self.ended = True
            return False
        self.carried += got
        try:
            sent = self.send(view[:got])
        except BlockingIOError:
            sent = 0
        if sent < got:
            self.keep(view[sent:got])
            return False
        return got < len(view) and self.carried <= LARGE

    def keep(self, left: memoryview) -> None:
        """Keep what the receiver did not take, and read less at a time from now on."""
        self.left = bytes(left)
        self.view = self.view[:SLOW_BUFFER]

    def pump(self) -> bool:
        """Move what can be moved now. Returns whether there may be more although nobody will call again.

        Raises OSError when one of the two sockets is broken.
        """
        if self.left and not self.flush():
            return False
        if self.ended and not self.inside:
            return False
        if self.pipe is not None or (self.carried > LARGE and self._open_pipe()):
            return self._through_pipe()
        receive, send, view = self.receive, self.send, self.view
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
                self.keep(view[sent:got])
                return False
            if got < len(view) and not self.hung_up:
                return False  # a short read has emptied the socket, and a further octet is a new edge
        return True

    def runs_fast(self, now: float) -> bool:
        """Whether it has moved a further STRETCH, and as fast as a fast stream does.

        now   in monotonic seconds
        """
        took, moved = now - self.looked, self.carried - self.looked_at
        if moved < STRETCH:
            return False
        self.looked, self.looked_at = now, self.carried
        return took * FAST <= moved

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

    def flush(self) -> bool:
        """Send what is left; False when some of it still is."""
        try:
            sent = self.target.send(self.left)
        except BlockingIOError:
            return False
        if sent < len(self.left):
            self.left = memoryview(self.left)[sent:]
            return False
        self.left = b""
        return True
