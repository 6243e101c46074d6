"""What do the first octets of a coded body say?

Bodies come in pieces, mostly compressed. They are decoded as they come, as far as they are looked at: what
expands to more (a bomb) costs no more. A body whose coding nobody here knows, or that breaks it, is looked at
as it came.
"""

import contextlib
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import brotli
import zstandard

from proxy.bypass.observed import MAX_BODY

MAX_CODINGS = 4
"""How many codings on top of each other are undone; more are looked at as they came."""
MAX_WINDOW = 8 * 1024 * 1024
"""The largest window of zstd that browsers take (RFC 9659)."""
SLICE = 64
"""Octets of zstd decoded at once: a block of four can stand for 128 KiB, and cannot be decoded by halves."""

PIECE = 4096
"""Octets of gzip decoded at once: as much is read anew where it breaks."""
MAX_READ = 2 * 1024 * 1024
"""Octets of a coded body after which it has to have said something: a decoder skips what holds nothing."""
MAX_MEMBERS = 64
"""How many gzip files one after the other are read as one."""

BROKEN = (zlib.error, brotli.error, zstandard.ZstdError)


class Decoding:
    """Decodes the first octets of one body. Holds at most as many as are looked at, what came last, and a
    decoder's window.

    coding   the Content-Encoding field, or ""
    limit    how many octets are looked at
    """

    def __init__(self, coding: str = "", limit: int = MAX_BODY) -> None:
        names = [name.strip().lower() for name in coding.split(",")] if coding else []
        names = [name for name in names if name not in ("", "identity")]
        is_known = len(names) <= MAX_CODINGS and all(name in _CODINGS for name in names)
        self._steps = [_CODINGS[name]() for name in reversed(names)] if is_known else []
        self.limit = limit
        self._raw, self._decoded = bytearray(), bytearray()
        self._is_raw = not self._steps
        self._read = 0

    @property
    def body(self) -> bytes:
        """What is known of the body so far."""
        return bytes(self._raw if self._is_raw else self._decoded)

    @property
    def length(self) -> int:
        """How many octets that is."""
        return len(self._raw if self._is_raw else self._decoded)

    @property
    def is_full(self) -> bool:
        """Whether nobody wants to know more."""
        return self.length >= self.limit

    @property
    def is_hiding(self) -> bool:
        """Whether so much came that says so little that nobody but who hides something sends it."""
        return not self._is_raw and self._read > MAX_READ and not self.is_full

    def feed(self, data: bytes) -> None:
        """Take the next octets. Never raises."""
        if self.is_full or self.is_hiding:
            return
        self._read += len(data)
        self._raw += data[: self.limit - len(self._raw)]
        if self._is_raw:
            return
        try:
            for step in self._steps[:-1]:
                data = step.read(data, self.limit)
            self._decoded += self._steps[-1].read(data, self.limit - len(self._decoded))
            del self._decoded[self.limit :]
        except BROKEN:
            self._is_raw = True
            if self._decoded:  # what was decoded before it broke is what a browser shows
                self._raw = self._decoded


class Step:
    """Undoes one coding."""

    def __init__(self) -> None:
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
        except BROKEN:
            if not found and not self._has_said:
                raise
            self._is_over = True
        self._has_said = self._has_said or bool(found)
        return bytes(found)

    def _read(self, data: bytes, most: int, found: bytearray) -> bytes:
        """Add to what was found, and return what was not yet read."""
        raise NotImplementedError


class _Zlib(Step):
    """gzip, and deflate in both of its forms (RFC 9110, section 8.4.1.2)."""

    def __init__(self, *, is_deflate: bool = False) -> None:
        super().__init__()
        self._is_deflate = is_deflate
        self._reader: Any = None
        self._members = 0

    def _read(self, data: bytes, most: int, found: bytearray) -> bytes:
        while data and len(found) < most and self._members < MAX_MEMBERS:
            if self._reader is None:
                if self._is_deflate and self._members:
                    return b""
                is_raw = self._is_deflate and (data[0] & 15 != 8 or data[0] >> 4 > 7)
                self._reader = zlib.decompressobj(-15 if is_raw else 47)
            now, data = data[:PIECE], data[PIECE:]
            before = self._reader.copy()
            try:
                found += self._reader.decompress(now, most - len(found))
            except zlib.error:
                self._read_to_the_break(before, now, most, found)
                raise
            if self._reader.eof:
                data, self._reader = self._reader.unused_data + data, None
                self._members += 1
            else:
                data = self._reader.unconsumed_tail + data
        return data

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


def decoded(data: bytes, coding: str, limit: int = MAX_BODY) -> bytes:
    """The first octets of a whole body."""
    decoding = Decoding(coding, limit)
    decoding.feed(data)
    return decoding.body
