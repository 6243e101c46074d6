"""What did a client ask for? The only reader of a flow's internals; everything else sees our values."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from mitmproxy import http

from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.request import Attempt, Stage, Trait
from proxy.decision.urls import Url, parse_url, readings, split_port
from proxy.frontdoor.sessions import Session

MAX_TARGET = 64 * 1024
USUAL_HOST = 260
KEPT_HOSTS = 4096
NO_TRAITS: frozenset[Trait] = frozenset()

_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}\Z")
_TARGET = re.compile(rb"/[^\x00-\x20\x7f]*\Z")
_ENDS_A_LINE = re.compile(rb"[\r\n\x00]")


class BadRequest(Exception):
    """A request whose target cannot be told without doubt; the message says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One HTTP request.

    url        what it asks for, under the host that its Host field (or `:authority`) names
    endpoint   canonical name or address of the server that shall get it
    attempts   one for each name the request gives, and for each path its target may be taken for; all
               must be allowed
    websocket  whether it asks for an upgrade to WebSocket
    """

    url: Url
    endpoint: str
    attempts: tuple[Attempt, ...]
    websocket: bool = False


def told_in(headers: http.Headers) -> dict[bytes, bytes]:
    """The fields of a head by their names in lower case; values of one name joined by commas.

    Each look-up in mitmproxy's own table walks, decodes and compares all fields.
    """
    told: dict[bytes, bytes] = {}
    for name, value in headers.fields:
        key = name.lower()
        told[key] = told[key] + b", " + value if key in told else value
    return told


def asked(flow: http.HTTPFlow, session: Session) -> Asked:
    """Read an HTTP request.

    Raises BadRequest when it names no host, two hosts, or something that is none, and when a server
    could read another request in it than we do.
    """
    request = flow.request
    _require_one_meaning(request)
    told = told_in(request.headers)
    secure = bool(flow.client_conn.tls) and session.target is not None
    if not secure and request.data.scheme == b"https":
        raise BadRequest("An https address is asked for with CONNECT, not through a plain request.")
    absolute = _host(request.data.host) if session.target is None else ""
    named = _named_host(request, told)
    host = absolute or named or (session.target or ("", 0))[0]
    if not host:
        raise BadRequest("The request does not say which site it is for.")
    scheme = "https" if secure else "http"
    port = session.target[1] if session.target else request.port
    paths, query = _paths_and_query(request)
    url = Url(scheme, host, port, paths[0], query)
    endpoint = absolute or session.server_name or host
    names = (host, named, endpoint, session.connect[0] if session.connect else "")
    websocket = _asks_for_websocket(told.get(b"upgrade", b""))
    attempts = _attempts(request, session, url, names, paths, _traits(names, websocket), told)
    return Asked(url, endpoint, attempts, websocket)


def _require_one_meaning(request: http.Request) -> None:
    """Refuse what HTTP/2 carries as it is and HTTP/1 cannot: servers would split it into other words.

    RFC 9112, sections 2.2, 3 and 5.2; RFC 9113, sections 8.2.1 and 8.3.1.
    """
    if not _METHOD.match(request.data.method):
        raise BadRequest("The request's method is not valid.")
    target = request.data.path
    if not _TARGET.match(target) and (target, request.method) != (b"*", "OPTIONS"):
        raise BadRequest("The request's address is not valid.")
    if _ENDS_A_LINE.search(b"".join(chain.from_iterable(request.headers.fields))):
        raise BadRequest("A field of the request is more than one line.")


def path_and_query(request: http.Request) -> tuple[str, str]:
    """The canonical path and the query as sent; octets beyond ASCII become percent escapes.

    Raises BadRequest when the target is too long or cannot be brought to one spelling.
    """
    paths, query = _paths_and_query(request)
    return paths[0], query


def _paths_and_query(request: http.Request) -> tuple[tuple[str, ...], str]:
    target = request.data.path
    if len(target) > MAX_TARGET:
        raise BadRequest("The address is too long.")
    if target.isascii():
        text = target.decode("ascii")
    else:
        text = "".join(chr(octet) if octet < 0x80 else f"%{octet:02X}" for octet in target)
    path, _, query = text.partition("#")[0].partition("?")
    try:
        paths = readings(path)
    except UnicodeError as error:
        raise BadRequest("The address holds octets that are no text.") from error
    if "\0" in paths[0]:
        raise BadRequest("The address holds an octet that ends a text.")
    return paths, query


def _traits(names: tuple[str, ...], websocket: bool) -> frozenset[Trait]:
    mismatch = any(name and name != names[0] for name in names)
    if not mismatch and not websocket:
        return NO_TRAITS
    traits = {Trait.HOST_MISMATCH: mismatch, Trait.WEBSOCKET: websocket}
    return frozenset(trait for trait, is_on in traits.items() if is_on)


def _attempts(
    request: http.Request,
    session: Session,
    url: Url,
    hosts: tuple[str, ...],
    paths: tuple[str, ...],
    traits: frozenset[Trait],
    told: dict[bytes, bytes],
) -> tuple[Attempt, ...]:
    first = Attempt(
        client=session.client,
        stage=Stage.HTTP,
        host=url.host,
        url=url,
        login=session.login,
        method=request.method[:32],
        referring_host=_referring_host(told.get(b"referer", b"")),
        traits=traits,
    )
    if len(paths) == 1 and Trait.HOST_MISMATCH not in traits:
        return (first,)
    names = tuple(dict.fromkeys(host for host in hosts if host))
    return tuple(
        replace(first, host=name, url=replace(url, host=name, path=path)) for path in paths for name in names
    )


def _named_host(request: http.Request, told: dict[bytes, bytes]) -> str:
    """The host of the Host field or `:authority`, canonical; "" when there is neither."""
    field, authority = told.get(b"host", b""), request.data.authority
    if b"," in field and len(request.headers.get_all("host")) > 1:
        raise BadRequest("The request has two Host fields.")
    if not field and not authority:
        return ""
    hosts = {_host_of_authority(_text(octets)) for octets in (field, authority) if octets}
    if len(hosts) > 1:
        raise BadRequest("The request names two hosts.")
    return hosts.pop()


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogateescape")


def _host_of_authority(text: str) -> str:
    try:
        return _usual_host(text) if len(text) <= USUAL_HOST else _host(split_port(text.strip(), 80)[0])
    except NameProblem as problem:
        raise BadRequest(f"The request's host is not valid: {problem}.") from problem


@lru_cache(KEPT_HOSTS)
def _usual_host(text: str) -> str:
    return canonical_host(split_port(text.strip(), 80)[0])


def _host(text: str) -> str:
    try:
        return canonical_host(text)
    except NameProblem as problem:
        raise BadRequest(f"The request's host is not valid: {problem}.") from problem


def _referring_host(field: bytes) -> str:
    if b"://" not in field[:12]:
        return ""
    try:
        return parse_url(_text(field[:4096])).host
    except NameProblem:
        return ""


def is_websocket(request: http.Request) -> bool:
    """Say whether a request asks for an upgrade to WebSocket."""
    return _asks_for_websocket(told_in(request.headers).get(b"upgrade", b""))


def _asks_for_websocket(upgrade: bytes) -> bool:
    return upgrade.strip().lower() == b"websocket"
