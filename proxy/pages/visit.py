"""What did a client ask of the block-page host? One bounded HTTP/1 request, read with care."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import h11

from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.urls import DEFAULT_PORTS, Url, canonical_path, parse_url, split_port

MAX_HEAD_BYTES = 16_384
MAX_BODY_BYTES = 1_048_576
READ_BYTES = 16_384


class BadVisit(Exception):
    """A request that cannot be understood; `status` is the answer it gets, the message says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to the block-page host.

    client     canonical address of the peer
    local      canonical address that the client reached us at
    sni        canonical name from the TLS handshake, "" without TLS or without a name
    host       canonical Host field; where there is none, the SNI or `local`
    url        what was asked for, under `host`
    also       canonical host of an absolute request target, when it differs from `host`
    target     path and query as sent
    headers    names in lower case; the first value of each
    """

    client: str
    local: str
    sni: str
    host: str
    url: Url
    also: str
    method: str
    target: str
    headers: Mapping[str, str]

    def header(self, name: str) -> str:
        """The first value of a header field, "" when it is missing."""
        return self.headers.get(name, "")

    @property
    def referring_host(self) -> str:
        """Canonical host of the Referer field, "" when it is missing or none."""
        try:
            return parse_url(self.header("referer")).host if self.header("referer") else ""
        except NameProblem:
            return ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every host that the request names, without repetition."""
        return tuple(dict.fromkeys(name for name in (self.host, self.sni, self.also) if name))


async def read_request(reader: asyncio.StreamReader, connection: h11.Connection) -> h11.Request:
    """Read one request and let its body, up to MAX_BODY_BYTES, fall to the ground.

    A body is read so that closing the connection does not destroy the answer on its way; it is not
    waited for when the client waits for our word first (Expect: 100-continue).
    Raises BadVisit.
    """
    request: h11.Request | None = None
    discarded = 0
    while True:
        event = await _next_event(reader, connection)
        if isinstance(event, h11.Request):
            request = event
            if connection.they_are_waiting_for_100_continue:
                return request
        elif isinstance(event, h11.Data):
            discarded += len(event.data)
        if request is not None and (isinstance(event, h11.EndOfMessage) or discarded > MAX_BODY_BYTES):
            return request
        if isinstance(event, h11.ConnectionClosed):
            raise BadVisit(400, "the connection was closed before a request came")


async def _next_event(reader: asyncio.StreamReader, connection: h11.Connection) -> object:
    try:
        while (event := connection.next_event()) is h11.NEED_DATA:
            connection.receive_data(await reader.read(READ_BYTES))
    except h11.RemoteProtocolError as error:
        raise BadVisit(error.error_status_hint, f"this is not an HTTP request: {error}") from error
    return event


def visit_of(request: h11.Request, *, client: str, local: str, sni: str | None, port: int) -> Visit:
    """Turn a request into a visit.

    sni     name from the handshake, "" when it had none; None: a connection without TLS
    port    that we listen on, in case the Host field names none

    Raises BadVisit when it names no usable host.
    """
    scheme = "http" if sni is None else "https"
    headers: dict[str, str] = {}
    for name, value in request.headers:
        headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
    method, target = request.method.decode("latin-1"), request.target.decode("latin-1")
    if method == "CONNECT":
        raise BadVisit(400, "this address is no proxy")
    try:
        tls_name = canonical_host(sni) if sni else ""
        host_text, asked_port = split_port(headers.get("host", ""), DEFAULT_PORTS[scheme])
        host = canonical_host(host_text) if host_text else tls_name or local
        also, target = _absolute(target)
    except NameProblem as problem:
        raise BadVisit(400, f"the request names no usable host: {problem}") from problem
    if not headers.get("host"):
        asked_port = port
    path, _, query = target.partition("?")
    url = Url(scheme, host, asked_port, canonical_path(path), query)
    return Visit(client, local, tls_name, host, url, also if also != host else "", method, target, headers)


def accept_language(request: h11.Request) -> str:
    """A request's Accept-Language field, "" where it is missing."""
    fields = (value.decode("latin-1") for name, value in request.headers if name == b"accept-language")
    return next(fields, "")


def _absolute(target: str) -> tuple[str, str]:
    """Split a request target into the host that it names itself, or "", and path with query."""
    if target.startswith("/"):
        return "", target
    if "://" not in target[:16]:
        return "", "/"
    rest = target.partition("://")[2]
    cut = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    path = rest[cut:] if rest[cut:].startswith("/") else "/" + rest[cut:]
    return parse_url(target).host, path
