"""Which segment files does a spool have, and what does each hold?

    <spool>/<worker>/00000042.sgj

Every start of a worker begins a new segment, so a segment has one writer, which holds a lock on the
file while it writes. Reading never needs the lock.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from proxy.journal.codec import CodecError, unpack_template
from proxy.journal.frames import (
    HEADER_BYTES,
    MAGICS,
    POINTER_BYTES,
    FrameBad,
    Header,
    add,
    pack_end,
    unpack_events,
    unpack_header,
    unpack_pointer,
    unpack_tickets,
)

SUFFIX = ".sgj"
_PARTS_AT_ONCE = 512  # the least that systems take is 1024
DIR_MODE, FILE_MODE = 0o700, 0o600
_SEARCH_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Placed:
    """A frame's header and where in its file the frame begins."""

    offset: int
    header: Header


@dataclass(frozen=True, slots=True)
class Summary:
    """A segment, summed up.

    total      None when it holds no readable event
    tickets    block-page code -> offset of its frame; None while the segment is not finished
    ends_at    offset behind the last readable frame
    """

    total: Header | None
    tickets: dict[str, int] | None
    ends_at: int


def worker_dirs(spool: Path) -> list[Path]:
    """The directories of all workers that ever wrote here."""
    try:
        return sorted(entry for entry in spool.iterdir() if entry.is_dir())
    except FileNotFoundError:
        return []


def segments(worker_dir: Path) -> list[Path]:
    """A worker's segment files, oldest first."""
    try:
        found = [p for p in worker_dir.iterdir() if p.suffix == SUFFIX and p.stem.isdecimal()]
    except FileNotFoundError:
        return []
    return sorted(found, key=lambda path: int(path.stem))


def frames(fd: int, begin: int = 0) -> Iterator[Placed]:
    """Yield the frames of an open segment whose headers verify, in the file's order.

    begin   where a frame begins (from an earlier walk)

    Damaged parts are stepped over. The walk ends at the file's end or at a frame that is not yet
    whole. Payloads are not looked at; `read_payload` does that.
    """
    at, size = begin, os.fstat(fd).st_size
    while at + HEADER_BYTES <= size:
        try:
            header = unpack_header(os.pread(fd, HEADER_BYTES, at))
        except FrameBad:
            at = _next_magic(fd, at + 1, size)
            continue
        end = at + HEADER_BYTES + header.length
        if end > size:
            at = _next_magic(fd, at + 1, size)
            continue
        yield Placed(at, header)
        at = end + POINTER_BYTES if header.is_end else end


def _next_magic(fd: int, at: int, size: int) -> int:
    """Where the next frame might begin, or `size`."""
    while at < size:
        chunk = os.pread(fd, _SEARCH_BYTES, at)
        hits = [hit for hit in map(chunk.find, MAGICS) if hit >= 0]
        if hits:
            return at + min(hits)
        if len(chunk) < _SEARCH_BYTES:
            break
        at += _SEARCH_BYTES - 3
    return size


def read_payload(fd: int, frame: Placed) -> bytes:
    """A frame's payload, unverified."""
    return os.pread(fd, frame.header.length, frame.offset + HEADER_BYTES)


def summary(fd: int) -> Summary:
    """Sum a segment up: from its end frame when it is finished, else by walking its headers."""
    end = _end_frame(fd)
    if end is not None:
        placed, tickets = end
        total = placed.header if placed.header.events else None
        return Summary(total, tickets, os.fstat(fd).st_size)
    total, ends_at = None, 0
    for frame in frames(fd):
        if not frame.header.is_end:
            total = add(total, frame.header)
        ends_at = frame.offset + HEADER_BYTES + frame.header.length
    return Summary(total, None, ends_at)


def is_finished(fd: int) -> bool:
    """Say whether an open segment ends in an end frame: nothing will be added to it."""
    return _end_frame(fd) is not None


def _end_frame(fd: int) -> tuple[Placed, dict[str, int]] | None:
    size = os.fstat(fd).st_size
    try:
        offset = unpack_pointer(os.pread(fd, POINTER_BYTES, max(0, size - POINTER_BYTES)))
        if offset + HEADER_BYTES + POINTER_BYTES > size:
            return None
        placed = Placed(offset, unpack_header(os.pread(fd, HEADER_BYTES, offset)))
        whole = offset + HEADER_BYTES + placed.header.length + POINTER_BYTES == size
        if not placed.header.is_end or not whole:
            return None
        return placed, unpack_tickets(placed.header, read_payload(fd, placed))
    except FrameBad:
        return None


def try_lock(fd: int) -> bool:
    """Take the writer's lock on an open segment; False when another process writes it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def finish_leftover(path: Path) -> bool:
    """Finish a segment whose writer died: cut its torn tail off and write the end frame.

    Returns whether the file was left unfinished and is finished now; a file that another process
    still writes is left alone. Whole frames are never touched.

    Raises OSError.
    """
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        if not try_lock(fd):
            return False
        found = summary(fd)
        if found.tickets is not None or found.total is None:
            return False
        end = pack_end(found.total, _tickets(fd), found.ends_at)
        os.ftruncate(fd, found.ends_at)
        write_all(fd, [end], found.ends_at)
        os.fdatasync(fd)
        return True
    finally:
        os.close(fd)


def _tickets(fd: int) -> list[tuple[str, int]]:
    """The tickets of an unfinished segment, with the offsets of their frames."""
    found: list[tuple[str, int]] = []
    for frame in frames(fd):
        if frame.header.is_end or not frame.header.tickets:
            continue
        try:
            columns = unpack_events(frame.header, read_payload(fd, frame))
            constants = [unpack_template(blob) for blob in columns.templates]
        except (FrameBad, CodecError):
            continue
        found += [(c.ticket, frame.offset) for c in constants if c.ticket]
    return found


def write_all(fd: int, parts: Iterable[bytes], at: int) -> None:
    """Write octets, in parts, at an offset until everything is written.

    Raises OSError; a part may have been written then.
    """
    left = [memoryview(part) for part in parts]
    while left:
        written = os.pwritev(fd, left[:_PARTS_AT_ONCE], at)
        at += written
        while left and written >= len(left[0]):
            written -= len(left.pop(0))
        if left:
            left[0] = left[0][written:]
