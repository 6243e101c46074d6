"""Does an exchange carry another request in `x-bare-*` fields, as TompHTTP's bare servers do on any path?

The client names the target in request fields (versions 1 to 3 of the specification), a preflight asks for
those fields, and the server answers with the target's status and fields in its own. Through a WebSocket,
version 3 names the target in the client's first message.
"""

import re
from collections.abc import Iterator

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange, Fields
from proxy.decision.names import NameProblem
from proxy.decision.signs import Sign
from proxy.decision.urls import Url, parse_url

TECHNIQUE = "webproxy.bare"
PREFIX = "x-bare-"
MAX_FIELDS = 16
MAX_CONNECT = 4096
"""Octets of a message that are looked at; a target stands at its beginning."""
_REMOTE = re.compile(rb'"remote"\s{0,8}:\s{0,8}"(wss?:[^"\\\s]{1,2000})"')
_TARGETS = frozenset({"x-bare-url", "x-bare-host", "x-bare-protocol", "x-bare-port", "x-bare-path"})
_REPLIES = frozenset(
    {"x-bare-status", "x-bare-status-text", "x-bare-headers", "x-bare-headers-0", "x-bare-pass-headers"}
)
_LETTING_IN = frozenset({"access-control-allow-headers", "access-control-expose-headers"})
ANSWERING = _REPLIES | _LETTING_IN
"""The fields of an answer that are looked at here."""


def bare_request(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A request, or the preflight of one, that carries the fields of a bare client."""
    named: dict[str, str] = {}
    for name, value in seen.fields:
        if name[:7] == PREFIX:
            if len(named) < MAX_FIELDS:
                named.setdefault(name, value)
        elif name == "access-control-request-headers" and PREFIX in (asked := value.lower()):
            yield knowledge.sign(TECHNIQUE, 0.98, {name: asked[asked.index(PREFIX) :]})
    if named:
        inner = _inner(named)
        evidence = {"fields": " ".join(sorted(named))}
        if inner is not None:
            evidence["target"] = _origin(inner)
        yield knowledge.sign(TECHNIQUE, 0.99, evidence, inner)


def bare_answer(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """An answer that carries another answer's status and fields, or that lets such requests in."""
    if seen.answer is None:
        return
    found = _replies(seen.answer.fields)
    if found:
        yield knowledge.sign(TECHNIQUE, 0.99, {"fields": " ".join(found)})


def bare_message(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """The first message of a client that asks the server to connect to another WebSocket."""
    for index, message in enumerate(seen.messages):
        if not message.from_client:
            continue
        payload = message.payload[:MAX_CONNECT]
        if (
            message.is_text
            and payload[:1] == b"{"
            and b'"connect"' in payload
            and b'"forwardHeaders"' in payload
        ):
            target = _REMOTE.search(payload)
            if target is not None:
                remote = target.group(1).decode("utf-8", "replace")
                inner = _remote(remote)
                shown = "" if inner is None else _origin(inner)
                yield knowledge.sign(TECHNIQUE, 0.97, {"message": index, "target": shown}, inner)
        return


def _origin(url: Url) -> str:
    """Where a target is, without its path and query: those may hold names and tokens."""
    return f"{url.scheme}://{url.host}:{url.port}"


def _remote(text: str) -> Url | None:
    try:
        return parse_url(text)
    except NameProblem:
        return None


def _replies(fields: Fields) -> list[str]:
    found = []
    for name, value in fields:
        if name in _REPLIES:
            found.append(name)
        elif name in _LETTING_IN and len(value) < 4096:
            found += sorted(
                part
                for part in (each.strip() for each in value.lower().split(","))
                if part in _REPLIES | _TARGETS
            )
    return found[:8]


def _inner(named: dict[str, str]) -> Url | None:
    try:
        if "x-bare-url" in named:
            return parse_url(named["x-bare-url"][:2048])
        if "x-bare-host" in named:
            scheme = named.get("x-bare-protocol", "https:").strip(":/ ")[:8] or "https"
            port = named.get("x-bare-port", "").strip()[:5]
            host = named["x-bare-host"][:512] + (f":{port}" if port else "")
            return parse_url(f"{scheme}://{host}{named.get('x-bare-path', '/')[:1024]}")
    except NameProblem:
        return None
    return None
