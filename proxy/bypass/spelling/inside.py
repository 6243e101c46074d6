"""Which addresses stand inside this address, however they are written?

Looked at are the first MAX_TARGET characters of a request's target, in at most MAX_PIECES segments of its
path and MAX_PIECES values of its query; at most MAX_FOUND addresses come back. Writings inside writings are
read by `writings.read`, which has bounds of its own. Time is linear in the target, times these constants.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from proxy.bypass.spelling.codings import HIDING, MIN_CODED, begins_like_base64
from proxy.bypass.spelling.hosts import host_in
from proxy.bypass.spelling.writings import Read, read
from proxy.decision.names import NameProblem
from proxy.decision.signs import MAX_EVIDENCE
from proxy.decision.urls import Url, parse_url

MAX_TARGET = 4096
MAX_PIECES = 16
MAX_FOUND = 8
MIN_QUERY = 4

PATH = "path"

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,15}://[^/?#]*")
_SHORT = re.compile(r"[.:%]|\Ahttps?\Z", re.IGNORECASE)
_FLAGS = re.compile(r"[bf][a-z]{0,6}\d*\Z")


@dataclass(frozen=True, slots=True)
class Inside:
    """An address found inside another.

    ways     how it was written, outermost first: `plain`, `percent` (more often than once), `base64`,
             `base32`, `hex`, `glype`, `xor`, `shift`, `reversed`, `segments` (`/https/host/path`); `bare`
             last: no scheme was written, which ordinary words can look like
    place    `path`, or the name of the parameter ("" where the query as a whole is the address)
    text     as it was sent, cut
    """

    url: Url
    ways: tuple[str, ...]
    place: str
    text: str

    @property
    def is_hidden(self) -> bool:
        """Whether it is written so that people do not read it."""
        return not HIDING.isdisjoint(self.ways)

    def shown(self, most: int) -> str:
        """What of the text may be evidence: about as much of it as stands for scheme and host. What follows
        may hold names and tokens."""
        whole = str(self.url)
        part = whole.find("/", whole.find("://") + 3) + 1
        return self.text[: min(most, len(self.text) * part // len(whole)) if part else most]

    @property
    def is_bare(self) -> bool:
        """Whether no scheme was written."""
        return "bare" in self.ways


@lru_cache(maxsize=16)
def addresses_in(url: Url, target: str = "") -> tuple[Inside, ...]:
    """Return the addresses inside a URL's path and query, in the order they stand there; each once.

    target   the request's target as it was sent, where it is known: a canonical path has lost what base64
             means by two slashes

    The last sixteen answers are kept, as several detectors ask the same of one request.
    """
    raw = (target or f"{url.path}?{url.query}")[:MAX_TARGET]
    absolute = _ABSOLUTE.match(raw)
    if absolute:
        raw = raw[absolute.end() :]
    path, _, query = raw.partition("?")
    found: dict[Url, Inside] = {}
    for one in _all(path, query.partition("#")[0]):
        if one.url.host != url.host:
            found.setdefault(one.url, one)
            if len(found) == MAX_FOUND:
                break
    return tuple(found.values())


def addresses_of(text: str) -> tuple[Inside, ...]:
    """Return the address that a text is, in any writing; empty when it is none."""
    one = read(text[:MAX_TARGET])
    return () if one is None else (_inside(one, "", text),)


def _all(path: str, query: str) -> Iterator[Inside]:
    if len(path) > MIN_QUERY:
        yield from _in_path(path, query)
    if len(query) > MIN_QUERY:
        yield from _in_query(query)


def _in_path(path: str, query: str) -> Iterator[Inside]:
    segments = path.split("/")
    for place in range(1, min(len(segments), MAX_PIECES + 1)):
        segment = segments[place]
        if len(segment) < MIN_CODED and not _SHORT.search(segment):
            continue  # too short to hide anything, and no address as it stands
        one = _at(segments, place, query)
        if one is not None:
            yield _inside(one, PATH, "/".join(segments[place:]))
            if not one.is_bare:
                return  # what follows is the inner address's own path


def _at(segments: list[str], place: int, query: str) -> Read | None:
    """The address that begins with one segment of a path."""
    segment = segments[place]
    if segment.lower() in ("http", "https"):
        return _in_segments(segments, place, query)
    if segment.endswith(".php"):
        return _in_chunks(segments, place)
    behind = "/".join(segments[place + 1 :])
    if ":" in segment[:24] or "hvtr" in segment:
        return read(_with_query(f"{segment}/{behind}" if behind else segment, query))
    if behind and begins_like_base64(segment):
        one = read(f"{segment}/{behind}")
        if one is not None:
            return one
    one = read(segment)
    if one is None:
        return None
    if "bare" in one.ways and one.ways[0] == "bare":
        return read(_with_query(f"{segment}/{behind}" if behind else segment, query))
    if behind and one.url.path == "/" and not one.url.query:
        return _continued(one, _with_query(behind, query))
    return one


def _in_segments(segments: list[str], place: int, query: str) -> Read | None:
    """`/https/host/path`, as CGIProxy and Yandex's translator write it."""
    if place + 1 >= len(segments):
        return None
    host = segments[place + 1]
    if "." not in host or not host_in(unquote(host.partition(":")[0])):
        return None
    text = f"{segments[place].lower()}://" + "/".join(segments[place + 1 :])
    try:
        return Read(parse_url(_with_query(text, query)), ("segments",))
    except NameProblem:
        return None


def _in_chunks(segments: list[str], place: int) -> Read | None:
    """`/browse.php/Oi8vd3d3/LnJvYmxv/b29/`: Glype's base64, cut into pieces."""
    chunks = [chunk for chunk in segments[place + 1 :] if chunk]
    while chunks and _FLAGS.match(chunks[-1]):
        chunks.pop()
    return read("".join(chunks)) if chunks and begins_like_base64(chunks[0]) else None


def _continued(one: Read, rest: str) -> Read:
    try:
        return Read(parse_url(f"{one.url.scheme}://{_authority(one.url)}/{rest}"), one.ways)
    except NameProblem:
        return one


def _authority(url: Url) -> str:
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{host}:{url.port}"


def _with_query(text: str, query: str) -> str:
    return f"{text}?{query}" if query else text


def _in_query(query: str) -> Iterator[Inside]:
    whole = read(query) if query[:4].lower() == "http" else None
    if whole is not None:
        yield _inside(whole, "", query)
        return
    for piece in query.split("&", MAX_PIECES)[:MAX_PIECES]:
        name, _, value = piece.partition("=")
        is_named = value.strip("=") != ""
        text = value if is_named else name
        if len(text) >= MIN_CODED or _SHORT.search(text):
            one = read(text)
            if one is not None:
                yield _inside(one, _name(name) if is_named else "", text)


def _name(name: str) -> str:
    return (unquote(name) if "%" in name else name).lower()[:40]


def _inside(one: Read, place: str, text: str) -> Inside:
    return Inside(one.url, one.ways, place, text[:MAX_EVIDENCE])
