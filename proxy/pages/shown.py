"""How may a foreign text, such as a URL, stand on a page or in a link?

Escaping for HTML is the template's work. Here a text loses what no reader should get: control and
direction characters that could make it look like another text, and endless length.
"""

import unicodedata
from urllib.parse import quote

from proxy.decision.urls import DEFAULT_PORTS, Url
from proxy.journal.redact import kept_path, kept_query

MAX_SHOWN = 160
_SPACES = str.maketrans("\t\n\r", "   ")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def shown(text: str, limit: int = MAX_SHOWN) -> str:
    """Return a text fit to be read: unseen characters become U+FFFD, what is too long is cut with `…`.

    Line ends and tabs become spaces.
    """
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    if text.isprintable():
        return text
    text = text.translate(_SPACES)
    return "".join("\ufffd" if unicodedata.category(c) in _UNSEEN else c for c in text)


def shown_address(host: str, url: Url | None) -> str:
    """Host and path as a block page shows them; the query is left out."""
    if url is None or url.path == "/":
        return shown(host)
    return shown(f"{host}{kept_path(url.path)}")


def ticket_url(host: str, url: Url | None) -> str:
    """The URL that a ticket carries: plain ASCII, without credentials or fragment.

    For an attempt of which only the host is known: the site's first page over HTTPS.
    """
    if url is None:
        return f"https://{_bracketed(host)}/"
    port = "" if DEFAULT_PORTS.get(url.scheme) == url.port else f":{url.port}"
    path = quote(kept_path(url.path), safe="/:@!$&'()*+,;=~-._", errors="surrogateescape")
    query = quote(kept_query(url.query), safe="/?:@!$&'()*+,;=~-._%", errors="surrogateescape")
    return f"{url.scheme}://{_bracketed(url.host)}{port}{path}" + (f"?{query}" if query else "")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
