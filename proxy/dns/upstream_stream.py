"""How is one question asked over TCP or TLS? On one connection that is kept for the next (RFC 7766, 7858)."""

import asyncio
import ssl
from contextlib import suppress

from proxy.dns.dice import Dice
from proxy.dns.errors import NO_ROOM, UpstreamOverload, UpstreamTimeout, UpstreamUnreachable
from proxy.dns.plan import Protocol, UpstreamServer
from proxy.dns.wire import HEADER_OCTETS

IDLE_S = 10.0
MAX_WAITING = 16_384  # far above `dns.max_inflight`, which bounds them before


class _Connection:
    """An open connection and the questions that wait on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.waiting: dict[int, tuple[bytes, asyncio.Future[bytes]]] = {}
        self.closed = False
        self.task = asyncio.get_running_loop().create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                async with asyncio.timeout(IDLE_S):
                    length = int.from_bytes(await reader.readexactly(2))
                    self._take(await reader.readexactly(length))
        except (OSError, EOFError, TimeoutError, ssl.SSLError):
            pass
        finally:
            self.close()

    def _take(self, data: bytes) -> None:
        waiting = self.waiting.get(int.from_bytes(data[:2]))
        if waiting is None or len(data) < HEADER_OCTETS or not data[2] & 0x80:
            return
        asked, future = waiting
        if future.done():
            return
        echoed = data[HEADER_OCTETS : HEADER_OCTETS + len(asked)]
        if echoed.lower() == asked.lower() and echoed[-4:] == asked[-4:]:
            future.set_result(data)

    def close(self) -> None:
        """Close, and fail what waits."""
        self.closed = True
        self.writer.close()
        for _, future in self.waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError("the upstream closed the connection"))


class StreamExchange:
    """Questions and answers over TCP or DoT with one upstream; several may be under way at once.

    With DoT the certificate must be valid for the upstream's `tls_name` (or its address).
    """

    def __init__(self, server: UpstreamServer, dice: Dice) -> None:
        self._server = server
        self._dice = dice
        self._connection: _Connection | None = None
        self._opening = asyncio.Lock()
        self._tls = tls_context(server) if server.protocol is Protocol.DOT else None

    async def ask(self, query: bytes, question_octets: int, timeout_s: float) -> bytes:
        """Send a query (its id is replaced by a random one) and return the answer.

        Raises UpstreamTimeout or UpstreamUnreachable.
        """
        try:
            async with asyncio.timeout(timeout_s):
                was_open = self._connection is not None and not self._connection.closed
                try:
                    return await self._ask_once(query, question_octets)
                except ConnectionError:
                    if not was_open:
                        raise
                return await self._ask_once(query, question_octets)
        except TimeoutError as error:
            raise UpstreamTimeout(
                f"{self._server.endpoint} did not answer over {self._word} in time"
            ) from error
        except (OSError, ssl.SSLError) as error:
            if error.errno in NO_ROOM and not isinstance(error, ssl.SSLError):
                raise UpstreamOverload(f"no question can be sent over {self._word}: {error}") from error
            raise UpstreamUnreachable(f"{self._server.endpoint} over {self._word}: {error}") from error

    @property
    def _word(self) -> str:
        return "TLS" if self._tls else "TCP"

    async def _ask_once(self, query: bytes, question_octets: int) -> bytes:
        connection = await self._open()
        if len(connection.waiting) >= MAX_WAITING:
            raise ConnectionError("too many questions wait on one connection")
        ident = int.from_bytes(self._dice.ident())
        while ident in connection.waiting:
            ident = int.from_bytes(self._dice.ident())
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        connection.waiting[ident] = query[HEADER_OCTETS : HEADER_OCTETS + question_octets], future
        try:
            connection.writer.write(len(query).to_bytes(2) + ident.to_bytes(2) + query[2:])
            return await future
        finally:
            connection.waiting.pop(ident, None)

    async def _open(self) -> _Connection:
        async with self._opening:
            if self._connection is None or self._connection.closed:
                endpoint = self._server.endpoint
                name = (self._server.tls_name or endpoint.address) if self._tls else None
                reader, writer = await asyncio.open_connection(
                    endpoint.address, endpoint.port, ssl=self._tls, server_hostname=name
                )
                self._connection = _Connection(reader, writer)
            return self._connection

    async def close(self) -> None:
        """Close the connection; questions under way fail."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
            connection.task.cancel()
            with suppress(asyncio.CancelledError):
                await connection.task


def tls_context(server: UpstreamServer) -> ssl.SSLContext:
    """Make the TLS settings for DoT: certificate and name are checked, TLS 1.2 or newer.

    Raises UpstreamUnreachable when the file with further authorities cannot be read.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.tls_ca:
        try:
            context.load_verify_locations(cafile=server.tls_ca)
        except OSError as error:
            raise UpstreamUnreachable(
                f"{server.tls_ca} is no readable file of PEM certificates: {error}"
            ) from error
    return context
