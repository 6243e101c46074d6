"""What did a client ask for? The only reader of a flow's internals; everything else sees our values."""

import re
from dataclasses import dataclass, replace

from mitmproxy import http

from addons.sessions import Session
from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.request import Attempt, Stage, Trait
from proxy.decision.urls import Url, parse_url, readings, split_port

MAX_TARGET = 64 * 1024

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
    """

    url: Url
    endpoint: str
    attempts: tuple[Attempt, ...]


def asked(flow: http.HTTPFlow, session: Session) -> Asked:
    """Read an HTTP request.

    Raises BadRequest when it names no host, two hosts, or something that is none, and when a server
    could read another request in it than we do.
    """
    request = flow.request
    _require_one_meaning(request)
    secure = bool(flow.client_conn.tls) and session.target is not None
    if not secure and request.scheme == "https":
        raise BadRequest("An https address is asked for with CONNECT, not through a plain request.")
    absolute = _host(request.data.host) if session.target is None else ""
    named = _named_host(request)
    host = absolute or named or (session.target or ("", 0))[0]
    if not host:
        raise BadRequest("The request does not say which site it is for.")
    scheme = "https" if secure else "http"
    port = session.target[1] if session.target else request.port
    paths, query = _paths_and_query(request)
    url = Url(scheme, host, port, paths[0], query)
    endpoint = absolute or session.server_name or host
    names = (host, named, endpoint, session.connect[0] if session.connect else "")
    return Asked(url, endpoint, _attempts(flow, session, url, names, paths))


def _require_one_meaning(request: http.Request) -> None:
    """Refuse what HTTP/2 carries as it is and HTTP/1 cannot: servers would split it into other words.

    RFC 9112, sections 2.2, 3 and 5.2; RFC 9113, sections 8.2.1 and 8.3.1.
    """
    if not _METHOD.match(request.data.method):
        raise BadRequest("The request's method is not valid.")
    target = request.data.path
    if not _TARGET.match(target) and (target, request.method) != (b"*", "OPTIONS"):
        raise BadRequest("The request's address is not valid.")
    if any(_ENDS_A_LINE.search(text) for field in request.headers.fields for text in field):
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
    text = "".join(chr(octet) if octet < 0x80 else f"%{octet:02X}" for octet in target)
    path, _, query = text.partition("#")[0].partition("?")
    try:
        paths = readings(path)
    except UnicodeError as error:
        raise BadRequest("The address holds octets that are no text.") from error
    if "\0" in paths[0]:
        raise BadRequest("The address holds an octet that ends a text.")
    return paths, query


def _attempts(
    flow: http.HTTPFlow, session: Session, url: Url, hosts: tuple[str, ...], paths: tuple[str, ...]
) -> tuple[Attempt, ...]:
    names = tuple(dict.fromkeys(host for host in hosts if host))
    traits = set()
    if len(names) > 1:
        traits.add(Trait.HOST_MISMATCH)
    if is_websocket(flow.request):
        traits.add(Trait.WEBSOCKET)
    first = Attempt(
        client=session.client,
        stage=Stage.HTTP,
        host=url.host,
        url=url,
        login=session.login,
        method=flow.request.method[:32],
        referring_host=_referring_host(flow.request),
        traits=frozenset(traits),
    )
    return tuple(
        replace(first, host=name, url=replace(url, host=name, path=path)) for path in paths for name in names
    )


def _named_host(request: http.Request) -> str:
    """The host of the Host field or `:authority`, canonical; "" when there is neither."""
    fields = request.headers.get_all("host")
    if len(fields) > 1:
        raise BadRequest("The request has two Host fields.")
    texts = {text for text in (*fields, request.authority) if text}
    hosts = {_host_of_authority(text) for text in texts}
    if len(hosts) > 1:
        raise BadRequest("The request names two hosts.")
    return hosts.pop() if hosts else ""


def _host_of_authority(text: str) -> str:
    try:
        return _host(split_port(text.strip(), 80)[0])
    except NameProblem as problem:
        raise BadRequest(f"The request's host is not valid: {problem}.") from problem


def _host(text: str) -> str:
    try:
        return canonical_host(text)
    except NameProblem as problem:
        raise BadRequest(f"The request's host is not valid: {problem}.") from problem


def _referring_host(request: http.Request) -> str:
    text = request.headers.get("referer", "")
    if "://" not in text[:12]:
        return ""
    try:
        return parse_url(text[:4096]).host
    except NameProblem:
        return ""


def is_websocket(request: http.Request) -> bool:
    """Say whether a request asks for an upgrade to WebSocket."""
    return bool(request.headers.get("upgrade", "").strip().lower() == "websocket")


def connect_target(flow: http.HTTPFlow) -> tuple[str, int]:
    """Host and port of a CONNECT request, the host canonical.

    Raises BadRequest when the host is none.
    """
    return _host(flow.request.host), flow.request.port


def tls_attempt(
    session: Session, host: str, traits: frozenset[Trait] = frozenset(), method: str = ""
) -> Attempt:
    """The attempt that a CONNECT request, a TLS handshake or a stream that is no HTTP makes."""
    return Attempt(session.client, Stage.TLS, host, login=session.login, method=method, traits=traits)


def canonical_peer(address: str) -> str:
    """A socket's address in our spelling: no zone, IPv4-mapped IPv6 as IPv4.

    Raises NameProblem when it is no address.
    """
    return canonical_host(address.partition("%")[0])
