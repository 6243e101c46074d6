"""Under which spellings could a list hold a URL, or a part of the site that it lies in?"""

import re
from collections.abc import Iterator
from itertools import islice

MAX_QUERY_EDGES = 32

_QUERY_EDGE = re.compile(r"[&=]")


def url_host(host: str) -> str:
    """The spelling under which a URL's host is listed.

    >>> url_host("www.example.org"), url_host("www.org")
    ('example.org', 'www.org')
    """
    return host[4:] if host.startswith("www.") and "." in host[4:] else host


def url_keys(host: str, path: str, query: str, depth: int) -> Iterator[str]:
    """The spellings under which a list could hold a URL or what it lies below.

    depth   how many segments of the path to try at most

    A list's path in lower case covers every case of it, as SquidGuard reads such lists. A listed query
    must be the beginning of the asked one, up to a `&` or `=`.
    """
    for spelling in dict.fromkeys((path, path.lower())):
        yield f"{host}/"
        at = spelling.find("/", 1)
        for _ in range(depth):
            yield host + (spelling if at < 0 else spelling[:at])
            if at < 0:
                break
            at = spelling.find("/", at + 1)
    if query:
        page = host + (path.rstrip("/") or "/")
        for spelling in dict.fromkeys((f"{page}?{query}", f"{page}?{query}".lower())):
            yield spelling
            for match in islice(_QUERY_EDGE.finditer(spelling, len(page) + 1), MAX_QUERY_EDGES):
                yield spelling[: match.start()]
                yield spelling[: match.end()]
