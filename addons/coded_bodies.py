"""What does a coded body say?

Bodies come in pieces, mostly compressed. They are decoded as they come, one piece of what they say at a time
and as far as they are looked at: what expands to more (a bomb) costs no more. A text that breaks its coding
is looked at as it came, and so is one whose coding is a word that browsers take for none.
"""

import re
from collections.abc import Iterator

from addons.codings import BROKEN, CODINGS, UNREADABLE, Plain, Step
from addons.gzip_heads import BothWays
from proxy.bypass.observed import MAX_BODY

MAX_CODINGS = 4
"""How many codings on top of each other are undone."""
FED = 64 * 1024
"""Octets of a whole body that a decoder is given at once."""
MAX_READ = 2 * 1024 * 1024
"""Octets of a coded body after which it has to have said something: a decoder skips what holds nothing."""
TELLING = 512
"""Octets that tell whether what broke its coding is a text."""
_IN_NO_TEXT = re.compile(rb"[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""Octets that stand in no text (WHATWG MIME Sniffing, section 3)."""


class Decoding:
    """Decodes one body, piece by piece. Holds at most one piece of what it says, what came last of it, and a
    decoder's window.

    coding   the Content-Encoding field, or ""
    limit    how many octets the piece has at most
    """

    def __init__(self, coding: str = "", limit: int = MAX_BODY) -> None:
        names = _names(coding)
        self._is_unknown = _is_unreadable(names)
        self._broken: Exception | None = None
        self._steps: list[Step] = [CODINGS[name]() for name in reversed(names) if name in CODINGS]
        if self._is_unknown or not self._steps:
            self._steps = [Plain()]
        self.limit = limit
        self.before = 0
        self._raw, self._decoded = bytearray(), bytearray()
        self._read = 0

    @property
    def body(self) -> bytes:
        """The piece, as far as it is known."""
        return bytes(self._decoded[: self.limit])

    @property
    def length(self) -> int:
        """How many octets that is."""
        return min(len(self._decoded), self.limit)

    @property
    def told(self) -> int:
        """How many octets of the body are known: of this piece, and `before` it."""
        return self.before + self.length

    @property
    def is_full(self) -> bool:
        """Whether the piece is whole."""
        return len(self._decoded) >= self.limit

    @property
    def is_hiding(self) -> bool:
        """Whether so much came that says so little that nobody but who hides something sends it."""
        return self._read > MAX_READ and not self.is_full and not self._is_plain

    @property
    def is_unreadable(self) -> bool:
        """Whether somebody may read what we cannot. That it breaks its coding shows with its first octets."""
        if self._broken is None or self.before:
            return self._is_unknown
        return isinstance(self._broken, BothWays) or _IN_NO_TEXT.search(self._decoded, 0, TELLING) is not None

    def feed(self, data: bytes) -> None:
        """Take the next octets, unless the piece is full. Never raises."""
        if self.is_full or self.is_hiding or not self._steps:
            return
        self._read += len(data)
        if not self._is_plain and not self.told:
            self._raw += data[: self.limit - len(self._raw)]
        try:
            self._decode(data)
        except BROKEN as error:
            self._steps = []
            if not self.told:  # else what was decoded before it broke is what a browser shows
                self._broken = error
                self._decoded, self._steps = self._raw, [Plain()]
        if self.told:
            self._raw = bytearray()

    def _decode(self, data: bytes) -> None:
        """Undo all codings of what came, as far as the piece has room."""
        while True:
            for step in self._steps[:-1]:
                data = step.read(data, self.limit)
                self._read += len(data)
            self._decoded += self._steps[-1].read(data, self.limit - len(self._decoded))
            if self.is_full or self.is_hiding or not any(step.has_more for step in self._steps[:-1]):
                return
            data = b""

    def go_on(self, limit: int) -> None:
        """Begin the next piece of the body, with what is there of it."""
        self.before += self.length
        del self._decoded[: self.limit]
        self.limit, self._read = limit, 0
        self.feed(b"")

    @property
    def _is_plain(self) -> bool:
        return not self._steps or type(self._steps[0]) is Plain


def _names(coding: str) -> list[str]:
    names = [name.strip().lower() for name in coding.split(",")] if coding else []
    return [name for name in names if name not in ("", "identity")]


def _is_unreadable(names: list[str]) -> bool:
    """Whether some client could read what we cannot.

    Words that are no coding (`utf-8`, `none`) stand there by mistake; alone, browsers pay no heed to them.
    Among others some undo the others.
    """
    if len(names) > MAX_CODINGS or not UNREADABLE.isdisjoint(names):
        return True
    known = [name in CODINGS for name in names]
    return any(known) and not all(known)


def decoded(data: bytes, coding: str, limit: int = MAX_BODY) -> bytes:
    """The first octets of a whole body."""
    decoding = Decoding(coding, limit)
    decoding.feed(data)
    return decoding.body


def pieces_of(decoding: Decoding, data: bytes, then: int) -> Iterator[None]:
    """Feed a whole body, and stop with each piece of it there in `decoding`, the last one too.

    then   how many octets each piece has that follows the first
    """
    for at in range(0, len(data), FED):
        decoding.feed(data[at : at + FED])
        while decoding.is_full:
            yield
            decoding.go_on(then)
    if decoding.length or not decoding.before:
        yield
