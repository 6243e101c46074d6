"""What stands in one bucket of the table, and what has to make room?

A bucket is two cache lines: seven rows of 16 octets (tag, expiry, value, check; little-endian words), then
until when something may be missing that was pushed out. Another process may read while a row is written: one
of which a part is new does not fit its check, and is neither there nor missing. Times are whole seconds
since 1970.
"""

from dataclasses import dataclass
from mmap import mmap
from struct import Struct

from proxy.decision.values import quickly_made

BUCKET = 128
ROWS = 7
MAX_KEPT_S = 2 * 86_400
"""No row is kept longer, whatever its expiry was to be."""

_WORDS = Struct("<29I").unpack_from
_LOST_WORD = 28
_LOST = Struct("<I").pack_into
_ROW = Struct("<IIII").pack_into
_EMPTY = 0x5C001A7E
"""What the check of an empty row would have to be, which its zeros are not."""

type Memory = mmap | bytearray


@quickly_made
@dataclass(frozen=True, slots=True)
class Found:
    """What a bucket says of one tag.

    values   of live rows
    whole    whether nothing of that tag can be missing at this moment
    """

    values: tuple[int, ...]
    whole: bool


def find(memory: Memory, at: int, tag: int, now: int) -> Found:
    """Read the live rows of a tag in the bucket that begins at an offset."""
    words = _WORDS(memory, at)
    whole = words[_LOST_WORD] < now
    values: list[int] = []
    if tag in words:
        for place in range(0, _LOST_WORD, 4):
            found, expiry, value, check = words[place : place + 4]
            if found != tag:
                continue
            if check == tag ^ expiry ^ value ^ _EMPTY:
                if expiry > now:
                    values.append(value)
            elif expiry:
                whole = False
    return Found(tuple(values), whole)


def put(memory: Memory, at: int, tag: int, value: int, expiry: int, now: int) -> bool:
    """Write a row into a bucket, and say whether a live one had to make room for it.

    A row of the same tag and value lasts as long as the later of the two says. Only the one writer of a
    table may call this.
    """
    words = _WORDS(memory, at)
    expiry = min(expiry, now + MAX_KEPT_S)
    row = _row_of(words, tag, value) if tag in words else -1
    pushed = False
    if row >= 0:
        expiry = max(expiry, min(words[4 * row + 1], now + MAX_KEPT_S))
    else:
        expiries = words[1:_LOST_WORD:4]
        first = min(expiries)
        row = expiries.index(first)
        if first > now:  # it goes, and readers are told before
            pushed = True
            _LOST(memory, at + 4 * _LOST_WORD, max(words[_LOST_WORD], min(first, now + MAX_KEPT_S)))
    _ROW(memory, at + 16 * row, tag, expiry, value, tag ^ expiry ^ value ^ _EMPTY)
    return pushed


def _row_of(words: tuple[int, ...], tag: int, value: int) -> int:
    for place in range(0, _LOST_WORD, 4):
        if words[place] == tag and words[place + 1] and words[place + 2] == value:
            return place // 4
    return -1
