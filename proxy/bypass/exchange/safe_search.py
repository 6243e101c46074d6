"""Does a request ask a search engine to switch its safe mode off?

The filter sets the engine's parameters anyway (`blocklists/safe_search.yaml`); the sign says that somebody
tried. Only the engines' own hosts count: a shop's `safe=off` is nothing.
"""

from collections.abc import Iterator
from urllib.parse import unquote_plus

from proxy.bypass.exchange.weakenings import Weakening
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.signs import Sign

MAX_PARTS = 64
MAX_COOKIE = 8192


def safe_search(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A parameter or a cookie that weakens an engine's safe mode, in whatever spelling."""
    cookie = seen.field("cookie")
    if not seen.url.query and not cookie:
        return
    for weakening in knowledge.exchange.weakenings.of(seen.url.host):
        found = _parameter(seen.url.query, weakening) if seen.url.query else None
        if found is not None:
            yield knowledge.sign(weakening.technique, 0.98, {"parameter": found})
        elif cookie and (name := _cookie(seen, weakening)):
            yield knowledge.sign(weakening.technique, 0.9, {"cookie": name})


def _parameter(query: str, weakening: Weakening) -> str | None:
    parameters = dict(weakening.parameters)
    for part in query[:8192].replace(";", "&").split("&", MAX_PARTS)[:MAX_PARTS]:
        name, _, value = part.partition("=")
        name = _decoded(name)
        if name in parameters:
            values = parameters[name]
            if not values or _decoded(value) in values:
                return part
    return None


def _cookie(seen: Exchange, weakening: Weakening) -> str:
    """The name of a cookie that weakens, and the text in it; never its whole value."""
    for key, value in seen.fields:
        if key != "cookie":
            continue
        for part in value[:MAX_COOKIE].split(";"):
            name, _, content = part.partition("=")
            for known, text in weakening.cookies:
                if name.strip().lower() == known and text in content.lower():
                    return f"{known}: {text}"
    return ""


def _decoded(text: str) -> str:
    """A name or a value, decoded as often as it takes, at most three times."""
    for _ in range(3):
        if "%" not in text and "+" not in text:
            break
        text = unquote_plus(text)
    return text.strip().lower()
