"""Which server does a TLS client greet? The name in a ClientHello, however its octets are cut up.

A ClientHello may be spread over several TLS records, and those over any number of TCP segments
(RFC 8446, sections 4.1.2 and 5.1; the extension: RFC 6066, section 3).
"""

import struct
from dataclasses import dataclass

from proxy.decision.values import quickly_made

MAX_HELLO = 64 * 1024
HANDSHAKE, CLIENT_HELLO = 22, 1
SERVER_NAME, HOST_NAME = 0, 0
ALPN, ECH = 16, 0xFE0D
MAX_RECORD = 16 * 1024
MAX_RECORDS = 64
RECORD_HEAD, HEAD = 5, 4
BEFORE_SESSION_ID = HEAD + 2 + 32

_PAIR = struct.Struct(">HH").unpack_from


class NotAHello(ValueError):
    """Octets that are no ClientHello, or one that says two things; the message says why."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Hello:
    """A complete ClientHello.

    name    the server's name as the client wrote it, or None
    alpn    the body of its ALPN extension, or nothing
    ech     whether it has an encrypted_client_hello extension, which may be GREASE
    """

    name: str | None
    alpn: bytes = b""
    ech: bool = False


def starts_like_tls(first: bytes) -> bool:
    """Say whether a stream's first octets begin a TLS handshake record; False while that is open."""
    return len(first) > 2 and first[0] == HANDSHAKE and first[1] == 3 and first[2] <= 3


def may_become_tls(first: bytes) -> bool:
    """Say whether so few octets could still turn out to begin a TLS handshake record."""
    return len(first) < 3 and b"\x16\x03".startswith(first[:2])


def read_hello(data: bytes) -> Hello | None:
    """Read the ClientHello that a stream begins with; None until it is complete.

    Raises NotAHello, at the latest after MAX_HELLO octets.
    """
    message = _message(data)
    if message is not None:
        return _hello(message)
    if len(data) > MAX_HELLO:
        raise NotAHello(f"it is longer than {MAX_HELLO} octets")
    return None


def _message(data: bytes) -> bytes | None:
    """Put the handshake message together out of its records; None while octets are missing."""
    end = len(data)
    if end > RECORD_HEAD + HEAD and data[0] == HANDSHAKE and data[RECORD_HEAD] == CLIENT_HELLO:
        length = data[6] << 16 | data[7] << 8 | data[8]
        size = data[3] << 8 | data[4]
        if size == length + HEAD and size <= MAX_RECORD and end >= RECORD_HEAD + size:
            return data[RECORD_HEAD : RECORD_HEAD + size]  # as nearly all come: one whole record
    at, length, have = 0, -1, 0
    places: list[tuple[int, int]] = []
    while length < 0 or have < length:
        if end - at < RECORD_HEAD:
            return None
        if data[at] != HANDSHAKE or data[at + 1] != 3:
            raise NotAHello("a record is no handshake record")
        size = data[at + 3] << 8 | data[at + 4]
        if not 0 < size <= MAX_RECORD or len(places) == MAX_RECORDS:
            raise NotAHello("a record is empty or too long, or there are too many")
        at += RECORD_HEAD
        places.append((at, min(at + size, end)))
        have += min(size, end - at)
        at += size
        if length < 0 and have >= HEAD:
            length = _length(b"".join(data[one : min(two, one + HEAD)] for one, two in places)[:HEAD])
    return b"".join(data[one:two] for one, two in places)[:length]


def _length(begin: bytes) -> int:
    """The length of the whole message, its own head included."""
    if begin[0] != CLIENT_HELLO:
        raise NotAHello("the first message is no ClientHello")
    length = HEAD + (begin[1] << 16 | begin[2] << 8 | begin[3])
    if length > MAX_HELLO:
        raise NotAHello(f"it is longer than {MAX_HELLO} octets")
    return length


def _hello(message: bytes) -> Hello:
    end = len(message)
    alpn, ech = b"", False
    try:
        at = BEFORE_SESSION_ID
        at += 1 + message[at]
        at += 2 + (message[at] << 8 | message[at + 1])
        at += 1 + message[at]
        if at == end:
            return Hello(None)
        if at > end or at + 2 + (message[at] << 8 | message[at + 1]) != end:
            raise NotAHello("its extensions do not end where it ends")
        at += 2
        found: str | None = None
        while at < end:
            kind, size = _PAIR(message, at)
            at += 4
            if at + size > end:
                raise NotAHello("an extension is longer than what holds it")
            if kind == SERVER_NAME:
                if found is not None:
                    raise NotAHello("it names a server twice")
                found = _host_name(message[at : at + size])
            elif kind == ALPN:
                alpn = message[at : at + size]
            elif kind == ECH:
                ech = True
            at += size
    except (IndexError, struct.error):
        raise NotAHello("it ends too early") from None
    return Hello(found, alpn, ech)


def _host_name(field: bytes) -> str:
    """The one host name of a server_name extension."""
    size = field[3] << 8 | field[4]
    if (field[0] << 8 | field[1]) != len(field) - 2 or field[2] != HOST_NAME or size != len(field) - 5:
        raise NotAHello("its server name is not one host name")
    try:
        return field[5:].decode("ascii")
    except UnicodeDecodeError:
        raise NotAHello("its server name is not ASCII") from None
