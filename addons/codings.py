"""How is one coding undone, as its octets come?"""

import contextlib
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import brotli
import zstandard

from addons.gzip_heads import (
    MAGIC,
    RAW,
    TELLING,
    TRAILER,
    Stepping,
    form_of,
    stepping_over_head,
)
from proxy.bypass.observed import MAX_BODY

MAX_WINDOW = 8 * 1024 * 1024
"""The largest window of zstd that browsers take (RFC 9659)."""
SLICE = 64
"""Octets of zstd decoded at once: a block of four can stand for 128 KiB, and cannot be decoded by halves."""
PIECE = 4096
"""Octets of gzip decoded at once: as much is read anew where it breaks."""
MAX_MEMBERS = 64
"""How many gzip files one after the other are read as one."""

UNREADABLE = frozenset((
    "aes128gcm", "bzip2", "compress", "dcb", "dcz", "exi", "lzma", "pack200-gzip", "sdch", "x-bzip2",
    "x-compress", "xz",
))  # fmt: skip
"""Codings that are not undone here (IANA HTTP Content Coding Registry, and what browsers took or take)."""

BROKEN = (zlib.error, brotli.error, zstandard.ZstdError)


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


class Plain(Step):
    """No coding."""

    def _read(self, data: bytes, most: int, found: bytearray) -> bytes:
        found += data[:most]
        return data[most:]


class _Zlib(Step):
    """gzip, and deflate in both of its forms (RFC 9110, section 8.4.1.2).

    Of gzip all is read raw: browsers mind no checksum, neither of a file nor of its head.
    """

    def __init__(self, *, is_deflate: bool = False) -> None:
        super().__init__()
        self._is_deflate = is_deflate
        self._is_gzip = False
        self._head: Stepping | None = None
        self._reader: Any = None
        self._members = 0

    def _read(self, data: bytes, most: int, found: bytearray) -> bytes:
        at, is_owing = 0, self.has_more and self._reader is not None
        while (at < len(data) or is_owing) and len(found) < most and self._members < MAX_MEMBERS:
            is_owing = False  # what it had no room for, and needs no further octet for
            if self._reader is None and self._head is None:
                if self._members:
                    return b""
                if not self._begin(data[:TELLING]):
                    break
            now = data[at : at + PIECE]
            if self._head is not None:
                at += len(now) - self._step_over(self._head, now)
            else:
                at += self._inflate(now, most, found)
        return data[at:]

    def _begin(self, begun: bytes) -> bool:
        """Find out what it is, if it can be told already."""
        self._is_gzip = begun[:1] == MAGIC[:1]
        if self._is_gzip:
            self._head = stepping_over_head()
            return True
        form = form_of(begun)
        if form == RAW and not self._is_deflate:
            raise zlib.error("neither gzip nor zlib")
        if form is not None:
            self._reader = zlib.decompressobj(form)
        return form is not None

    def _step_over(self, head: Stepping, data: bytes) -> int:
        """Return how many of these octets stand behind the head of a file."""
        try:
            head.send(data)
        except StopIteration as over:
            self._head, self._reader = None, zlib.decompressobj(RAW)
            return len(over.value)
        return 0

    def _inflate(self, data: bytes, most: int, found: bytearray) -> int:
        """Return how many of these octets were read."""
        before = self._reader.copy()
        try:
            found += self._reader.decompress(data, most - len(found))
        except zlib.error:
            self._read_to_the_break(before, data, most, found)
            raise
        # At the end of a file both may say what is left.
        left = self._reader.unused_data if self._reader.eof else self._reader.unconsumed_tail
        read = len(data) - len(left)
        if self._reader.eof:
            self._reader = None
            self._members += 1
            self._head = stepping_over_head(after=TRAILER) if self._is_gzip else None
        return read

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


CODINGS: Mapping[str, Callable[[], Step]] = {
    "gzip": _Zlib,
    "x-gzip": _Zlib,
    "deflate": partial(_Zlib, is_deflate=True),
    "br": _Brotli,
    "zstd": _Zstd,
}
READABLE = frozenset((*CODINGS, "identity"))
"""Codings that a server may be asked for."""
