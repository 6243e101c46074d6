"""What does a ClientHello offer, as far as its first octets have come?

Records and segments may cut it anywhere (RFC 8446, section 5.1); what has come is read, what has not is left
out. Whoever has to be sure of the one name reads it with the front door's stricter reader.
"""

from dataclasses import dataclass
from functools import lru_cache

MAX_RECORDS = 32
MAX_NAMES = 4
MAX_PROTOCOLS = 16
SERVER_NAME, ALPN, ECH = 0, 16, 0xFE0D
_BEFORE_SESSION = 4 + 2 + 32


@dataclass(frozen=True, slots=True)
class HelloSeen:
    """What could be read.

    names       of `server_name` extensions, as they are written; more than one is no mistake of ours
    protocols   that ALPN offers
    has_ech     an encrypted_client_hello extension, which may be GREASE
    """

    names: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    has_ech: bool = False


def is_hello(first: bytes) -> bool:
    """Say whether octets begin a TLS handshake record, as a client's greeting does."""
    return len(first) >= 3 and first[0] == 22 and first[1] == 3 and first[2] <= 4


@lru_cache(maxsize=64)
def read_hello(first: bytes) -> HelloSeen:
    """Read what has come of a greeting; never raises."""
    message = _message(first)
    at = _BEFORE_SESSION
    for width in (1, 2, 1):  # session id, cipher suites, compression methods
        if at + width > len(message):
            return HelloSeen()
        at += width + int.from_bytes(message[at : at + width])
    at += 2
    names: list[str] = []
    protocols: list[str] = []
    has_ech = False
    while at + 4 <= len(message):
        kind, size = int.from_bytes(message[at : at + 2]), int.from_bytes(message[at + 2 : at + 4])
        value = message[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == SERVER_NAME and len(names) < MAX_NAMES:
            names.extend(_host_names(value)[: MAX_NAMES - len(names)])
        elif kind == ALPN:
            protocols.extend(_protocols(value)[: MAX_PROTOCOLS - len(protocols)])
        elif kind == ECH:
            has_ech = True
    return HelloSeen(tuple(names), tuple(protocols), has_ech)


def _message(first: bytes) -> bytes:
    """The handshake message out of its records, without what has not come."""
    parts: list[bytes] = []
    at = 0
    while at + 5 <= len(first) and first[at] == 22 and len(parts) < MAX_RECORDS:
        size = int.from_bytes(first[at + 3 : at + 5])
        parts.append(first[at + 5 : at + 5 + size])
        at += 5 + size
    message = b"".join(parts)
    return message if message[:1] == b"\x01" else b""


def _host_names(value: bytes) -> list[str]:
    found: list[str] = []
    at = 2
    while at + 3 <= len(value) and len(found) < MAX_NAMES:
        size = int.from_bytes(value[at + 1 : at + 3])
        if value[at] == 0 and size:
            found.append(value[at + 3 : at + 3 + size].decode("latin-1"))
        at += 3 + size
    return found


def _protocols(value: bytes) -> list[str]:
    found: list[str] = []
    at = 2
    while at < len(value) and len(found) < MAX_PROTOCOLS:
        size = value[at]
        found.append(value[at + 1 : at + 1 + size].decode("latin-1"))
        at += 1 + size
    return found
