"""How do datagrams come in and go out? Many a wake-up, the known ones answered on the spot."""

import asyncio
import socket
from contextlib import suppress
from ipaddress import ip_address
from time import monotonic
from typing import Any

from proxy import metrics
from proxy.dns.clients import Client
from proxy.dns.plan import Endpoint
from proxy.dns.service import Service

MAX_DATAGRAM = 4096
PER_WAKE_UP = 64
BUFFER_OCTETS = 1 << 20

IP_PKTINFO = 8  # Linux; the socket module names only the one for IPv6
ANCILLARY_OCTETS = 64

type Ancillary = tuple[tuple[int, int, bytes], ...]


class UdpServer:
    """One UDP socket of a worker. Workers share the address and port (SO_REUSEPORT); the kernel spreads
    clients over them. A socket on all addresses of the machine answers from the one that was asked."""

    def __init__(self, service: Service, endpoint: Endpoint) -> None:
        self._service = service
        self._known = service.clients.known
        self._tasks: set[asyncio.Task[None]] = set()
        self._queries = metrics.QUERIES.bind("dns", "udp")
        self._socket = bound_socket(endpoint, socket.SOCK_DGRAM)
        self._everywhere = ip_address(endpoint.address).is_unspecified
        if self._everywhere and endpoint.is_ipv6:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        elif self._everywhere:
            self._socket.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        self.endpoint = Endpoint(endpoint.address, self._socket.getsockname()[1])

    def start(self) -> None:
        """Begin to answer, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._readable)

    def close(self) -> None:
        """Close the socket of a server that was never started."""
        self._socket.close()

    async def stop(self, grace_s: float) -> None:
        """Take nothing new, finish what is under way within the grace, and close."""
        self._loop.remove_reader(self._socket)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_s)
        for task in self._tasks:
            task.cancel()
        self._socket.close()

    def _readable(self) -> None:
        receive = self._socket.recvfrom
        asked_at: Ancillary = ()
        for _ in range(PER_WAKE_UP):
            try:
                if self._everywhere:
                    data, ancillary, _, peer = self._socket.recvmsg(MAX_DATAGRAM, ANCILLARY_OCTETS)
                    asked_at = _answering_from(ancillary)
                else:
                    data, peer = receive(MAX_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # an ICMP error for an answer of ours to a client that is gone
                continue
            try:
                self._datagram(data, peer, asked_at)
            except Exception as error:  # noqa: BLE001  (one datagram must not end the others' service)
                self._service.report(error)

    def _datagram(self, data: bytes, peer: Any, asked_at: Ancillary) -> None:
        now = monotonic()
        self._queries.value += 1
        client = self._known.get(peer[0])
        if client is None or client.answers is None:
            client = self._service.clients.admit(peer[0], now)
            if client is None:
                self._send(self._service.stranger(data, now), peer, asked_at)
                return
        if not client.may_ask(now):
            metrics.REFUSED.inc("dns", "rate_limited")
            return
        answer = self._service.quick(data, client, now)
        if answer is not None:
            self._send(answer, peer, asked_at)
            return
        task = asyncio.Task(self._slow(data, client, peer, asked_at), loop=self._loop, eager_start=True)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _slow(self, data: bytes, client: Client, peer: Any, asked_at: Ancillary) -> None:
        self._send(await self._service.slow(data, client), peer, asked_at)

    def _send(self, answer: bytes | None, peer: Any, asked_at: Ancillary) -> None:
        if answer is None:
            return
        with suppress(OSError):  # a client that is gone, or a full buffer: it asks again
            if asked_at:
                self._socket.sendmsg((answer,), asked_at, 0, peer)
            else:
                self._socket.sendto(answer, peer)


def _answering_from(ancillary: list[tuple[int, int, bytes]]) -> Ancillary:
    """What makes an answer leave from the address that a datagram came to."""
    for level, kind, info in ancillary:
        if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
            return ((level, kind, bytes(4) + info[4:]),)  # by whichever interface leads back
        if (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
            return ((level, kind, info),)
    return ()


def bound_socket(endpoint: Endpoint, kind: socket.SocketKind) -> socket.socket:
    """Open a socket on an endpoint that other workers may share.

    Raises OSError when the address is not ours, the port is taken or needs a privilege.
    """
    family = socket.AF_INET6 if endpoint.is_ipv6 else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        if endpoint.port:  # a free port must be nobody else's, and with REUSEPORT it might be
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_OCTETS)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind((endpoint.address, endpoint.port))
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"cannot listen on {endpoint}: {error.strerror}") from error
    return sock
