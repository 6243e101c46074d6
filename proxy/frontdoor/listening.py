"""Where do clients come in, and where were redirected ones going?

All workers share the explicit proxy's socket, which their supervisor opens and hands on: a worker
that dies takes no waiting client with it. Redirected traffic has a socket for each worker.
"""

import socket
import struct
from collections.abc import Callable

from proxy.frontdoor.attempts import canonical_peer
from proxy.frontdoor.sessions import HostPort
from proxy.settings.fields import Endpoint

BACKLOG = 512
SO_ORIGINAL_DST = 80
"""linux/netfilter_ipv4.h; IPv6 has the same number at its own level."""

type OriginalDestination = Callable[[socket.SocketType], HostPort]


def open_listener(where: Endpoint, *, share: bool = False) -> socket.socket:
    """Open a listening TCP socket; one on `::` serves IPv4 as well.

    share    let other processes bind the same address and port (SO_REUSEPORT)

    Raises OSError, with the address in its text.
    """
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if share:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, where.host != "::")
        listener.bind((where.host, where.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"{where}: cannot listen here: {error.strerror}") from error
    listener.setblocking(False)
    return listener


def inherited_listener(descriptor: int) -> socket.socket:
    """Take over a listening socket that the parent process handed on. Raises OSError."""
    listener = socket.socket(fileno=descriptor)
    if not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise OSError(f"file descriptor {descriptor} is not a listening socket")
    listener.setblocking(False)
    return listener


def original_destination(accepted: socket.SocketType) -> HostPort:
    """Where a redirected client was going, as the kernel's connection tracking says. Raises OSError."""
    if "." in accepted.getpeername()[0]:
        raw = accepted.getsockopt(socket.IPPROTO_IP, SO_ORIGINAL_DST, 16)
        port, address = struct.unpack_from("!2xH4s", raw)
        return socket.inet_ntop(socket.AF_INET, address), port
    raw = accepted.getsockopt(socket.IPPROTO_IPV6, SO_ORIGINAL_DST, 28)
    port, address = struct.unpack_from("!2xH4x16s", raw)
    return socket.inet_ntop(socket.AF_INET6, address), port


def destination(accepted: socket.SocketType, original: OriginalDestination) -> HostPort | None:
    """Where a client was going; None for one that was going here, which the kernel also says of it."""
    try:
        host, port = original(accepted)
        here, here_port = accepted.getsockname()[:2]
    except OSError:
        return None
    wanted = (canonical_peer(host), port)
    return None if wanted == (canonical_peer(here), here_port) else wanted
