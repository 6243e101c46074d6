"""Is this file an index, whole and undamaged, and where in it does each section lie?"""

import json
import mmap
import os
from contextlib import suppress
from pathlib import Path

import xxhash

from proxy.lists.errors import IndexRefused
from proxy.lists.layout import BYTE_ORDER, HEAD, HEADER_SIZE, MAGIC, SECTIONS, TABLE, VERSION, WIDE

REMEDY = "publish again or compile it anew"
PIECE = 1 << 18


class MappedFile:
    """An index file in memory, its header checked. Raises IndexRefused with the reason.

    octets_at   the mapping; a slice of it is a copy, made without another object in between
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.octets_at, self._descriptor = _mapped(path)
        self._view = memoryview(self.octets_at)
        self._handed_out: list[memoryview] = []
        try:
            self._read_header()
        except IndexRefused:
            self.close()
            raise

    def _read_header(self) -> None:
        head = bytes(self._view[:HEADER_SIZE])
        if head[: len(MAGIC)] != MAGIC:
            raise self.refused("it is no index file: it begins with other octets")
        if len(head) < HEADER_SIZE:
            raise self.refused(f"it is cut short inside its header; {REMEDY}")
        _, order, version, _, seed, length, checksum = HEAD.unpack_from(head)
        if order != BYTE_ORDER:
            raise self.refused("it was made on a machine with another byte order; compile it on this one")
        if version != VERSION:
            raise self.refused(f"it is of version {version}; this program reads version {VERSION}; {REMEDY}")
        if xxhash.xxh3_64_digest(head[:-8]) != head[-8:]:
            raise self.refused(f"its header is damaged; {REMEDY}")
        if length != len(self._view):
            raise self.refused(f"it should have {length} octets and has {len(self._view)}; {REMEDY}")
        self.seed: int = seed
        self._checksum: bytes = checksum
        flat = TABLE.unpack_from(head, HEAD.size)
        self._table = {name: (flat[2 * i], flat[2 * i + 1]) for i, name in enumerate(SECTIONS)}

    def verify(self) -> None:
        """Read everything and compare checksums. Raises IndexRefused.

        It is read piece by piece and not through the mapping, which would make all its pages resident.
        """
        checksum = xxhash.xxh3_128()
        at = HEADER_SIZE
        while piece := os.pread(self._descriptor, PIECE, at):
            checksum.update(piece)
            at += len(piece)
        if checksum.digest() != self._checksum:
            raise self.refused(f"its checksum is wrong, so it is damaged; {REMEDY}")

    @property
    def meta(self) -> object:
        """The metadata, as JSON gives it."""
        return json.loads(bytes(self.octets("meta")))

    def octets(self, section: str) -> memoryview:
        """A section as octets; it ends with the file's closing."""
        start, length = self._table[section]
        view = self._view[start : start + length]
        self._handed_out.append(view)
        return view

    def numbers(self, section: str) -> memoryview:
        """A section as unsigned numbers of its own width; it ends with the file's closing."""
        octets = self.octets(section)
        view = octets.cast("Q") if section in WIDE else octets.cast("I")
        self._handed_out.append(view)
        return view

    def refused(self, why: str) -> IndexRefused:
        """The error for this file."""
        return IndexRefused(f"{self.path}: {why}")

    def close(self) -> None:
        """Let the file go, and every section that was handed out."""
        for view in (*reversed(self._handed_out), self._view):
            view.release()
        # A question in another thread may hold a slice at this moment; the mapping then ends with it.
        with suppress(BufferError):
            self.octets_at.close()
        self._close_descriptor()

    def _close_descriptor(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        """Whoever drops the last reference to an index in force lets its file go."""
        with suppress(AttributeError):  # a file that was refused before it was mapped
            self._close_descriptor()


def _mapped(path: Path) -> tuple[mmap.mmap, int]:
    """The mapping, and a descriptor for the same file whatever its name leads to later."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise IndexRefused(f"{path}: cannot be opened: {error.strerror}") from error
    try:
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ), descriptor
    except (ValueError, OSError) as error:
        os.close(descriptor)
        raise IndexRefused(f"{path}: it is empty or cannot be mapped ({error})") from error
