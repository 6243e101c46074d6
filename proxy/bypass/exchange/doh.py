"""Does an exchange carry DNS (RFC 8484, RFC 9230, RFC 9458, or JSON), on whatever host and path?

A media type says so; so does a parameter or a body that decodes to a DNS question. A parameter `dns=` that
is no DNS message is nothing.
"""

import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from proxy.bypass.exchange.kinds import field_of, media_type
from proxy.bypass.exchange.question import MAX_QUESTION, Asked, read_answer, read_question
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.signs import Consequence, Sign

TECHNIQUE = "dns.doh"
MESSAGE, JSON = "application/dns-message", "application/dns-json"
OLDER = frozenset({"application/dns-udpwireformat", "application/dns", "application/x-dns-message"})
RESOLVERS_PATHS = frozenset({"resolve", "dns-query"})
"""Last pieces of the paths at which public resolvers answer in JSON."""
MAX_PARAMETERS = 24
MIN_MESSAGE = 17
"""Octets of the shortest DNS message with a question."""
# The first octets of a question are fixed but for its id and two flags: seven letters of base64.
_HEADER = re.compile(
    r"(?:\A|&)([^=&]{0,64})=((?:[A-Za-z0-9+/_-]|%2[BbFf]){5}AABAAAA[A-Za-z0-9+/_%=-]{4,2731})"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{20,2731}={0,2}\Z")
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{1,62}\.?\Z", re.IGNORECASE)
_TYPE = re.compile(r"(?:[0-9]{1,5}|a|aaaa|any|cname|https|mx|ns|null|ptr|soa|srv|svcb|txt)\Z", re.IGNORECASE)
_URLSAFE = str.maketrans("-_", "+/")
_ANSWER_KEYS = (b'"Status"', b'"TC"', b'"RD"', b'"Question"')


def doh_request(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A request that carries a DNS question, in its query or its body."""
    asked, where = _in_query(seen.url.query) if seen.url.query else (None, "")
    if asked is not None:
        yield _of_question(knowledge, asked, f"parameter {where}")
        return
    if seen.method in ("POST", "PUT"):
        if MIN_MESSAGE <= len(seen.body) <= MAX_QUESTION and (asked := read_question(seen.body)) is not None:
            yield _of_question(knowledge, asked, "body")
            return
        type_ = media_type(seen.fields)
        if type_ == MESSAGE or type_ in OLDER:
            yield knowledge.sign(TECHNIQUE, 0.97, {"content-type": type_})
            return
    accepted = field_of(seen.fields, "accept")
    if "dns" in accepted and (MESSAGE in accepted or JSON in accepted or "application/dns" in accepted):
        yield from _by_accept(seen, accepted, knowledge)
    elif "name=" in seen.url.query and (named := _json_question(seen.url.query)):
        yield from _by_name(seen.url.path, named, knowledge)


def doh_answer(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """An answer that is a DNS message, or DNS as JSON."""
    answer = seen.answer
    if answer is None or answer.status >= 400:
        return
    type_ = media_type(answer.fields)
    if type_ == MESSAGE or type_ in OLDER:
        asked = read_answer(answer.body)
        yield knowledge.sign(
            TECHNIQUE, 0.97, {"content-type": type_} | ({"name": asked.name} if asked else {})
        )
    elif type_ == JSON:
        yield knowledge.sign(TECHNIQUE, 0.97, {"content-type": type_})
    elif answer.body[:1] == b"{" and all(key in answer.body[:1024] for key in _ANSWER_KEYS):
        yield knowledge.sign(TECHNIQUE, 0.95, {"body": "JSON with Status, TC, RD and Question"})


def _of_question(knowledge: Knowledge, asked: Asked, where: str) -> Sign:
    return knowledge.sign(TECHNIQUE, 0.99, {"where": where, "name": asked.name, "type": asked.type})


def _by_accept(seen: Exchange, accepted: str, knowledge: Knowledge) -> Iterator[Sign]:
    """A client that wants DNS for an answer; with a name to ask for, that is a question."""
    named = _json_question(seen.url.query) if seen.url.query else {}
    if named:
        yield knowledge.sign(TECHNIQUE, 0.98, {"accept": accepted[:60], "name": named["name"]})
    elif seen.method == "GET" and not seen.url.query:
        yield knowledge.sign(TECHNIQUE, 0.6, {"accept": accepted[:60]}, consequence=Consequence.BLOCK)
    else:
        yield knowledge.sign(TECHNIQUE, 0.9, {"accept": accepted[:60]})


def _by_name(path: str, named: dict[str, str], knowledge: Knowledge) -> Iterator[Sign]:
    """The JSON form without a media type: a resolver's path says enough, a type of record is worth a mark."""
    last = path.rstrip("/").rpartition("/")[2]
    if last in RESOLVERS_PATHS:
        yield knowledge.sign(TECHNIQUE, 0.9, {"path": f"/{last}", **named})
    elif "type" in named:
        yield knowledge.sign(TECHNIQUE, 0.4, named, consequence=Consequence.LOG)


def _in_query(query: str) -> tuple[Asked | None, str]:
    for found in islice(_HEADER.finditer(query[:8192]), MAX_PARAMETERS):
        name, value = found.groups()
        if "%" in value:
            value = unquote(value)
        if _BASE64.match(value) and (asked := _decoded(value)) is not None:
            return asked, unquote(name)[:32]
    return None, ""


def _decoded(value: str) -> Asked | None:
    text = value.rstrip("=").translate(_URLSAFE)
    try:
        head = a2b_base64(text[:16])
        if len(head) < 12 or head[4:10] != b"\0\1\0\0\0\0":
            return None
        return read_question(a2b_base64(text + "=" * (-len(text) % 4)))
    except NotBase64:
        return None


def _json_question(query: str) -> dict[str, str]:
    """`name` and `type` of a question in the JSON form, {} when there is no name of a host."""
    found: dict[str, str] = {}
    for part in query[:4096].split("&", MAX_PARAMETERS)[:MAX_PARAMETERS]:
        key, _, value = part.partition("=")
        if key == "name" and _NAME.match(value[:256]):
            found["name"] = value
        elif key == "type" and _TYPE.match(value[:8]):
            found["type"] = value
    return found if "name" in found else {}
