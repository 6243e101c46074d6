"""Which addresses does a known service show inside its own, and what do those show inside theirs?"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from proxy.bypass.spelling.folding import unfold, unfolded
from proxy.bypass.spelling.hosts import host_in
from proxy.bypass.spelling.writings import read
from proxy.bypass.wrapping.table import WHOLE_QUERY, Place, Wrapping
from proxy.decision.names import NameProblem
from proxy.decision.urls import Url, parse_url

MAX_DEPTH = 3
MAX_PARAMETERS = 32
MAX_FOUND = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """An address that a service shows.

    service   the service's canonical host
    place     `host`, `path`, or the parameter's name
    """

    technique: str
    service: str
    place: str
    url: Url


def unwrapped(url: Url, wrapping: Wrapping) -> tuple[Shown, ...]:
    """Return what a URL shows, and what that shows, to MAX_DEPTH and MAX_FOUND; outermost first."""
    found: dict[Url, Shown] = {}
    layer = [url]
    for _ in range(MAX_DEPTH):
        layer = [
            found.setdefault(shown.url, shown).url
            for outer in layer
            for shown in _shown(outer, wrapping)
            if shown.url not in found and len(found) < MAX_FOUND
        ]
        if not layer:
            break
    return tuple(found.values())


def _shown(url: Url, wrapping: Wrapping) -> Iterator[Shown]:
    service = wrapping.service(url.host)
    if service is None:
        return
    name, places = service
    parameters = _parameters(url.query)
    for place in places:
        if place.under is not None and not place.under.match(url.path):
            continue
        for where, inner in _at(place, name, url, parameters):
            if inner != url:
                yield Shown(place.technique, url.host, where, inner)


def _at(place: Place, name: str, url: Url, parameters: dict[str, str]) -> Iterator[tuple[str, Url]]:
    if place.is_folded:
        for host in _folded(url.host, name):
            yield "host", Url(url.scheme, host, url.port, url.path, url.query)
    if place.path is not None:
        matched = place.path.match(url.path)
        inner = _after(url.path[matched.end() :], url.query) if matched else None
        if inner is not None:
            yield "path", inner
    for parameter in place.parameters:
        value = url.query if parameter == WHOLE_QUERY else parameters.get(parameter, "")
        if not value:
            continue
        if place.value is not None:
            matched = place.value.match(unquote(value))
            value = unquote(value)[matched.end() :] if matched else ""
        inner = _meant(value)
        if inner is not None:
            yield parameter or "query", inner


def _after(rest: str, query: str) -> Url | None:
    """The address that a path ends with; Yandex and CGIProxy write its scheme as a segment."""
    scheme, _, behind = rest.lstrip("/").partition("/")
    if scheme in ("http", "https"):
        rest = f"{scheme}://{behind}"
    return _meant(f"{rest}?{query}" if query and "?" not in rest else rest)


def _meant(text: str) -> Url | None:
    """The address that a text at a place for addresses is; more readily than `read`, which looks anywhere."""
    found = read(text)
    if found is not None:
        return found.url
    text = unquote_plus(text).strip().lstrip("/")
    host = text.partition("/")[0].partition("?")[0].partition(":")[0]
    if "." not in host or not host_in(host):
        return None
    try:
        return parse_url(text, scheme="https")
    except NameProblem:
        return None


def _folded(host: str, name: str) -> tuple[str, ...]:
    """The host that the labels before a service's name stand for: folded by hyphens, or as they stand."""
    before = host.removesuffix(name).rstrip(".")
    if not before or before == host:
        return unfolded(host)
    one = before if "." in before else unfold(before) or _without_port(before)
    return (one,) if one and host_in(one) else ()


def _without_port(label: str) -> str:
    found = unfolded(f"{label}.folded.example")
    return found[0] if found else ""


def _parameters(query: str) -> dict[str, str]:
    """The first value of each parameter, names in lower case, values as they were sent."""
    found: dict[str, str] = {}
    for piece in query.split("&", MAX_PARAMETERS)[:MAX_PARAMETERS] if query else ():
        name, _, value = piece.partition("=")
        found.setdefault((unquote(name) if "%" in name else name).lower(), value)
    return found
