"""Which page does a demo site show at a path? Pure: names and paths in, pages out."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs

MAX_MB = 1024
CHUNK = bytes(64 * 1024)


@dataclass(frozen=True, slots=True)
class Site:
    """One demo site: what it is called and what it says of itself."""

    title: str
    text: str


SITES = {
    "learn.demo.test": Site("Learn", "A friendly place to learn about light, numbers and far countries."),
    "lab.demo.test": Site("The lab", "Experiments to try: some pages are for lessons only."),
    "news.demo.test": Site("News", "What happened today, told in a few lines."),
    "search.demo.test": Site("Search", "A search engine with nothing to find."),
    "video.demo.test": Site("Video", "Moving pictures, one after the other."),
    "games.demo.test": Site("Games", "Play all day! This is a page of games, and nothing else."),
    "chat.demo.test": Site("Chat", "Talk to everybody about everything."),
    "cartoons.demo.test": Site("Cartoons", "Funny drawings that move."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as an origin reads it.

    host      lower case, without a port
    target    path and query as sent
    scheme    `http` or `https`
    headers   name (lower case) and value, in order
    """

    host: str
    target: str
    scheme: str = "http"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. `length` is the body's size in bytes; the body may come in pieces."""

    status: int
    content_type: str
    length: int
    body: Iterable[bytes]


def page_for(asked: Asked) -> Page:
    """Return the page of a site at a path.

    `/big?mb=N` streams N MiB (at most MAX_MB), `/headers` gives the request back as JSON, `/robots.txt`
    is plain text; every other path is a page that says its name, its path and how it was reached.
    A host that is no demo site gets 404 and says so.
    """
    path, _, query = asked.target.partition("?")
    site = SITES.get(asked.host)
    if site is None:
        return _html(404, "No such demo site", f"{asked.host} is none of {', '.join(SITES)}.", asked)
    if path == "/big":
        return _big(query)
    if path == "/headers":
        return _whole(200, "application/json", json.dumps(_as_json(asked), indent=2).encode() + b"\n")
    if path == "/robots.txt":
        return _whole(200, "text/plain; charset=utf-8", b"User-agent: *\nDisallow:\n")
    return _html(200, site.title, site.text, asked)


def _big(query: str) -> Page:
    text = parse_qs(query).get("mb", ["1"])[0]
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= MAX_MB):
        return _whole(400, "text/plain; charset=utf-8", f"mb: a whole number up to {MAX_MB}\n".encode())
    pieces = int(text) * 1024 * 1024 // len(CHUNK)
    return Page(200, "application/octet-stream", pieces * len(CHUNK), _pieces(pieces))


def _pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield CHUNK


def _as_json(asked: Asked) -> dict[str, object]:
    headers: Sequence[tuple[str, str]] = asked.headers
    return {
        "method": asked.method,
        "scheme": asked.scheme,
        "host": asked.host,
        "target": asked.target,
        "headers": [list(pair) for pair in headers],
        "body_bytes": asked.body_bytes,
    }


def _html(status: int, title: str, text: str, asked: Asked) -> Page:
    body = _TEMPLATE.format(
        title=escape(title),
        text=escape(text),
        host=escape(asked.host),
        path=escape(asked.target),
        scheme=escape(asked.scheme),
    )
    return _whole(status, "text/html; charset=utf-8", body.encode())


def _whole(status: int, content_type: str, body: bytes) -> Page:
    return Page(status, content_type, len(body), (body,))


_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - {host}</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem; }}
h1 {{ color: #14532d; }}
code {{ background: #ecfdf5; padding: 0.1em 0.3em; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{text}</p>
<p>This is <code>{host}</code>, page <code>{path}</code>, reached over <code>{scheme}</code>.</p>
</body>
</html>
"""
