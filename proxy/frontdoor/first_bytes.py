"""What does a client speak, and what does its CONNECT request ask for?"""

import re
from dataclasses import dataclass
from enum import Enum

from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.urls import split_port

MAX_LINE = 64 * 1024
MAX_CONNECT = 16 * 1024
MAX_KEPT_HEAD = 1024
MAX_KEPT_HEADS = 2048

_METHOD = re.compile(rb"[A-Z][A-Z-]{0,31}\Z")
_REQUEST_LINE = re.compile(rb"[A-Z][A-Z-]{1,31} [^\r\n]+ HTTP/1\.[01]\r?\n")
_CONNECT = re.compile(rb"CONNECT ([\x21-\x7e]+) HTTP/1\.[01]\Z")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\x00-\x08\x0a-\x1f\x7f]*)\Z")
"""White space around the value is not the expression's to find: trying how to share it out among several
parts takes the cube of its length."""

_ENDS = (b"\n\r\n", b"\n\n")


class Speaks(Enum):
    """What a client's first bytes are."""

    HTTP = "http"
    SOMETHING_ELSE = "something else"
    UNKNOWN_YET = "unknown yet"


class BadConnect(ValueError):
    """A CONNECT request that is not valid; the message says why, in a sentence for the client."""


@dataclass(frozen=True, slots=True)
class Connect:
    """A CONNECT request.

    host            canonical
    authorization   the Proxy-Authorization field, or ""
    length          octets of its head; what follows is the tunnel's
    """

    host: str
    port: int
    authorization: str
    length: int


_heads: dict[bytes, Connect] = {}


def speaks(first: bytes) -> Speaks:
    """Say whether a stream's first bytes begin an HTTP/1 request, as soon as that can be told."""
    line, newline, _ = first.partition(b"\n")
    if newline:
        return Speaks.HTTP if _REQUEST_LINE.match(line + newline) else Speaks.SOMETHING_ELSE
    method, space, _ = first.partition(b" ")
    if len(first) > MAX_LINE or (first and not _METHOD.match(method)):
        return Speaks.SOMETHING_ELSE
    if not space and len(method) > 32:
        return Speaks.SOMETHING_ELSE
    return Speaks.UNKNOWN_YET


def read_connect(data: bytes) -> Connect | None:
    """Read the CONNECT request that a stream begins with; None until its head is complete.

    Raises BadConnect when it is not valid, at the latest after MAX_CONNECT octets.

    A browser says the same for every tunnel to a place; what was read is remembered, never with a log-in.
    """
    known = _heads.get(data)
    if known is not None:
        return known
    asked = _read(data)
    if asked is not None and not asked.authorization and asked.length == len(data) <= MAX_KEPT_HEAD:
        if len(_heads) >= MAX_KEPT_HEADS:
            _heads.clear()
        _heads[data] = asked
    return asked


def _read(data: bytes) -> Connect | None:
    ends = [(at, at + len(end)) for end in _ENDS if (at := data.find(end)) >= 0]
    last, length = min(ends, default=(0, len(data)))
    if length > MAX_CONNECT:
        raise BadConnect("The request is too long.")
    if not ends:
        return None
    first, *lines = data[:last].split(b"\n")
    line = _CONNECT.match(first.removesuffix(b"\r"))
    if line is None:
        raise BadConnect("The request's first line is not valid.")
    host, port = _target(line[1].decode("ascii"))
    return Connect(host, port, _authorization(lines), length)


def _target(authority: str) -> tuple[str, int]:
    try:
        name, port = split_port(authority, 443)
        return canonical_host(name), port
    except NameProblem as problem:
        raise BadConnect(f"The request's host is not valid: {problem}.") from problem


def _authorization(lines: list[bytes]) -> str:
    """The Proxy-Authorization field. A CONNECT request has no body (RFC 9110, section 9.3.6)."""
    found: str | None = None
    for line in lines:
        field = _FIELD.match(line.removesuffix(b"\r"))
        if field is None:
            raise BadConnect("A field of the request is not valid.")
        name, value = field[1].lower(), field[2].strip(b" \t")
        if name == b"proxy-authorization":
            if found is not None:
                raise BadConnect("The request has two log-ins.")
            found = value.decode("latin-1")
        elif name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            raise BadConnect("A request for a tunnel has no body.")
    return found or ""
