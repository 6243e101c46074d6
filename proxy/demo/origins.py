"""How do the demo sites answer on the wire? A small HTTP/1.1 server, in clear and under TLS."""

import asyncio
import logging
import signal
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import h11

from proxy.authority.authority import Authority
from proxy.authority.errors import NoLeaf
from proxy.authority.leaves import Leaves
from proxy.demo.sites import Asked, Page, page_for

log = logging.getLogger(__name__)

AUTHORITY_NAME = "Demo web sites"
MAX_HEAD_BYTES = 32 * 1024
IDLE_S = 30.0
READ_BYTES = 64 * 1024
ANY_SITE = "demo.test"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo sites listen; port 0 takes any free one.

    state   the gateway's state directory; the sites' own certificate authority lives in it
    """

    state: Path
    address: str = "127.0.9.1"
    http: int = 8090
    https: int = 8453


@dataclass(frozen=True, slots=True)
class Origins:
    """The demo sites, listening.

    http, https   the ports in use
    ca_file       PEM certificate that a client of these sites must trust (not the school's)
    """

    http: int
    https: int
    ca_file: Path
    _servers: tuple[asyncio.Server, ...]
    _serving: "set[asyncio.Task[None]]"

    def close(self) -> None:
        """Stop listening and end all connections."""
        for server in self._servers:
            server.close()
        for task in self._serving:
            task.cancel()


async def start_origins(place: Place) -> Origins:
    """Listen. Raises OSError when a port is taken, and AuthorityProblem."""
    authority = authority_in(place.state)
    context = _server_context(Leaves(authority))
    serving: set[asyncio.Task[None]] = set()

    def connections(scheme: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(_serve(reader, writer, scheme))
            serving.add(task)
            task.add_done_callback(serving.discard)

        return begin

    clear = await asyncio.start_server(connections("http"), place.address, place.http)
    try:
        secret = await asyncio.start_server(connections("https"), place.address, place.https, ssl=context)
    except OSError:
        clear.close()
        raise
    return Origins(_port(clear), _port(secret), ca_file_in(place.state), (clear, secret), serving)


def ca_file_in(state: Path) -> Path:
    """Say where the certificate of the demo sites' own authority stands."""
    return state / "demo" / "schoolgate-ca-cert.pem"


def authority_in(state: Path) -> Authority:
    """Return the demo sites' own authority, making it first if need be.

    Whoever starts a proxy that is to trust it calls this before. Raises AuthorityProblem.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Authority.open_or_create(ca_file_in(state).parent, AUTHORITY_NAME)


async def run_origins(place: Place) -> None:
    """Serve the demo sites until SIGTERM or SIGINT. Raises as `start_origins` does."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    origins = await start_origins(place)
    log.info("demo sites on %s, ports %d and %d", place.address, origins.http, origins.https)
    await ending.wait()
    origins.close()


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


def _server_context(leaves: Leaves) -> ssl.SSLContext:
    """Make the TLS side: for each name asked for, a certificate for that name."""
    context = leaves.leaf_for(ANY_SITE).context

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        try:
            connection.context = leaves.leaf_for(name or ANY_SITE).context
        except NoLeaf:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        return None

    context.sni_callback = choose
    return context


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, scheme: str) -> None:
    """Answer one connection's requests; whatever a client does wrong ends its connection only."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
    try:
        while await _exchange(connection, reader, writer, scheme):
            connection.start_next_cycle()
    except (h11.RemoteProtocolError, OSError, TimeoutError):
        pass
    finally:
        writer.close()
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), IDLE_S)


async def _exchange(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, scheme: str
) -> bool:
    """Read one request and answer it; say whether another may follow."""
    request: h11.Request | None = None
    size = 0
    while True:
        event = await _next(connection, reader, writer)
        match event:
            case h11.Request():
                request = event
            case h11.Data():
                size += len(event.data)
            case h11.EndOfMessage():
                break
            case _:
                return False
    if request is None:
        return False
    await _answer(connection, writer, page_for(_asked(request, scheme, size)), request.method != b"HEAD")
    return connection.our_state is h11.DONE and connection.their_state is h11.DONE


async def _next(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> h11.Event | type[h11.PAUSED]:
    while (event := connection.next_event()) is h11.NEED_DATA:
        if connection.they_are_waiting_for_100_continue:
            go_on = h11.InformationalResponse(status_code=100, headers=[])
            writer.write(connection.send(go_on) or b"")
        connection.receive_data(await asyncio.wait_for(reader.read(READ_BYTES), IDLE_S))
    return event  # type: ignore[return-value]  # NEED_DATA is what the loop leaves out


async def _answer(
    connection: h11.Connection, writer: asyncio.StreamWriter, page: Page, with_body: bool
) -> None:
    headers = [
        ("Content-Type", page.content_type),
        ("Content-Length", str(page.length)),
        ("Cache-Control", "no-store"),
    ]
    writer.write(connection.send(h11.Response(status_code=page.status, headers=headers)) or b"")
    if with_body:
        for piece in page.body:
            writer.write(connection.send(h11.Data(data=piece)) or b"")
            await asyncio.wait_for(writer.drain(), IDLE_S)
    writer.write(connection.send(h11.EndOfMessage()) or b"")
    await writer.drain()


def _asked(request: h11.Request, scheme: str, body_bytes: int) -> Asked:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers)
    host = next((value for name, value in headers if name == "host"), "")
    return Asked(
        host=host.rpartition(":")[0].lower() if ":" in host else host.lower(),
        target=request.target.decode("latin-1"),
        scheme=scheme,
        method=request.method.decode("latin-1"),
        headers=headers,
        body_bytes=body_bytes,
    )
