"""How does a process hear of the packets that the kernel logged to a group?"""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from pathlib import Path

from proxy import metrics
from proxy.packets.nflog import Overrun, bind_requests, packets_in

log = logging.getLogger(__name__)

NETLINK_NETFILTER = 12
RECEIVE_BUFFER = 4 << 20
SO_RCVBUFFORCE = 33
MAX_DATAGRAM = 128 * 1024
AT_ONCE = 64
"""So many datagrams are taken before the event loop has another turn."""
TIMEOUT_S = 5.0

CAP_NET_ADMIN = 1 << 12


class NflogListener:
    """A netlink socket bound to one log group of this network namespace."""

    def __init__(self, group: int, octets: int) -> None:
        """Open and bind it.

        Raises PermissionError without the capability CAP_NET_ADMIN, and OSError for what else the kernel
        refuses, as a group that another process has already.
        """
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        try:
            self._socket.settimeout(TIMEOUT_S)
            self._socket.bind((0, 0))
            self._make_room()
            for request in bind_requests(group, octets):
                self._socket.send(request)
                packets_in(self._socket.recv(MAX_DATAGRAM))  # what is told meanwhile is told again soon
            self._socket.setblocking(False)
        except PermissionError as error:  # the kernel says the same of a group that somebody else has
            self._socket.close()
            if _may_administer():
                said = f"another process listens to log group {group} already"
                raise OSError(errno.EBUSY, said) from error
            raise
        except BaseException:
            self._socket.close()
            raise
        self._overruns = 0
        self._failures: set[str] = set()

    def __enter__(self) -> "NflogListener":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fileno(self) -> int:
        """The socket's, for an event loop."""
        return self._socket.fileno()

    def take_all(self, take: Callable[[bytes], object]) -> None:
        """Hand on what has come, AT_ONCE datagrams at most. Counts what the kernel had to throw away."""
        for _ in range(AT_ONCE):
            try:
                datagram = self._socket.recv(MAX_DATAGRAM)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                self._overrun()
                continue
            try:
                take(datagram)
            except Overrun:
                self._overrun()
            except Exception as error:  # noqa: BLE001  (one packet must not end the record of all others)
                self._failed(error)

    def watch(self, loop: asyncio.AbstractEventLoop, take: Callable[[bytes], object]) -> None:
        """Hand on whatever comes, until `close`."""
        loop.add_reader(self.fileno(), self.take_all, take)

    def close(self) -> None:
        """Hear of nothing any more."""
        if self._socket.fileno() >= 0:
            self._socket.close()

    def _make_room(self) -> None:
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        except PermissionError:  # in a namespace of a container's own; the usual size has to do
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)

    def _failed(self, error: Exception) -> None:
        metrics.ERRORS.inc("packets")
        kind = type(error).__name__
        if kind not in self._failures:
            self._failures.add(kind)
            log.error("%s while a refused packet was read; it was refused all the same", kind)

    def _overrun(self) -> None:
        metrics.PACKETS_UNTOLD.inc("overrun")
        self._overruns += 1
        if self._overruns in (1, 10, 100) or self._overruns % 1000 == 0:
            log.warning(
                "refused packets came faster than they could be read, %d times; all were refused, some are "
                "in no event: lower `packets.log_per_s`",
                self._overruns,
            )


def _may_administer() -> bool:
    """Whether this process has the right that listening needs (capabilities(7))."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) & CAP_NET_ADMIN)
    return False
