"""Is a browser extension downloaded whose work is to get around filters?"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.names import tails
from proxy.decision.signs import Sign

_STORES = frozenset(
    {
        "google.com", "googleusercontent.com", "googleapis.com", "gvt1.com", "microsoft.com", "opera.com",
        "operacdn.com", "mozilla.org", "mozilla.net", "mozilla.com",
    }
)  # fmt: skip
_ID = re.compile(r"(?<![a-z])[a-p]{32}(?![a-z])")
_ADDON = re.compile(
    r"/addon/([a-z0-9_-]{2,64})|/downloads/(?:file|latest)/[0-9a-z_-]{0,40}/?([a-z0-9_-]{2,64})?"
)


def known_extension(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A store's answer, page or update check for an extension on the list."""
    known = knowledge.exchange.extensions
    host = seen.url.host
    if not known or _STORES.isdisjoint(tails(host)):
        return
    text = f"{seen.url.path[:1024]}?{unquote(seen.url.query[:4096])}".lower()
    for found in _ID.findall(text)[:64]:
        if found in known:
            extension = known[found]
            evidence = {"extension": extension.title, "id": found, "list": extension.list_id}
            yield knowledge.sign(extension.technique, 1.0, evidence)
            return
    for groups in _ADDON.findall(text)[:8]:
        name = next((group for group in groups if group in known), "")
        if name:
            evidence = {"extension": known[name].title, "id": name, "list": known[name].list_id}
            yield knowledge.sign(known[name].technique, 1.0, evidence)
            return
