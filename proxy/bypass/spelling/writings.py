"""Which address is this text, when somebody wrote it so that a filter does not read it?

A text counts as an address only when a scheme and a host that can exist come out, or (`bare`) a host that
can exist and nothing else; what merely decodes is nothing. Looked at are MAX_TEXT characters, decoded in at
most MAX_DEPTH writings, each percent-decoded at most MAX_PERCENT times.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from proxy.bypass.spelling.codings import MIN_CODED, decoded
from proxy.bypass.spelling.hosts import LIKE_FILES, is_plausible
from proxy.decision.names import NameProblem
from proxy.decision.urls import Url, parse_url

MAX_TEXT = 2048
MAX_DEPTH = 3
MAX_PERCENT = 3

_SCHEME = re.compile(r"[\x00-\x20]*(?:view-source:)?(?:https?|wss?|ftp):[\t\r\n]*[/\\]", re.IGNORECASE)
_BARE = re.compile(
    r"(?:[a-z0-9_-]{1,63}\.){1,8}([a-z][a-z0-9-]{1,62})(?::[0-9]{1,5})?(?:[/?#]|\Z)", re.IGNORECASE
)
_UNSEEN = str.maketrans("", "", "\t\r\n")
_BUNDLE_IDS = frozenset({"com", "org", "net", "edu", "io", "app", "dev"})
"""First labels of names written backwards, as apps have them (`com.example.app`)."""


@dataclass(frozen=True, slots=True)
class Read:
    """An address, and the ways it was written in, outermost first."""

    url: Url
    ways: tuple[str, ...]

    @property
    def is_bare(self) -> bool:
        """Whether no scheme was written."""
        return self.ways[-1] == "bare"


def read(text: str) -> Read | None:
    """Return the address that a text is, or None."""
    return _read(text[:MAX_TEXT], ())


def _read(text: str, ways: tuple[str, ...]) -> Read | None:
    for level in range(MAX_PERCENT + 1):
        url = _plain(text)
        if url is not None:
            if not ways:
                ways = ("percent",) if level > 1 else ("plain",)
            return Read(url, ways)
        if len(text) >= MIN_CODED and len(ways) < MAX_DEPTH:
            for meant, way in decoded(text):
                found = _read(meant, (*ways, way))
                if found is not None:
                    return found
        if "." in text:
            url = _bare(text)
            if url is not None:
                return Read(url, (*ways, "bare"))
        if "%" not in text:
            return None
        once = unquote(text, errors="replace")
        if once == text:
            return None
        text = once if once.isprintable() else once.translate(_UNSEEN)
    return None


def _plain(text: str) -> Url | None:
    """`https://host`, `https:/host`, `https:\\host`."""
    if ":" not in text[:40] or not _SCHEME.match(text):
        return None
    return _url(text.lstrip().removeprefix("view-source:"))


def _bare(text: str) -> Url | None:
    """`host/path`, or `//host/path`."""
    text = text[2:] if text.startswith("//") else text
    match = _BARE.match(text)
    if not match:
        return None
    top = match.group(1).lower()
    if not is_plausible("any." + top) or (top in LIKE_FILES and text[:4].lower() != "www."):
        return None
    if text.partition(".")[0].lower() in _BUNDLE_IDS:
        return None
    return _url("https://" + text)


def _url(text: str) -> Url | None:
    try:
        url = parse_url(text)
    except NameProblem:
        return None
    return url if is_plausible(url.host) else None
