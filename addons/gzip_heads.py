"""Where does the compressed part of a gzip file begin (RFC 1952, section 2.3), and which form has `deflate`?

Browsers step over the head of a gzip file: reserved flags and a wrong checksum of the head mean nothing to
them. Of `deflate` they take what begins with no head of zlib (RFC 1950) for raw.
"""

import zlib
from collections.abc import Generator

MAGIC = b"\x1f\x8b\x08"
FIXED = 10
TRAILER = 8
CHECKED, EXTRA, NAME, COMMENT = 2, 4, 8, 16
WITH_ZLIB, RAW = 15, -15
"""Forms of `deflate`, as zlib counts their windows."""
TELLING = 5
"""How many octets tell them apart."""

type Stepping = Generator[None, bytes, bytes]
"""Takes octets, begun already; returns those behind what it steps over."""


class BothWays(zlib.error):
    """What can be read with zlib's head and as raw: how it comes decides which of the two a browser shows."""


def stepping_over_head(*, after: int = 0) -> Stepping:
    """Step over the head of a gzip file, in time linear in its length.

    after   how many octets stand in front of it

    Raises zlib.error where no such head begins.
    """
    stepping = _over_head(after)
    next(stepping)
    return stepping


def form_of(begun: bytes) -> int | None:
    """The form of what is said to be `deflate` by its first octets; None: more of them have to come.

    Raises BothWays.
    """
    if not begun or (len(begun) == 1 and begun[0] & 15 == 8):
        return None
    if not _begins_with_zlib(begun):
        return RAW
    if len(begun) < TELLING:
        return None
    if all(one ^ other == 0xFF for one, other in zip(begun[1:3], begun[3:5], strict=True)):
        raise BothWays  # raw, it is a stored block: its length, and that again with all bits turned over
    return WITH_ZLIB


def _begins_with_zlib(begun: bytes) -> bool:
    """Whether this is a head of zlib that needs no dictionary."""
    method = begun[0]
    if method & 15 != 8 or method >> 4 > 7:
        return False
    flags = begun[1]
    return not flags & 32 and (method << 8 | flags) % 31 == 0


def _over_head(after: int) -> Stepping:
    data = yield from _behind(after, (yield))
    while len(data) < FIXED and MAGIC.startswith(data[: len(MAGIC)]):
        data += yield
    if not data.startswith(MAGIC):
        raise zlib.error("no gzip")
    flags, data = data[3], data[FIXED:]
    if flags & EXTRA:
        while len(data) < 2:
            data += yield
        data = yield from _behind(2 + int.from_bytes(data[:2], "little"), data)
    for text in (NAME, COMMENT):
        while flags & text and (end := data.find(b"\0")) < 0:
            data = yield
        if flags & text:
            data = data[end + 1 :]
    return (yield from _behind(2 if flags & CHECKED else 0, data))


def _behind(count: int, data: bytes) -> Stepping:
    while len(data) < count:
        count -= len(data)
        data = yield
    return data[count:]
