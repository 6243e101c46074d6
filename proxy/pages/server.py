"""How do clients reach the block-page host, and what keeps it from being overrun?

A client of no configured network is dropped before TLS; each connection gets one answer and is
closed; sizes, times and numbers are bounded. A fault answers 403, is counted and logged once.
"""

import asyncio
import contextlib
import email.utils
import functools
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus

import h11

from proxy import metrics
from proxy.authority.authority import Authority
from proxy.authority.leaves import Leaves
from proxy.decision.names import canonical_host
from proxy.gateway import Gateway
from proxy.marking import marked
from proxy.pages.front import Front, Resolver
from proxy.pages.handshake import name_asked, server_context
from proxy.pages.house import house_of
from proxy.pages.languages import ENGLISH, LANGUAGES, language_for
from proxy.pages.listening import Place, listen
from proxy.pages.refusals import Refusals
from proxy.pages.render import Page, plain_page
from proxy.pages.visit import MAX_HEAD_BYTES, BadVisit, accept_language, read_request, visit_of
from proxy.settings.schema import Settings

MAX_CONNECTIONS = 500
MAX_PER_CLIENT = 40
HANDSHAKE_S = 5.0
REQUEST_S = 10.0
CLOSING_S = 1.0

# Made beforehand, so that answering a fault cannot fail itself.
_FAULTS = {
    language: plain_page(
        403,
        marked("The filter is out of order"),
        marked(
            "A fault in the filter stopped this page. The fault has been recorded; please tell your school."
        ),
        language,
    )
    for language in LANGUAGES.values()
}
_log = logging.getLogger(__name__)
_BROKEN = (OSError, TimeoutError, ssl.SSLError)


async def start(
    settings: Settings,
    gateway: Gateway,
    authority: Authority,
    refusals: Refusals,
    *,
    resolver: Resolver | None = None,
    reuse_port: bool = True,
) -> "BlockPageServer":
    """Listen where `block_page` says and serve until `BlockPageServer.close`.

    resolver      see `front.Front`
    reuse_port    several processes listen at the same place, and the kernel spreads connections

    Raises CannotListen, with nothing left open.
    """
    places = listen(settings, reuse_port=reuse_port)
    return BlockPageServer(places, Front(gateway, authority, refusals, resolver), gateway, Leaves(authority))


class BlockPageServer:
    """The running block-page host; made by `start`.

    http, https    (address, port) of each listener, as bound
    """

    def __init__(self, places: Sequence[Place], front: Front, gateway: Gateway, leaves: Leaves) -> None:
        self.http = [(place.address, place.port) for place in places if not place.tls]
        self.https = [(place.address, place.port) for place in places if place.tls]
        self._places = places
        self._front = front
        self._gateway = gateway
        self._leaves = leaves
        self._open: Counter[str] = Counter()
        self._faults: set[str] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._acceptors = [asyncio.create_task(self._accept(place)) for place in places]

    async def close(self) -> None:
        """Stop listening, and end the connections that are still open."""
        tasks = [*self._acceptors, *self._connections]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for place in self._places:
            place.socket.close()

    async def _accept(self, place: Place) -> None:
        loop = asyncio.get_running_loop()
        context = server_context(self._leaves, place.fallback, self._fault) if place.tls else None
        while True:
            try:
                accepted, peer = await loop.sock_accept(place.socket)
            except OSError as error:
                _log.warning("block page: cannot accept a connection: %s", error.strerror)
                await asyncio.sleep(0.1)
                continue
            client = _canonical(peer)
            if not self._may_connect(client):
                accepted.close()
                continue
            self._open[client] += 1
            task = asyncio.create_task(self._serve(accepted, client, place, context))
            self._connections.add(task)
            task.add_done_callback(functools.partial(self._forget, client))

    def _may_connect(self, client: str) -> bool:
        if not self._gateway.allows_client(client):
            metrics.REFUSED.inc("http", "not_configured_network")
            return False
        if len(self._connections) >= MAX_CONNECTIONS or self._open[client] >= MAX_PER_CLIENT:
            metrics.REFUSED.inc("http", "overload")
            return False
        return True

    def _forget(self, client: str, task: asyncio.Task[None]) -> None:
        self._connections.discard(task)
        self._open[client] -= 1
        if self._open[client] <= 0:
            del self._open[client]

    async def _serve(
        self, accepted: socket.socket, client: str, place: Place, context: ssl.SSLContext | None
    ) -> None:
        """Serve one connection. Whatever is raised ends here, with that connection."""
        try:
            reader, writer = await _streams(accepted, context)
        except _BROKEN:
            metrics.REFUSED.inc("tls", "handshake")
            accepted.close()
            return
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
        try:
            async with asyncio.timeout(REQUEST_S):
                answer = await self._answer(reader, writer, connection, client, place)
                writer.write(_bytes(connection, answer))
                await writer.drain()
        except _BROKEN:
            metrics.REFUSED.inc("http", "broken_off")
        except Exception as error:  # noqa: BLE001  (a socket handler: a fault ends one connection only)
            self._fault(error)
        finally:
            await _close(writer)

    async def _answer(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        connection: h11.Connection,
        client: str,
        place: Place,
    ) -> Page:
        language = ENGLISH
        try:
            request = await read_request(reader, connection)
            language = language_for(accept_language(request))
            local = _canonical(writer.get_extra_info("sockname"))
            sni = name_asked(writer.get_extra_info("ssl_object"))
            visit = visit_of(request, client=client, local=local, sni=sni, port=place.port)
            answer = await self._front.answer(visit)
            return replace(answer, body=b"") if visit.method == "HEAD" else answer
        except BadVisit as bad:
            metrics.REFUSED.inc("http", "malformed")
            school = house_of(self._gateway.settings).school
            title = marked("This request cannot be understood")
            return plain_page(bad.status, title, f"{bad}.", language, school=school)
        except _BROKEN:
            raise
        except Exception as error:  # noqa: BLE001  (one page: a fault refuses)
            self._fault(error)
            return _FAULTS[language]

    def _fault(self, error: Exception) -> None:
        """Count a fault of our own; log each kind once, without saying who asked for what."""
        metrics.ERRORS.inc("block_page")
        kind = type(error).__name__
        if kind not in self._faults:
            self._faults.add(kind)
            _log.error("block page: a request was refused because of a fault", exc_info=error)


def _canonical(address: tuple[object, ...]) -> str:
    """The host of a socket address; IPv4 in IPv6 as IPv4, without a zone."""
    return canonical_host(str(address[0]).partition("%")[0])


async def _streams(
    accepted: socket.socket, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Turn an accepted socket into streams, after the TLS handshake where there is one."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=MAX_HEAD_BYTES)
    transport, protocol = await loop.connect_accepted_socket(
        lambda: asyncio.StreamReaderProtocol(reader),
        accepted,
        ssl=context,
        ssl_handshake_timeout=HANDSHAKE_S if context else None,
        ssl_shutdown_timeout=CLOSING_S if context else None,
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


def _bytes(connection: h11.Connection, answer: Page) -> bytes:
    """The answer on the wire; empty when the connection's state no longer takes one."""
    if connection.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
        return b""
    headers = [*answer.headers, ("Date", email.utils.formatdate(usegmt=True)), ("Connection", "close")]
    reason = HTTPStatus(answer.status).phrase
    head = connection.send(h11.Response(status_code=answer.status, headers=headers, reason=reason))
    return (head or b"") + answer.body


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(*_BROKEN):
        async with asyncio.timeout(2 * CLOSING_S):
            await writer.wait_closed()
