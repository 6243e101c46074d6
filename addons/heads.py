"""What does the head of a request say, and what of it may a server see?

A browser's requests for the parts of a page come over one connection with a few sorts of fields (one for
scripts, one for pictures), and differ in their target. So what was read of the last heads stays with the
session, for the next request that brings one of them.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from mitmproxy import http

from addons.asked_codings import in_readable_codings
from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.request import Trait
from proxy.decision.urls import parse_url, split_port
from proxy.decision.values import quickly_made
from proxy.frontdoor.sessions import HostPort, Session

HTTP_PORT = 80
USUAL_HOST = 260
KEPT_HOSTS = 4096
MAX_REMEMBERED = 4096
"""Octets of the fields of all heads that are kept with a session."""
MAX_HEADS = 8
"""How many heads are, at most."""
NO_TRAITS: frozenset[Trait] = frozenset()

STRIPPED = frozenset((
    b"proxy-authorization", b"proxy-connection", b"proxy-authenticate", b"http2-settings", b"keep-alive",
    b"te", b"x-authenticated-user", b"x-authenticated-groups", b"x-client-username", b"x-client-ip",
    b"x-forwarded-for", b"x-real-ip", b"forwarded", b"available-dictionary", b"dictionary-id",
))  # fmt: skip
"""Fields that speak to a proxy, or claim who somebody is; servers behind us get neither.

`te` because trailers end an HTTP/1 connection of mitmproxy's; HTTP/2 keeps it. Dictionaries (RFC 9842)
because only the browser has them: what is coded by one could not be looked into."""

_ENDS_A_LINE = re.compile(rb"[\r\n\x00]")

type Fields = tuple[tuple[bytes, bytes], ...]
type TextFields = tuple[tuple[str, str], ...]


class BadRequest(Exception):
    """A request whose target cannot be told without doubt; the message says why."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Head:
    """The head of a request, but for its method and target.

    said            all that the rest was read from; equal for requests that differ in method and target only
    host            that its Host field (or `:authority`, or an absolute target) names
    endpoint        canonical name or address of the server that shall get the request
    names           all names that the request gives, `host` first
    traits          what these, and an upgrade, show
    referring_host  host of the Referer field, or ""
    passed          the fields that a server may see, with a Host field that says one host
    shown           the fields as they came, as detectors read them, with a Host field in HTTP/2 too
    length          of the body, as it tells; None where it does not
    chunked         whether it says how a body of unknown length is framed
    """

    said: tuple[object, ...]
    scheme: str
    host: str
    port: int
    endpoint: str
    names: tuple[str, ...]
    traits: frozenset[Trait]
    referring_host: str
    websocket: bool
    passed: Fields
    shown: TextFields
    length: int | None
    chunked: bool


@dataclass(slots=True)
class Recent:
    """A head of one of the last requests of a connection.

    octets   of its fields
    quiet    it again, where nothing was found in it; by whoever looks at it
    """

    head: Head
    octets: int
    quiet: object = None


class RecentHeads:
    """The heads of the last requests of a connection, newest first."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: list[Recent] = []

    def find(self, said: tuple[object, ...]) -> Head | None:
        """The head of a request, where one of the last brought the same."""
        for place, one in enumerate(self._kept):
            if one.head.said == said:
                if place:
                    self._kept.insert(0, self._kept.pop(place))
                return one.head
        return None

    def keep(self, head: Head, octets: int) -> bool:
        """Keep a head, if it is not too long, in place of older ones; say whether it is kept."""
        if octets > MAX_REMEMBERED:
            return False
        self._kept.insert(0, Recent(head, octets))
        while len(self._kept) > MAX_HEADS or sum(one.octets for one in self._kept) > MAX_REMEMBERED:
            self._kept.pop()
        return True

    def entry(self, head: Head) -> Recent | None:
        """What is kept of the head that was read last; None where it was not kept."""
        return self._kept[0] if self._kept and self._kept[0].head is head else None


def head_of(flow: http.HTTPFlow, session: Session) -> Head:
    """Read a request's head, or recall it if one of the last requests brought the same.

    Raises BadRequest when it names no host, two hosts, or something that is none, and when a field of it
    could be read as more than one line.
    """
    data = flow.request.data
    said = (
        data.headers.fields, data.authority, data.host, data.port, data.scheme, data.http_version,
        session.server_name, flow.client_conn.tls,
    )  # fmt: skip
    recent = recent_heads(session)
    head = recent.find(said)
    if head is not None:
        session.head = head
        return head
    head = _read(flow, session, said)
    octets = sum(map(len, chain.from_iterable(data.headers.fields)))
    session.head = head if recent.keep(head, octets) else None
    return head


def recent_heads(session: Session) -> RecentHeads:
    """The last heads of a connection."""
    recent = session.recent
    if type(recent) is not RecentHeads:
        recent = session.recent = RecentHeads()
    return recent


def _read(flow: http.HTTPFlow, session: Session, said: tuple[object, ...]) -> Head:
    request = flow.request
    if _ENDS_A_LINE.search(b"".join(chain.from_iterable(request.headers.fields))):
        raise BadRequest("A field of the request is more than one line.")
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
    endpoint = absolute or session.server_name or host
    names = (host, named, endpoint, session.connect[0] if session.connect else "")
    websocket = _asks_for_websocket(told.get(b"upgrade", b""))
    return Head(
        said,
        scheme,
        host,
        port,
        endpoint,
        tuple(dict.fromkeys(name for name in names if name)),
        _traits(names, websocket),
        _referring_host(told.get(b"referer", b"")),
        websocket,
        _passed(request, (host, port), scheme, endpoint, websocket),
        _shown(request),
        length_in(told),
        b"transfer-encoding" in told,
    )


def told_in(headers: http.Headers) -> dict[bytes, bytes]:
    """The fields of a head by their names in lower case; values of one name joined by commas.

    Each look-up in mitmproxy's own table walks, decodes and compares all fields.
    """
    told: dict[bytes, bytes] = {}
    for name, value in headers.fields:
        key = name.lower()
        told[key] = told[key] + b", " + value if key in told else value
    return told


def length_in(told: dict[bytes, bytes]) -> int | None:
    """The length of a body that a head tells; None where it tells none that is a number."""
    text = told.get(b"content-length", b"")
    return int(text) if text.isdigit() else None


def _traits(names: tuple[str, ...], websocket: bool) -> frozenset[Trait]:
    mismatch = any(name and name != names[0] for name in names)
    if not mismatch and not websocket:
        return NO_TRAITS
    traits = {Trait.HOST_MISMATCH: mismatch, Trait.WEBSOCKET: websocket}
    return frozenset(trait for trait, is_on in traits.items() if is_on)


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


def text_fields(fields: Fields) -> TextFields:
    """Fields as text, names in lower case; octets that are no UTF-8 are taken for Latin-1."""
    return tuple([(_as_text(name).lower(), _as_text(value)) for name, value in fields])


def _as_text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _shown(request: http.Request) -> TextFields:
    fields = text_fields(request.headers.fields)
    if request.is_http2 and request.data.authority:
        return (("host", _as_text(request.data.authority)), *fields)
    return fields


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


def _asks_for_websocket(upgrade: bytes) -> bool:
    return upgrade.strip().lower() == b"websocket"


def _passed(request: http.Request, url: HostPort, scheme: str, endpoint: str, websocket: bool) -> Fields:
    """What a server may see of the fields, with a Host field that names one host only.

    url         host and port of the request's URL
    endpoint    the server that gets it
    """
    fields = in_readable_codings(request.headers.fields)
    if request.is_http2:
        stripped = STRIPPED - {b"te"}
        return tuple(field for field in fields if field[0].lower() not in stripped)
    kept: list[tuple[bytes, bytes]] = []
    connection: list[bytes] = []
    place = -1
    for name, value in fields:
        key = name.lower()
        if key == b"connection":
            connection.append(value)
        elif key == b"host":
            place = len(kept)
            kept.append((name, value))
        elif key not in STRIPPED and (key != b"upgrade" or websocket):
            kept.append((name, value))
    said = _said_of_connection(connection, websocket)
    if said:
        kept.append((b"Connection", said))
    if place < 0:
        kept.append((b"Host", _host_field(url, scheme)))
    elif endpoint == url[0]:
        kept[place] = (kept[place][0], _host_field(url, scheme))
    return tuple(kept)


def _host_field(url: HostPort, scheme: str) -> bytes:
    host = f"[{url[0]}]" if ":" in url[0] else url[0]
    usual = url[1] == (443 if scheme == "https" else HTTP_PORT)
    return (host if usual else f"{host}:{url[1]}").encode("ascii")


def _said_of_connection(fields: list[bytes], websocket: bool) -> bytes:
    """Leave only what Connection says about the connection; naming a field there asks to drop it.

    A server behind us would drop the field that holds a search to its safe mode (RFC 9110, section 7.6.1).
    """
    if not fields:
        return b""
    said = {word.strip().lower() for word in b",".join(fields).split(b",")}
    words = (b"close", b"keep-alive", b"upgrade") if websocket else (b"close", b"keep-alive")
    return b", ".join(word for word in words if word in said)
