"""Which pages and scripts, made by others, stand on this machine for a scan to be measured on?"""

import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from proxy.bypass.observed import Answer, Exchange
from proxy.decision.urls import Url

SIZE = 64 * 1024
MOST = 24
"""Bodies of one type."""
MAX_LOOKED_AT = 20_000
"""Files whose names are looked at."""
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript"}


def places() -> tuple[Path, ...]:
    """Where installed packages keep pages and scripts: documents of the system, and Python's packages."""
    purelib = Path(sysconfig.get_path("purelib"))
    return (Path("/usr/share/javascript"), Path("/usr/share/doc"), Path("/usr/share/nodejs"), purelib)


def real_bodies(folders: tuple[Path, ...], suffix: str, size: int = SIZE) -> list[bytes]:
    """At most MOST bodies of `size` octets: beginnings of large files, and small ones put together."""
    found: list[bytes] = []
    pieces, gathered = [], 0
    for file in _files(folders, suffix):
        octets = _beginning(file, size)
        if len(octets) == size:
            found.append(octets)
        else:
            pieces.append(octets)
            gathered += len(octets)
        if gathered >= size:
            found.append(b"".join(pieces)[:size])
            pieces, gathered = [], 0
        if len(found) == MOST:
            break
    return found


def as_answers(bodies: list[bytes], suffix: str) -> list[Exchange]:
    """Requests that were answered with them."""
    found = []
    for number, body in enumerate(bodies):
        url = Url("https", f"cdn{number}.example.org", 443, f"/a/{number}{suffix}")
        answer = Answer(200, (("content-type", TYPES[suffix]), ("cache-control", "max-age=60")), body)
        fields = (("host", url.host), ("accept", "*/*"))
        found.append(Exchange("GET", url, url.path, fields=fields, answer=answer))
    return found


def _files(folders: tuple[Path, ...], suffix: str) -> Iterator[Path]:
    looked_at = 0
    for folder in folders:
        for directory, below, names in os.walk(folder):
            below.sort()
            for name in sorted(names):
                looked_at += 1
                if looked_at > MAX_LOOKED_AT:
                    return
                if name.endswith(suffix):
                    yield Path(directory, name)


def _beginning(file: Path, size: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(size)
    except OSError:
        return b""
