"""What does a list of URLs list? `host/path` or a whole URL a line."""

from collections.abc import Iterable, Iterator

from proxy.decision.listing import ListingKind
from proxy.decision.urls import Url, parse_url
from proxy.lists.formats.entry import Entry, Item, Why, complain
from proxy.lists.url_keys import url_host

SCHEMES = frozenset({"http", "https"})
MAX_KEY = 4096


def read(lines: Iterable[str], begin: int = 1) -> Iterator[Item]:
    """Read one URL a line; it stands for the page and all below it, on every port."""
    for number, line in enumerate(lines, begin):
        text = line.strip()
        if not text or text[0] == "#":
            continue
        yield url_entry(number, text)


def url_entry(number: int, text: str) -> Item:
    """Read one URL."""
    if any(c.isspace() for c in text):
        return complain(number, Why.NOT_A_URL, text, "a URL has no blanks; write them as %20")
    try:
        url = parse_url(text)
    except ValueError as problem:
        return complain(number, Why.NOT_A_URL, text, str(problem))
    if url.scheme not in SCHEMES:
        return complain(number, Why.NOT_A_URL, text, "only http and https pages can be listed")
    key = url_key(url)
    if len(key) > MAX_KEY:
        return complain(number, Why.TOO_LONG, text, f"a URL has at most {MAX_KEY} characters here")
    return Entry(number, ListingKind.URL, key)


def url_key(url: Url) -> str:
    """The spelling under which a URL is listed: no scheme, port, `www.` or slash at the path's end."""
    path = url.path.rstrip("/") or "/"
    return url_host(url.host) + path + (f"?{url.query}" if url.query else "")
