"""What kind of thing is an answer's body, for rules that look into it?"""

from enum import Enum

from proxy.bypass.exchange.readable import in_octets
from proxy.bypass.observed import MAX_BODY, MAX_WORKER, Answer, Exchange, Fields


class Kind(Enum):
    """A kind of body.

    WORKER   a script that is fetched to run beside pages; it may answer their requests
    """

    PAGE = "page"
    SCRIPT = "script"
    WORKER = "worker"
    JSON = "json"
    TEXT = "text"
    WASM = "wasm"
    PAC = "pac"
    OTHER = "other"

    __hash__ = object.__hash__  # members are singletons; Enum's own hash is a call of Python for each look-up


WORKERS = frozenset({"serviceworker", "sharedworker", "worker"})
_BY_TYPE = {
    "text/html": Kind.PAGE,
    "application/xhtml+xml": Kind.PAGE,
    "image/svg+xml": Kind.PAGE,
    "application/javascript": Kind.SCRIPT,
    "application/x-javascript": Kind.SCRIPT,
    "application/ecmascript": Kind.SCRIPT,
    "text/javascript": Kind.SCRIPT,
    "text/ecmascript": Kind.SCRIPT,
    "application/json": Kind.JSON,
    "text/json": Kind.JSON,
    "application/activity+json": Kind.JSON,
    "text/plain": Kind.TEXT,
    "application/wasm": Kind.WASM,
    "application/x-ns-proxy-autoconfig": Kind.PAC,
    "application/x-javascript-config": Kind.PAC,
}
ENDLESS = frozenset({"text/event-stream", "multipart/x-mixed-replace"})
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<title", b"<script", b"<body", b"<meta", b"<!--")
_UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})


def field_of(fields: Fields, name: str) -> str:
    """The first value of a field (name in lower case), or ""."""
    for key, value in fields:
        if key == name:
            return value
    return ""


def media_type(fields: Fields) -> str:
    """The media type of a message, in lower case, without its parameters."""
    return field_of(fields, "content-type").partition(";")[0].strip().lower()


def is_worker(seen: Exchange) -> bool:
    """Say whether the browser fetches this to run it as a worker (Service Workers, section 6.1; Fetch)."""
    return seen.field("service-worker") == "script" or seen.field("sec-fetch-dest") in WORKERS


def may_be_looked_into(seen: Exchange, fields: Fields) -> bool:
    """Say whether the body of an answer with these fields can be more to a detector than octets.

    What is streamed for as long as a page is open is not: to wait for more of it would hold it up.
    """
    type_ = media_type(fields)
    if type_ in _BY_TYPE or type_ in _UNSAID or "/" not in type_:
        return True
    if type_.startswith("application/dns") or type_.endswith(("+json", "+xml", "/xml", "javascript")):
        return True
    return type_ not in ENDLESS and is_worker(seen)


def body_limit(seen: Exchange) -> int:
    """How many octets of the answer's body detectors look at."""
    return MAX_WORKER if is_worker(seen) else MAX_BODY


def kind_of(seen: Exchange, answer: Answer) -> Kind:
    """What kind of body it is: by its type, or by its first octets where the type says nothing."""
    type_ = media_type(answer.fields)
    kind = _BY_TYPE.get(type_, Kind.OTHER)
    if type_ in _UNSAID:
        kind = _sniffed(answer.body, kind)
        if kind is Kind.OTHER and (not type_ or seen.field("sec-fetch-dest") == "script"):
            kind = Kind.SCRIPT if b"\0" not in in_octets(answer.body[:512]) else kind
    if kind in (Kind.SCRIPT, Kind.TEXT, Kind.OTHER) and is_worker(seen):
        return Kind.WORKER
    return kind


def _sniffed(body: bytes, otherwise: Kind) -> Kind:
    if body.startswith(b"\0asm"):
        return Kind.WASM
    head = in_octets(body[:512]).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_PAGES):
        return Kind.PAGE
    return otherwise
