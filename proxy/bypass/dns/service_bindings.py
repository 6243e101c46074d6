"""What does an HTTPS or SVCB record say, as a zone file writes it? (RFC 9460, sections 2.1 and appendix A)"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_DATA = 4 * 1024
"""A longer record is not read."""
MAX_PARAMS = 64
"""How many parameters of a record are ever looked at; eight are defined."""
ALPN, IPV4HINT, ECH, IPV6HINT, DOHPATH = 1, 4, 5, 6, 7
_NAMED = {
    "alpn": ALPN,
    "ipv4hint": IPV4HINT,
    "ech": ECH,
    "echconfig": ECH,
    "ipv6hint": IPV6HINT,
    "dohpath": DOHPATH,
}
_PARAM = re.compile(r'([a-z0-9-]{1,63})(?:=(?:"((?:[^"\\]|\\.)*)"|(\S*)))?(?:\s+|$)', re.IGNORECASE)
_GENERIC = re.compile(r"\\#\s+[0-9]{1,5}\s+([0-9a-fA-F\s]*)\Z")
_QUIC = ("h3", "hq", "quic", "doq")


@dataclass(frozen=True, slots=True)
class ServiceBinding:
    """The data of one record.

    target   the name it leads to, as it is written; `.`: the name that was asked
    params   key and value, as text
    """

    target: str
    params: tuple[tuple[int, str], ...]

    def evading(self) -> str:
        """What in it would carry a client past the filter, in words; "" when nothing."""
        keys = {key for key, _ in self.params}
        found = [word for key, word in ((ECH, "ech"), (DOHPATH, "dohpath")) if key in keys]
        protocols = [p for key, value in self.params if key == ALPN for p in value.split(",")]
        found += [p for p in protocols if p.startswith(_QUIC)]
        return " ".join(found)

    @property
    def hints(self) -> tuple[str, ...]:
        """The addresses it gives."""
        return tuple(
            address
            for key, value in self.params
            if key in (IPV4HINT, IPV6HINT)
            for address in value.split(",")
        )


@lru_cache(maxsize=32)
def read_binding(data: str) -> ServiceBinding | None:
    """Read a record's data, in either of the two forms a zone file has; None for what is no such record."""
    if len(data) > MAX_DATA:
        return None
    generic = _GENERIC.match(data)
    if generic is not None:
        return _read_octets("".join(generic[1].split()))
    priority, _, rest = data.strip().partition(" ")
    target, _, params = rest.strip().partition(" ")
    if not priority.isdigit() or not target:
        return None
    return ServiceBinding(target, tuple(_params(params.strip())))


def _params(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for _ in range(MAX_PARAMS):
        found = _PARAM.match(text, at)
        if found is None:
            return
        name, value = found[1].lower(), found[2] if found[2] is not None else found[3] or ""
        number = name.removeprefix("key")
        key = _NAMED.get(name, int(number) if number.isdigit() and len(number) < 6 else -1)
        yield key, value
        at = found.end()


def _read_octets(text: str) -> ServiceBinding | None:
    if len(text) % 2:
        return None
    octets = bytes.fromhex(text)
    labels, at = [], 2
    while at < len(octets) and octets[at]:
        size = octets[at]
        labels.append(octets[at + 1 : at + 1 + size].decode("latin-1"))
        at += 1 + size
    if at >= len(octets):
        return None
    params: list[tuple[int, str]] = []
    at += 1
    while at + 4 <= len(octets) and len(params) < MAX_PARAMS:
        key, size = int.from_bytes(octets[at : at + 2]), int.from_bytes(octets[at + 2 : at + 4])
        params.append((key, _shown(key, octets[at + 4 : at + 4 + size])))
        at += 4 + size
    return ServiceBinding(".".join(labels) or ".", tuple(params))


def _shown(key: int, value: bytes) -> str:
    """A value in the words of a zone file; "" for what needs none."""
    if key == ALPN:
        found, at = [], 0
        while at < len(value):
            found.append(value[at + 1 : at + 1 + value[at]].decode("latin-1"))
            at += 1 + value[at]
        return ",".join(found)
    width = {IPV4HINT: 4, IPV6HINT: 16}.get(key, 0)
    if not width:
        return ""
    pieces = [value[at : at + width] for at in range(0, len(value) - width + 1, width)]
    if width == 4:
        return ",".join(".".join(str(octet) for octet in piece) for piece in pieces)
    return ",".join(":".join(piece.hex()[at : at + 4] for at in range(0, 32, 4)) for piece in pieces)
