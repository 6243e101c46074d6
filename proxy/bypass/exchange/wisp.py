"""Does a WebSocket carry many connections in one, as Wisp does whatever its path is called?

Wisp, versions 1.2 and 2.0 (MercuryWorkshop/wisp-protocol): each message is one packet, a type, a stream's
number (32 bits, little-endian) and a payload. The server speaks first, and the client names each target in
clear.
"""

import re
from collections.abc import Iterator

from proxy.bypass.exchange.sides import runs
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.observed import Exchange
from proxy.decision.names import NameProblem, canonical_host
from proxy.decision.signs import Sign
from proxy.decision.urls import Url

TECHNIQUE = "webproxy.wisp"
CONNECT, CONTINUE, INFO = 1, 3, 5
WEB = frozenset({80, 443})
"""Where a target later in a talk has to lead: among very many messages, a few numbers agree by chance."""
CHUNK = 5
"""Octets before a packet's payload."""
KINDS = frozenset({CONNECT, CONTINUE, INFO})
MAX_BUFFER = 1 << 24
"""The largest buffer, in packets, that a server plausibly offers when it begins."""
_HOST = re.compile(
    rb"\[?[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,40}\]?|[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,20}\.?"
)


def wisp(seen: Exchange, knowledge: Knowledge) -> Iterator[Sign]:
    """A server that begins as a Wisp server does, and the message of a client that names a target."""
    told: set[tuple[bool, int]] = set()
    heard_client = next((at for at, each in enumerate(seen.messages) if each.from_client), len(seen.messages))
    for run in runs(seen):
        payload = run.octets
        if len(payload) < CHUNK or payload[0] not in KINDS or (run.from_client, run.begins) in told:
            continue
        if run.from_client:
            target = _target(payload)
            if target is not None and (not seen.left_out or target.port in WEB):
                evidence = {
                    "message": run.index,
                    "bytes": payload[:8].hex(),
                    "connect": f"{target.host}:{target.port}",
                }
                yield knowledge.sign(TECHNIQUE, 0.99, evidence, target)
                return
        is_info = run.begins == 0 and _is_info(payload)
        if is_info or (run.begins == 0 and run.index < heard_client and _begins(payload)):
            told.add((run.from_client, run.begins))
            yield knowledge.sign(
                TECHNIQUE, 0.97 if is_info else 0.95, {"message": run.index, "bytes": payload[:16].hex()}
            )


def _begins(payload: bytes) -> bool:
    """CONTINUE for stream 0 with the size of a buffer, and nothing else."""
    return (
        len(payload) == CHUNK + 4
        and payload[:CHUNK] == b"\x03\0\0\0\0"
        and 0 < int.from_bytes(payload[CHUNK:], "little") <= MAX_BUFFER
    )


def _is_info(payload: bytes) -> bool:
    """INFO for stream 0: a version, and extensions, each with its length, that end where the message ends."""
    if payload[:CHUNK] != b"\x05\0\0\0\0" or len(payload) < CHUNK + 2 or not 1 <= payload[CHUNK] <= 4:
        return False
    at = CHUNK + 2
    while at + 5 <= len(payload):
        at += 5 + int.from_bytes(payload[at + 1 : at + 5], "little")
    return at == len(payload)


def _target(payload: bytes) -> Url | None:
    """What a CONNECT packet leads to."""
    if payload[0] != CONNECT or len(payload) < CHUNK + 4 or payload[CHUNK] not in (1, 2):
        return None
    stream, port = int.from_bytes(payload[1:CHUNK], "little"), int.from_bytes(payload[6:8], "little")
    found = _HOST.match(payload, 8)
    if not stream or not port or found is None:
        return None
    name, rest = found.group(0), payload[found.end() :]
    if b"." not in name and b":" not in name and name.lower() != b"localhost":
        return None
    if rest and rest[0] >= 0x20:  # a further packet may follow in the same message, other text may not
        return None
    try:
        host = canonical_host(name.decode("ascii"))
    except NameProblem:
        return None
    return Url("http" if port == 80 else "https", host, port, "/")
