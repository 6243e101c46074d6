"""What does the live proxy answer a client at this address, over HTTP and inside a tunnel?"""

import asyncio
import os
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import Enum
from typing import Any

MAX_BODY = 256 * 1024
MAX_HEAD = 64 * 1024


class Unreached(Exception):
    """The proxy itself could not be reached; the message says why."""


class End(Enum):
    """How a web probe came to its end."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What came back.

    end      ANSWERED: an HTTP answer; REFUSED: the connection was closed without one; FOREIGN: inside
             the tunnel somebody answered whose certificate is not the school's
    status   HTTP status, 0 without an answer
    text     the beginning of the body
    detail   what happened, in words
    """

    end: End
    status: int = 0
    text: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProxyAt:
    """The explicit proxy, and the authority that its certificates must come from."""

    host: str
    port: int
    trust: ssl.SSLContext | None = None


async def get_in_clear(
    proxy: ProxyAt, source: str, host: str, *, port: int = 80, path: str = "/", timeout_s: float = 10.0
) -> WebAnswer:
    """Ask the proxy for a page over HTTP, from one address of this machine. Raises Unreached."""
    where = host if port == 80 else f"{host}:{port}"
    return await _timed(_in_clear(proxy, source, where, path), timeout_s)


async def get_in_tunnel(
    proxy: ProxyAt, source: str, host: str, port: int, *, path: str = "/", timeout_s: float = 10.0
) -> WebAnswer:
    """Open a tunnel to a host and ask for a page inside TLS. Raises Unreached."""
    return await _timed(_in_tunnel(proxy, source, host, port, path), timeout_s)


async def _timed(asking: Coroutine[Any, Any, WebAnswer], timeout_s: float) -> WebAnswer:
    try:
        return await asyncio.wait_for(asking, timeout_s)
    except TimeoutError:
        return WebAnswer(End.REFUSED, detail=f"no answer within {timeout_s:g} s")


async def _in_clear(proxy: ProxyAt, source: str, where: str, path: str) -> WebAnswer:
    reader, writer = await _connect(proxy, source)
    try:
        return await _get(reader, writer, where, f"http://{where}{path}")
    finally:
        writer.close()


async def _in_tunnel(proxy: ProxyAt, source: str, host: str, port: int, path: str) -> WebAnswer:
    reader, writer = await _connect(proxy, source)
    try:
        writer.write(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode("ascii"))
        answer = await _read_answer(reader, tunnel=True)
        if answer.end is not End.ANSWERED or answer.status != 200:
            return answer
        return await _inside(reader, writer, proxy, host, path)
    finally:
        writer.close()


async def _inside(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, proxy: ProxyAt, host: str, path: str
) -> WebAnswer:
    context = proxy.trust or ssl.create_default_context()
    try:
        await writer.start_tls(context, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return WebAnswer(End.FOREIGN, detail=f"the certificate is not the school's: {error.verify_message}")
    except (OSError, EOFError) as error:
        return WebAnswer(End.REFUSED, detail=f"the TLS handshake was refused ({type(error).__name__})")
    return await _get(reader, writer, host, path)


async def _connect(proxy: ProxyAt, source: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_connection(proxy.host, proxy.port, local_addr=(source, 0), limit=MAX_HEAD)
    except OSError as error:
        where = f"{proxy.host} port {proxy.port}"
        # asyncio puts words of its own in the place of the system's.
        reason = os.strerror(error.errno) if error.errno else error
        raise Unreached(f"the proxy at {where}: {reason}") from error


async def _get(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, target: str
) -> WebAnswer:
    writer.write(
        f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode(
            "ascii"
        )
    )
    return await _read_answer(reader)


async def _read_answer(reader: asyncio.StreamReader, *, tunnel: bool = False) -> WebAnswer:
    """Read a status line and, unless a tunnel begins, as much of a body as there is."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(None, 2)[1])
        body = b"" if tunnel and status == 200 else await _body(reader, _length(head))
    except (OSError, EOFError, asyncio.LimitOverrunError):
        return WebAnswer(End.REFUSED, detail="the connection was closed without an answer")
    except (ValueError, IndexError):
        return WebAnswer(End.REFUSED, detail="what came back is no HTTP answer")
    return WebAnswer(End.ANSWERED, status, body.decode("utf-8", "replace"), f"HTTP {status}")


def _length(head: bytes) -> int:
    """The body's length in bytes as the head states it; without a statement it ends with the connection."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return min(int(value), MAX_BODY)
    return MAX_BODY


async def _body(reader: asyncio.StreamReader, length: int) -> bytes:
    body = b""
    while len(body) < length and (piece := await reader.read(length - len(body))):
        body += piece
    return body
