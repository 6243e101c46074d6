"""How is this process doing? Answers /metrics, /healthz and /readyz over HTTP, and nothing else.

Meant for a loopback or management address. What it tells names no person and no site.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from proxy import metrics

log = logging.getLogger("schoolgate.admin")

MAX_HEAD_BYTES = 8_192
MAX_CONNECTIONS = 16
TIMEOUT_S = 5.0
TEXT = "text/plain; charset=utf-8"
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"

type Readiness = Callable[[], tuple[bool, str]]


class Admin:
    """A running administration endpoint; `port` is the one it listens on."""

    def __init__(self, server: asyncio.Server) -> None:
        self._server = server
        self.port: int = server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stop listening; an answer under way is finished."""
        self._server.close()


async def serve(host: str, port: int, readiness: Readiness) -> Admin:
    """Listen for administrators' questions.

    readiness   asked for each /readyz: whether this process can do its work, and one sentence why (not)

    /healthz answers 200 while the event loop turns; /readyz 200 or 503 with the sentence; /metrics the
    collectors in Prometheus text format. At most 16 connections are served at a time, one request each.

    Raises OSError when the address cannot be listened on.
    """
    room = asyncio.Semaphore(MAX_CONNECTIONS)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if room.locked():
            writer.close()
            return
        async with room:
            await _serve_one(reader, writer, readiness)

    return Admin(await asyncio.start_server(handle, host, port, limit=MAX_HEAD_BYTES))


async def _serve_one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, readiness: Readiness
) -> None:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(_answer(head, readiness))
            await writer.drain()
    except asyncio.LimitOverrunError:
        writer.write(_response(431, TEXT, b"the request head is too long\n"))
    except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, TimeoutError):
            await writer.wait_closed()


def _answer(head: bytes, readiness: Readiness) -> bytes:
    """The whole response to one request head."""
    parts = head.split(b"\r\n", 1)[0].split(b" ")
    if len(parts) != 3 or not parts[2].startswith(b"HTTP/1."):
        return _response(400, TEXT, b"this is no HTTP/1 request\n")
    method, target, _ = parts
    if method not in (b"GET", b"HEAD"):
        return _response(405, TEXT, b"only GET and HEAD are answered here\n", extra="Allow: GET, HEAD\r\n")
    response = _page(target.partition(b"?")[0], readiness)
    return response.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == b"HEAD" else response


def _page(path: bytes, readiness: Readiness) -> bytes:
    try:
        if path == b"/metrics":
            return _response(200, EXPOSITION, metrics.exposition())
        if path == b"/healthz":
            return _response(200, TEXT, b"ok\n")
        if path == b"/readyz":
            ready, why = readiness()
            return _response(200 if ready else 503, TEXT, why.encode() + b"\n")
    except Exception:
        metrics.ERRORS.inc("admin")
        log.exception("the administration endpoint failed to answer")
        return _response(500, TEXT, b"failed; the log says why\n")
    return _response(404, TEXT, b"there are /metrics, /healthz and /readyz\n")


_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def _response(status: int, type_: str, body: bytes, *, extra: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {type_}\r\nContent-Length: {len(body)}\r\n"
        f"{extra}Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
