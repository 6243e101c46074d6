"""What has happened since I last looked?"""

import os
from pathlib import Path

from proxy.journal.event import Event
from proxy.journal.frames import HEADER_BYTES, POINTER_BYTES, FrameBad
from proxy.journal.segments import frames, segments, worker_dirs
from proxy.journal.wanted import Wanted, events_in


class Follower:
    """Reads each event of a spool once, as it comes; `schoolgate events --follow` asks it over and over.

    from_now    leave out what is in the spool already
    """

    def __init__(self, spool: Path, wanted: Wanted, *, from_now: bool = True) -> None:
        self.spool = spool
        self.wanted = wanted
        self._read_to: dict[Path, int] = {}
        if from_now:
            self.poll()

    def poll(self) -> list[Event]:
        """The wanted events that came to disk since the last call, by time."""
        paths = [path for directory in worker_dirs(self.spool) for path in segments(directory)]
        self._read_to = {path: self._read_to.get(path, 0) for path in paths}
        found = [event for path in paths for event in self._new_in(path)]
        return sorted(found, key=lambda event: (event.time, event.id))

    def _new_in(self, path: Path) -> list[Event]:
        begin = self._read_to[path]
        try:
            if path.stat().st_size <= begin:
                return []
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return []
        try:
            return self._read(fd, path, begin)
        finally:
            os.close(fd)

    def _read(self, fd: int, path: Path, begin: int) -> list[Event]:
        found: list[Event] = []
        for frame in frames(fd, begin):
            end = frame.offset + HEADER_BYTES + frame.header.length
            self._read_to[path] = end + (POINTER_BYTES if frame.header.is_end else 0)
            if frame.header.is_end:
                continue
            try:
                found += events_in(fd, frame, self.wanted)
            except FrameBad:
                continue
        return found
