"""What is the one spelling of a URL, so that a rule about a path cannot be dodged?"""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.values import quickly_made

MAX_DECODINGS = 3
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://(.*)\Z", re.DOTALL)
_SPECIAL = re.compile(r"(https?|wss?|ftp):[/\\]+(.*)\Z", re.DOTALL | re.IGNORECASE)
_CONTROLS = "".join(map(chr, range(0x21)))
_UNSEEN = str.maketrans("", "", "\t\r\n")
_SLASHES = re.compile(r"/{2,}")
_PARAMETERS = re.compile(r";[^/]*")


@quickly_made
@dataclass(frozen=True, slots=True)
class Url:
    """A URL in canonical spelling.

    scheme    `http`, `https`, `ws`, `wss`, or another in lower case
    host      canonical (see names.canonical_host)
    port      1 to 65535
    path      begins with `/`; percent escapes decoded to a fixed point (at most three times),
              slashes and dot segments collapsed; octets that are no UTF-8 replaced; case kept
    query     as sent, without `?`; may be empty
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if DEFAULT_PORTS.get(self.scheme) == self.port else f":{self.port}"
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{host}{port}{self.path}{query}"


def canonical_path(path: str) -> str:
    """Decode, collapse and resolve a URL path so that one page has one spelling.

    >>> canonical_path("/a//./b/%2e%2e/%63")
    '/a/c'
    """
    return _resolved(_decoded(path))


def readings(path: str) -> tuple[str, ...]:
    """Every path that a server may take a URL's path for; the canonical one comes first.

    Some servers leave dot segments alone, and hand `/play.php/../maths` to `/play.php`; some cut path
    parameters off (RFC 3986, section 3.3), and take `/games;x` for `/games`.

    >>> readings("/play.php/%2e%2e/maths")
    ('/maths', '/play.php/../maths')
    """
    decoded = _decoded(path)
    found = {_resolved(decoded): None}
    if "/." in decoded:
        found[decoded] = None
    if ";" in decoded:
        found[_resolved(_PARAMETERS.sub("", decoded))] = None
    return tuple(found)


def _decoded(path: str) -> str:
    path = _clean(path)
    for _ in range(MAX_DECODINGS):
        if "%" not in path:
            break
        decoded = unquote_to_bytes(path.encode()).decode("utf-8", "replace")
        if decoded == path:
            break
        path = decoded
    return _SLASHES.sub("/", "/" + path.replace("\\", "/"))


def _resolved(path: str) -> str:
    """Take the dot segments out of a decoded path (RFC 3986, section 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment not in (".", ""):
            kept.append(segment)
    tail = "/" if segments[-1] in ("", ".", "..") and kept else ""
    return "/" + "/".join(kept) + tail


def _clean(text: str) -> str:
    """Replace what is no text (octets that were not UTF-8 when the text was read)."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def parse_url(text: str, *, scheme: str = "http") -> Url:
    """Read an absolute URL, or `host/path` as URL lists write it, into its canonical spelling.

    scheme    what to assume when the text names none

    Read as browsers do (WHATWG URL, "basic URL parser"): controls around it, and tabs and line ends in it,
    are nothing; any number of slashes and backslashes may follow the schemes of the web.

    Raises NameProblem when the host or port is not usable.
    """
    rest = _clean(text.strip())
    if not rest.isprintable():
        rest = rest.strip(_CONTROLS).translate(_UNSEEN)
    match = _SCHEME.match(rest)
    if match is None or match[2][:1] in ("/", "\\"):
        match = _SPECIAL.match(rest) or match
    if match:
        scheme, rest = match.group(1).lower(), match.group(2)
    rest = rest.partition("#")[0]
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.replace("\\", "/").partition("/")
    host, port = split_port(authority.rpartition("@")[2], DEFAULT_PORTS.get(scheme, 80))
    return Url(scheme, canonical_host(host), port, canonical_path(slash + path), query)


def split_port(authority: str, default: int) -> tuple[str, int]:
    """Split `host:port` (or `[v6]:port`) into the host's text and the port's number.

    Raises NameProblem when the port is not a number from 1 to 65535.
    """
    host, colon, port = authority.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")) or "]" in port:
        return authority, default
    if not port:
        return host, default
    if not (port.isascii() and port.isdigit()) or not 1 <= int(port[:6]) <= 65535:
        raise NameProblem(f"a port is a number from 1 to 65535, not {port[:12]!r}")
    return host, int(port)


def is_under(path: str, prefix: str) -> bool:
    """Say whether a canonical path is `prefix` or lies below it, at a segment's edge.

    >>> is_under("/labs/optics", "/labs"), is_under("/labsurvey", "/labs")
    (True, False)
    """
    if not path.startswith(prefix):
        return False
    return len(path) == len(prefix) or prefix.endswith("/") or path[len(prefix)] == "/"
