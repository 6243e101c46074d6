"""How do queries come over TCP? Several at once on a connection, answered as they are ready (RFC 7766)."""

import asyncio
import socket
from collections import Counter
from contextlib import suppress
from time import monotonic

from proxy import metrics
from proxy.dns.clients import Client
from proxy.dns.plan import Endpoint
from proxy.dns.server_udp import bound_socket
from proxy.dns.service import Service

IDLE_S = 10.0
PER_CONNECTION = 32
PER_CLIENT = 32
BACKLOG = 256


class TcpServer:
    """One listening socket of a worker.

    max_connections   open at once; a client has at most 32 of them
    idle_s            a connection without a whole query for so long is closed
    """

    def __init__(
        self, service: Service, endpoint: Endpoint, max_connections: int, idle_s: float = IDLE_S
    ) -> None:
        self._service = service
        self._max_connections = max_connections
        self._idle_s = idle_s
        self._open: Counter[str] = Counter()
        self._connections: set[asyncio.Task[None]] = set()
        self._queries = metrics.QUERIES.bind("dns", "tcp")
        self._socket = bound_socket(endpoint, socket.SOCK_STREAM)
        self.endpoint = Endpoint(endpoint.address, self._socket.getsockname()[1])

    async def start(self) -> None:
        """Begin to accept, in the running loop."""
        self._server = await asyncio.start_server(self._accept, sock=self._socket, backlog=BACKLOG)

    async def stop(self, grace_s: float) -> None:
        """Accept nothing new, finish what is under way within the grace, and close."""
        self._server.close()
        if self._connections:
            await asyncio.wait(self._connections, timeout=grace_s)
        for task in list(self._connections):
            task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        peer = writer.get_extra_info("peername")
        host = str(peer[0]) if peer else ""
        client = self._service.clients.admit(host, monotonic()) if host else None
        full = len(self._connections) >= self._max_connections or self._open[host] >= PER_CLIENT
        if client is None or full or task is None:
            metrics.REFUSED.inc("dns", "overload" if client else "not_configured_network")
            writer.transport.abort()
            return
        self._connections.add(task)
        self._open[host] += 1
        try:
            await self._serve(reader, writer, host)
        except (OSError, EOFError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            self._open[host] -= 1
            if not self._open[host]:
                del self._open[host]
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        room = asyncio.Semaphore(PER_CONNECTION)
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                async with asyncio.timeout(self._idle_s):
                    data = await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
                self._queries.value += 1
                now = monotonic()
                client = self._service.clients.admit(host, now)
                if client is None or not client.may_ask(now):
                    metrics.REFUSED.inc("dns", "rate_limited")
                    return
                answer = self._service.quick(data, client, now, tcp=True)
                if answer is not None:
                    await self._write(writer, answer)
                    continue
                await room.acquire()
                task = asyncio.create_task(self._slow(data, client, writer, room))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
        except EOFError:
            if under_way:  # the client closed its sending side and still waits for answers
                await asyncio.wait(under_way, timeout=self._idle_s)
        finally:
            for task in list(under_way):
                task.cancel()

    async def _slow(
        self, data: bytes, client: Client, writer: asyncio.StreamWriter, room: asyncio.Semaphore
    ) -> None:
        try:
            answer = await self._service.slow(data, client, tcp=True)
            if answer is None:
                writer.transport.abort()
            else:
                with suppress(OSError, TimeoutError):
                    await self._write(writer, answer)
        finally:
            room.release()

    async def _write(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        writer.write(len(answer).to_bytes(2) + answer)
        async with asyncio.timeout(self._idle_s):
            await writer.drain()
