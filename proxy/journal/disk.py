"""How do finished frames get onto the disk, in bounded segment files that survive a crash?"""

import contextlib
import errno
import os
import time
from collections.abc import Sequence
from pathlib import Path

from proxy.journal.frames import Header, add, pack_end
from proxy.journal.segments import (
    DIR_MODE,
    FILE_MODE,
    SUFFIX,
    finish_leftover,
    segments,
    summary,
    try_lock,
    write_all,
)

SEGMENT_SPAN_US = 6 * 3600 * 1_000_000
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class SegmentWriter:
    """One worker's segment files, written by one thread of one process.

    directory       <spool>/<worker>; made when missing, mode 0700
    segment_bytes   a segment is finished before it would grow beyond this (or a quarter of
                    `max_bytes`), and after six hours, so that retention can delete whole files
    max_bytes       bound of the directory; beyond it the oldest finished segments are deleted
    """

    def __init__(self, directory: Path, *, segment_bytes: int, max_bytes: int) -> None:
        self.directory = directory
        self.segment_bytes = min(segment_bytes, max_bytes // 4)
        self.max_bytes = max_bytes
        self.bytes_on_disk = 0
        self._path: Path | None = None
        self._fd = -1
        self._size = 0
        self._begun_us = 0
        self._begun_at = 0.0
        self._total: Header | None = None
        self._tickets: list[tuple[str, int]] = []
        self._older: list[tuple[Path, int]] | None = None

    def write(self, header: Header, frame: Sequence[bytes], tickets: list[str]) -> None:
        """Append one event frame and wait until the disk has it.

        header    of the frame
        frame     all its octets, in parts
        tickets   codes of the block-page tickets in it

        Raises OSError; then nothing of the frame is left in the segment, as far as the disk still
        obeys, and the call may be repeated.
        """
        length = sum(map(len, frame))
        if self._fd >= 0 and os.fstat(self._fd).st_nlink == 0:
            self._leave()  # somebody deleted the file under us: what it held is gone, what comes is not
        if self._fd >= 0 and self._is_full(header, length):
            self.finish()
        if self._fd < 0:
            self._begin()
        try:
            write_all(self._fd, frame, self._size)
            os.fdatasync(self._fd)
        except OSError as error:
            self._undo(error)
            raise
        if self._total is None:
            self._begun_us = header.last_us
        self._tickets += [(code, self._size) for code in tickets]
        self._total = add(self._total, header)
        self._size += length
        self.bytes_on_disk += length

    def finish(self) -> None:
        """Close the current segment with its end frame; without room for that it stays unfinished,
        which costs readers time and nothing else."""
        if self._fd < 0:
            return
        if self._total is not None:
            end = pack_end(self._total, self._tickets, self._size)
            try:
                write_all(self._fd, [end], self._size)
                os.fdatasync(self._fd)
                self._size += len(end)
                self.bytes_on_disk += len(end)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._fd, self._size)
        self._leave()

    def finish_if_old(self) -> None:
        """Finish a segment that was begun six hours ago, though nothing comes: only finished segments
        can be deleted when their time has passed."""
        if self._fd >= 0 and time.monotonic() - self._begun_at > SEGMENT_SPAN_US / 1e6:
            self.finish()

    def make_room(self) -> int:
        """Delete the oldest finished segments while the directory exceeds `max_bytes`.

        Returns how many events were deleted; 0 in ordinary times.
        """
        events = 0
        while self._older and self.bytes_on_disk > self.max_bytes:
            path, size = self._older.pop(0)
            found = _events_in(path)
            with contextlib.suppress(OSError):
                path.unlink()
                events += found
            self.bytes_on_disk -= size
        return events

    def recount(self) -> None:
        """Look at the directory anew: retention may have deleted segments.

        Raises OSError.
        """
        sizes = [(path, path.stat().st_size) for path in segments(self.directory)]
        self._older = [(path, size) for path, size in sizes if path != self._path]
        self.bytes_on_disk = sum(size for _, size in sizes)

    def _is_full(self, header: Header, length: int) -> bool:
        if self._total is None:
            return False
        too_old = abs(header.last_us - self._begun_us) > SEGMENT_SPAN_US
        return too_old or self._size + length > self.segment_bytes

    def _begin(self) -> None:
        """Open a new segment, after finishing what a dead predecessor left open."""
        for directory in (self.directory.parent, self.directory):
            _make_private(directory)
        if self._older is None:
            self.directory.chmod(DIR_MODE)
            for leftover in segments(self.directory):
                with contextlib.suppress(OSError):
                    finish_leftover(leftover)
        known = segments(self.directory)
        number = int(known[-1].stem) + 1 if known else 1
        path = self.directory / f"{number:08d}{SUFFIX}"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
        os.fchmod(fd, FILE_MODE)
        try_lock(fd)
        self._path, self._fd, self._size, self._total, self._tickets = path, fd, 0, None, []
        self._begun_at = time.monotonic()
        self._sync_directory()
        self.recount()

    def _sync_directory(self) -> None:
        fd = os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def _undo(self, error: OSError) -> None:
        """Take half a frame back. A file that takes no more (a bad disk, a size limit) is given up;
        one on a full disk is kept, because a new one would find no room either."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._fd, self._size)
        if error.errno not in _NO_ROOM:
            self._leave()

    def _leave(self) -> None:
        if self._path is not None and self._size == 0:
            with contextlib.suppress(OSError):
                self._path.unlink()
        elif self._path is not None and self._older is not None:
            self._older.append((self._path, self._size))
        with contextlib.suppress(OSError):
            os.close(self._fd)
        self._fd, self._path = -1, None


def _make_private(directory: Path) -> None:
    try:
        directory.mkdir(mode=DIR_MODE, parents=True)
        directory.chmod(DIR_MODE)
    except FileExistsError:
        if not directory.is_dir():
            raise


def _events_in(path: Path) -> int:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        total = summary(fd).total
        return total.events if total else 0
    finally:
        os.close(fd)
