"""What did a client ask for? With `heads`, the only reader of flows' internals; all else sees our values."""

import re
from dataclasses import dataclass, replace

from mitmproxy import http

from addons.heads import BadRequest, Head, head_of
from proxy.bypass.observed import Exchange
from proxy.decision.request import Attempt, Stage, Trait
from proxy.decision.urls import Url, readings
from proxy.decision.values import quickly_made
from proxy.frontdoor.sessions import Session

MAX_TARGET = 64 * 1024
USUAL_METHODS = {name.encode(): name for name in ("GET", "POST", "HEAD", "PUT", "OPTIONS", "PATCH", "DELETE")}

_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}\Z")
_TARGET = re.compile(rb"/[^\x00-\x20\x7f]*\Z")
_PLAIN = re.compile(rb"((?:/[\w~!$&'()*+,:=@-][\w.~!$&'()*+,:=@-]*)*/?)(?:\?([!-\"$-~]*))?\Z")
"""A target whose path has one reading, which is its spelling: no escape, no dot segment, no parameter, no
two slashes in a row. Most are so."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Asked:
    """One HTTP request.

    url        what it asks for, under the host that its Host field (or `:authority`) names
    head       its fields, and what they say
    attempts   one for each name the request gives, and for each path its target may be taken for; all
               must be allowed
    seen       what detectors were shown of it; None: nothing
    manner     what of it makes a difference to its answer; None: anything may
    """

    url: Url
    head: Head
    attempts: tuple[Attempt, ...]
    seen: Exchange | None = None
    manner: tuple[object, ...] | None = None


def asked(flow: http.HTTPFlow, session: Session) -> Asked:
    """Read an HTTP request.

    Raises BadRequest when it names no host, two hosts, or something that is none, and when a server
    could read another request in it than we do.
    """
    data = flow.request.data
    plain = _PLAIN.match(data.path) if len(data.path) <= MAX_TARGET else None
    if plain is None or plain[1] == b"" or data.method not in USUAL_METHODS:
        _require_one_meaning(data.method, data.path)
        head = head_of(flow, session)
        paths, query = _paths_and_query(flow.request)
    else:
        head = head_of(flow, session)
        path, query_octets = plain.groups(b"")
        paths, query = (path.decode("ascii"),), query_octets.decode("ascii")
    url = Url(head.scheme, head.host, head.port, paths[0], query)
    return Asked(url, head, _attempts(data.method, session, url, paths, head))


def _require_one_meaning(method: bytes, target: bytes) -> None:
    """Refuse what HTTP/2 carries as it is and HTTP/1 cannot: servers would split it into other words.

    RFC 9112, sections 2.2, 3 and 5.2; RFC 9113, sections 8.2.1 and 8.3.1.
    """
    if method not in USUAL_METHODS and not _METHOD.match(method):
        raise BadRequest("The request's method is not valid.")
    if not _TARGET.match(target) and (target, method) != (b"*", b"OPTIONS"):
        raise BadRequest("The request's address is not valid.")


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


def _attempts(
    method: bytes, session: Session, url: Url, paths: tuple[str, ...], head: Head
) -> tuple[Attempt, ...]:
    first = Attempt(
        session.client,
        Stage.HTTP,
        url.host,
        url,
        session.login,
        USUAL_METHODS.get(method) or method[:32].decode("utf-8", "surrogateescape"),
        head.referring_host,
        head.traits,
    )
    if len(paths) == 1 and (not head.traits or Trait.HOST_MISMATCH not in head.traits):
        return (first,)
    return tuple(
        replace(first, host=name, url=replace(url, host=name, path=path))
        for path in paths
        for name in head.names
    )
