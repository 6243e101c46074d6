"""What does a coded body say?

Bodies come in pieces, mostly compressed. They are decoded as they come, one piece of what they say at a time
and as far as they are looked at: what expands to more (a bomb) costs no more. A body that breaks its coding
is looked at as it came, and so is one whose coding is a word that browsers take for none.
"""

import contextlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import brotli
import zstandard

from proxy.bypass.observed import MAX_BODY

MAX_CODINGS = 4
"""How many codings on top of each other are undone."""
MAX_WINDOW = 8 * 1024 * 1024
"""The largest window of zstd that browsers take (RFC 9659)."""
SLICE = 64
"""Octets of zstd decoded at once: a block of four can stand for 128 KiB, and cannot be decoded by halves."""

FED = 64 * 1024
"""Octets of a whole body that a decoder is given at once."""
PIECE = 4096
"""Octets of gzip decoded at once: as much is read anew where it breaks."""
MAX_READ = 2 * 1024 * 1024
"""Octets of a coded body after which it has to have said something: a decoder skips what holds nothing."""
MAX_MEMBERS = 64
"""How many gzip files one after the other are read as one."""

UNREADABLE = frozenset((
    "aes128gcm", "bzip2", "compress", "dcb", "dcz", "exi", "lzma", "pack200-gzip", "sdch", "x-bzip2",
    "x-compress", "xz",
))  # fmt: skip
"""Codings that are not undone here (IANA HTTP Content Coding Registry, and what browsers took or take)."""

BROKEN = (zlib.error, brotli.error, zstandard.ZstdError)


class Decoding:
    """Decodes one body, piece by piece. Holds at most one piece of what it says, what came last of it, and a
    decoder's window.

    coding   the Content-Encoding field, or ""
    limit    how many octets the piece has at most
    """

    def __init__(self, coding: str = "", limit: int = MAX_BODY) -> None:
        names = _names(coding)
        self.is_unreadable = _is_unreadable(names)
        self._steps: list[Step] = [_CODINGS[name]() for name in reversed(names) if name in _CODINGS]
        if self.is_unreadable or not self._steps:
            self._steps = [_Plain()]
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

    def feed(self, data: bytes) -> None:
        """Take the next octets, unless the piece is full. Never raises."""
        if self.is_full or self.is_hiding or not self._steps:
            return
        self._read += len(data)
        if not self._is_plain and not self.told:
            self._raw += data[: self.limit - len(self._raw)]
        try:
            self._decode(data)
        except BROKEN:
            self._steps = []
            if not self.told:  # else what was decoded before it broke is what a browser shows
                self._decoded, self._steps = self._raw, [_Plain()]
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
        return not self._steps or type(self._steps[0]) is _Plain


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
    known = [name in _CODINGS for name in names]
    return any(known) and not all(known)


class Step:
    """Undoes one coding.

    has_more   whether it stopped because it had said as much as was asked for
    """

    def __init__(self) -> None:
        self.has_more = False
        self._left = b""
        self._has_said = self._is_over = False

    def read(self, data: bytes, most: int) -> bytes:
        """Take the next octets and say what they hold, about `most` octets; keep what is left for next time.

        Raises what its library raises where nothing can be made of the beginning.
        """
        found = bytearray()
        if self._is_over:
            return b""
        try:
            self._left = self._read(self._left + data, most, found)
            self.has_more = len(found) >= most
        except BROKEN:
            if not found and not self._has_said:
                raise
            self._is_over, self.has_more = True, False
        self._has_said = self._has_said or bool(found)
        return bytes(found)

    def _read(self, data: bytes, most: int, found: bytearray) -> bytes:
        """Add to what was found, and return what was not yet read."""
        raise NotImplementedError


class _Plain(Step):
    """No coding."""

    def _read(self, data: bytes, most: int, found: bytearray) -> bytes:
        found += data[:most]
        return data[most:]


class _Zlib(Step):
    """gzip, and deflate in both of its forms (RFC 9110, section 8.4.1.2)."""

    def __init__(self, *, is_deflate: bool = False) -> None:
        super().__init__()
        self._is_deflate = is_deflate
        self._reader: Any = None
        self._members = 0

    def _read(self, data: bytes, most: int, found: bytearray) -> bytes:
        at, is_owing = 0, self.has_more and self._reader is not None
        while (at < len(data) or is_owing) and len(found) < most and self._members < MAX_MEMBERS:
            is_owing = False  # what it had no room for, and needs no further octet for
            if self._reader is None:
                if self._is_deflate and self._members:
                    return b""
                is_raw = self._is_deflate and (data[at] & 15 != 8 or data[at] >> 4 > 7)
                self._reader = zlib.decompressobj(-15 if is_raw else 47)
            now = data[at : at + PIECE]
            before = self._reader.copy()
            try:
                found += self._reader.decompress(now, most - len(found))
            except zlib.error:
                self._read_to_the_break(before, now, most, found)
                raise
            at += len(now) - len(self._reader.unconsumed_tail) - len(self._reader.unused_data)
            if self._reader.eof:
                self._reader = None
                self._members += 1
        return data[at:]

    def _read_to_the_break(self, reader: Any, data: bytes, most: int, found: bytearray) -> None:
        """Read what stands before a broken place, as browsers do: they mind no wrong checksum."""
        for octet in data:
            if len(found) >= most:
                return
            found += reader.decompress(bytes((octet,)), most - len(found))


class _Retold(Step):
    """A coding whose library keeps to itself what stands before a broken place in the same octets.

    A short body is read anew then, octet by octet. Browsers show what came before, and mind no junk behind.
    """

    def __init__(self) -> None:
        super().__init__()
        self._reader = self._made()
        self._begun, self._said = b"", 0

    def _read(self, data: bytes, most: int, found: bytearray) -> bytes:
        self._begun += data[: PIECE + 1 - len(self._begun)]
        try:
            left = self._some(self._reader, data, most, found)
        except BROKEN:
            if len(self._begun) <= PIECE:
                found[:] = self._to_the_break()[self._said :]
            raise
        self._said += len(found)
        return left

    def _to_the_break(self) -> bytes:
        reader, found = self._made(), bytearray()
        with contextlib.suppress(*BROKEN):
            for octet in self._begun:
                self._some(reader, bytes((octet,)), MAX_BODY, found)
        return bytes(found)

    def _made(self) -> Any:
        raise NotImplementedError

    def _some(self, reader: Any, data: bytes, most: int, found: bytearray) -> bytes:
        raise NotImplementedError


class _Brotli(_Retold):
    def _made(self) -> Any:
        return brotli.Decompressor()

    def _some(self, reader: Any, data: bytes, most: int, found: bytearray) -> bytes:
        while len(found) < most and not reader.is_finished():
            now = data if reader.can_accept_more_data() else b""
            data = data[len(now) :]
            got = reader.process(now, output_buffer_limit=most - len(found))
            found += got
            if not got:
                break
        return data


class _Zstd(_Retold):
    def _made(self) -> Any:
        whole = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        return whole.decompressobj(read_across_frames=True)

    def _some(self, reader: Any, data: bytes, most: int, found: bytearray) -> bytes:
        at = 0
        while at < len(data) and len(found) < most:
            found += reader.decompress(data[at : at + SLICE])
            at += SLICE
        return data[at:]


_CODINGS: Mapping[str, Callable[[], Step]] = {
    "gzip": _Zlib,
    "x-gzip": _Zlib,
    "deflate": partial(_Zlib, is_deflate=True),
    "br": _Brotli,
    "zstd": _Zstd,
}
READABLE = frozenset((*_CODINGS, "identity"))
"""Codings that a server may be asked for."""


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
