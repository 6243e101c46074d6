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


LONG = frozenset({Kind.PAGE, Kind.SCRIPT, Kind.WORKER, Kind.WASM})
"""What is looked at beyond its first piece: it can be padded, and does nothing as long as it is cut."""
WORKERS = frozenset({"serviceworker", "sharedworker", "worker"})
_SCRIPTS = frozenset((
    "application/ecmascript", "application/javascript", "application/x-ecmascript",
    "application/x-javascript", "text/ecmascript", "text/javascript", "text/jscript", "text/livescript",
    "text/x-ecmascript", "text/x-javascript", *(f"text/javascript1.{minor}" for minor in range(6)),
))  # fmt: skip
"""What browsers take for JavaScript (WHATWG MIME Sniffing, section 4.6)."""
_NO_SCRIPTS = ("image/", "audio/", "video/", "text/csv")
"""What browsers do not run, although a page asked for a script (Fetch, section 2.9)."""
_BY_TYPE = {
    "text/html": Kind.PAGE,
    "application/xhtml+xml": Kind.PAGE,
    "image/svg+xml": Kind.PAGE,
    "application/xml": Kind.PAGE,
    "text/xml": Kind.PAGE,
    "application/json": Kind.JSON,
    "text/json": Kind.JSON,
    "application/activity+json": Kind.JSON,
    "text/plain": Kind.TEXT,
    "application/wasm": Kind.WASM,
    "application/x-ns-proxy-autoconfig": Kind.PAC,
    "application/x-javascript-config": Kind.PAC,
    **dict.fromkeys(_SCRIPTS, Kind.SCRIPT),
}
SNIFFED = 1445
"""How many octets tell what an answer without a type is (WHATWG MIME Sniffing, section 5.2)."""
ENDLESS = frozenset({"text/event-stream", "multipart/x-mixed-replace"})
_PAGES = (b"<!doctype html", b"<html", b"<head", b"<title", b"<script", b"<body", b"<meta", b"<!--")
_UNSAID = frozenset((
    "", "application/octet-stream", "binary/octet-stream", "text/plain", "*/*", "unknown/unknown",
    "application/unknown",
))  # fmt: skip


def field_of(fields: Fields, name: str) -> str:
    """The first value of a field (name in lower case), or ""."""
    for key, value in fields:
        if key == name:
            return value
    return ""


def media_type(fields: Fields) -> str:
    """The media type of a message, in lower case, without its parameters.

    Of several, in one field or in more, it is the last that is one, as browsers have it (Fetch, section
    2.2.2).
    """
    found = ""
    for key, value in fields:
        if key == "content-type":
            for each in value.split(",") if "," in value else (value,):
                type_ = each.partition(";")[0].strip().lower()
                if not found or ("/" in type_ and type_ != "*/*"):
                    found = type_
    return found


def is_worker(seen: Exchange) -> bool:
    """Say whether the browser fetches this to run it as a worker (Service Workers, section 6.1; Fetch)."""
    return seen.field("service-worker") == "script" or seen.field("sec-fetch-dest") in WORKERS


def may_be_looked_into(seen: Exchange, fields: Fields) -> bool:
    """Say whether the body of an answer with these fields can be more to a detector than octets.

    What is streamed for as long as a page is open is not: to wait for more of it would hold it up.
    """
    type_ = media_type(fields)
    if type_ in _BY_TYPE or _is_unsaid(type_):
        return True
    if type_.startswith("application/dns") or type_.endswith(("+json", "+xml")):
        return True
    return type_ not in ENDLESS and (is_worker(seen) or _may_run(seen, type_))


def body_limit(seen: Exchange) -> int:
    """How many octets of the answer's body detectors look at in one piece, its first."""
    return MAX_WORKER if is_worker(seen) else MAX_BODY


def kind_of(seen: Exchange, answer: Answer) -> Kind:
    """What kind of body it is: by its type, or by its first octets where the type says nothing."""
    type_ = media_type(answer.fields)
    kind = _BY_TYPE.get(type_) or (Kind.PAGE if type_.endswith("+xml") else Kind.OTHER)
    if _is_unsaid(type_):
        kind = _sniffed(answer.body, kind)
    if kind is Kind.OTHER and not type_ and b"\0" not in in_octets(answer.body[:SNIFFED]):
        kind = Kind.SCRIPT
    if _may_run(seen, type_):
        kind = Kind.SCRIPT
    if kind in (Kind.SCRIPT, Kind.TEXT, Kind.OTHER) and is_worker(seen):
        return Kind.WORKER
    return kind


def _is_unsaid(type_: str) -> bool:
    """Whether browsers look at the octets themselves to know what it is."""
    return type_ in _UNSAID or "/" not in type_


def _may_run(seen: Exchange, type_: str) -> bool:
    """Whether a page asked for a script, and the browser would run what has this type."""
    return seen.field("sec-fetch-dest") == "script" and not type_.startswith(_NO_SCRIPTS)


def _sniffed(body: bytes, otherwise: Kind) -> Kind:
    if body.startswith(b"\0asm"):
        return Kind.WASM
    head = in_octets(body[:SNIFFED]).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_PAGES):
        return Kind.PAGE
    return otherwise
