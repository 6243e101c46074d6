"""What did each side of a WebSocket say, in whatever pieces it said it?

A tunnel may send an empty or idle message first, cut what it says into several, or write octets as base64
text. So each message is read by itself, and together with the last few of the same side before it.
"""

import re
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass

from proxy.bypass.observed import Exchange, Message

MAX_RUN = 1024
"""How many octets are put together."""
REACH = 3
"""How many messages before one are put in front of it."""
MANY = 8
"""A list of more messages is read for its last one alone: whoever made it asked after each before."""
BASE64 = "base64"
"""The subprotocol by which binary is written as text (websockify)."""

_WRITTEN = re.compile(rb"(?:[A-Za-z0-9+/_-]{4}){2,1366}(?:[A-Za-z0-9+/_-]{2,3}={0,2})?\Z")
_URLSAFE = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True)
class Run:
    """Octets of one side that end with one message.

    index       of that message
    begins      how many of the side's messages with anything in them came before the first of these
    is_written  some of it was base64, of which nobody said that it is
    """

    index: int
    from_client: bool
    begins: int
    octets: bytes
    is_written: bool = False


def runs(seen: Exchange) -> Iterator[Run]:
    """What ends with each message, the shortest first; of a long list, or a later part, what ends with its
    last one."""
    is_said = says_base64(seen)
    sides: dict[bool, list[Message]] = {True: [], False: []}
    newest = len(seen.messages) - 1 if len(seen.messages) > MANY or seen.left_out else 0
    for index, message in enumerate(seen.messages):
        if not message.payload:
            continue
        side = sides[message.from_client]
        side.append(message)
        if index >= newest:
            yield from _ending(seen.left_out + index, side, 1 if seen.left_out else 0, is_said)


def _ending(index: int, side: list[Message], before: int, is_said: bool) -> Iterator[Run]:
    """What ends with the last message of a side, of which at least so many came before."""
    octets, is_written = b"", False
    for begins in range(len(side) - 1, max(-1, len(side) - 2 - REACH), -1):
        piece, written = _octets(side[begins], is_said)
        if octets and len(piece) >= MAX_RUN:
            return  # what is known by its beginning was read with that message
        octets, is_written = (piece + octets)[:MAX_RUN], is_written or written
        yield Run(index, side[begins].from_client, before + begins, octets, is_written)


def says_base64(seen: Exchange) -> bool:
    """Say whether the two sides agreed on writing octets as text."""
    return seen.field("sec-websocket-protocol").lower().find(BASE64) >= 0


def written(message: Message) -> bytes | None:
    """The octets that a text message writes as base64; None where it is no such text."""
    payload = message.payload
    if not message.is_text or not _WRITTEN.match(payload[: 4 * MAX_RUN]):
        return None
    text = payload[: 4 * MAX_RUN].translate(_URLSAFE).rstrip(b"=")
    try:
        return a2b_base64(text + b"=" * (-len(text) % 4))
    except NotBase64:
        return None


def _octets(message: Message, is_said: bool) -> tuple[bytes, bool]:
    """A message's octets, and whether they were base64 by the look of it alone."""
    octets = written(message)
    return (message.payload, False) if octets is None else (octets, not is_said)
