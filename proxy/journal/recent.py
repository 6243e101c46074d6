"""What was blocked in the segments that are not in the archive yet? Counted by hour, each frame read once."""

import os
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from proxy.decision.verdict import Action
from proxy.journal.codec import CodecError, unpack_template
from proxy.journal.frames import HEADER_BYTES, POINTER_BYTES, FrameBad, unpack_events
from proxy.journal.segments import Placed, frames, read_payload
from proxy.journal.wanted import LAST_US

HOUR_US = 3600 * 1_000_000


class Blocked(NamedTuple):
    """What events of blocks have in common that are counted together."""

    hour_us: int
    host: str
    group: str
    referring_host: str
    list_id: str
    category: str


type _Counts = defaultdict[tuple[str, str], Counter[Blocked]]


@dataclass(slots=True)
class _Read:
    """How far a segment has been read, and what was in it: by host and referring host, and by list alone."""

    inode: int
    to: int = 0
    counts: _Counts = field(default_factory=lambda: defaultdict(Counter))
    by_list: Counter[Blocked] = field(default_factory=Counter)


class Recent:
    """Counts of blocks in segments that may still grow. Threads may share it."""

    def __init__(self) -> None:
        self._read: dict[Path, _Read] = {}
        self._lock = threading.Lock()

    def blocks(
        self, paths: Iterable[Path], is_about: Callable[[str, str], bool] = lambda host, referring: True
    ) -> list[tuple[Blocked, int]]:
        """What was blocked in these segments up to now; whatever is known of others is forgotten.

        is_about   says of a host and a referring host whether their blocks are asked for
        """
        with self._lock:
            return [
                item
                for read in self._read_all(paths)
                for names, counts in read.counts.items()
                if is_about(*names)
                for item in counts.items()
            ]

    def by_list(self, paths: Iterable[Path]) -> list[tuple[Blocked, int]]:
        """As `blocks`, by hour, list and category alone; the rest of each name is empty."""
        with self._lock:
            return [item for read in self._read_all(paths) for item in read.by_list.items()]

    def _read_all(self, paths: Iterable[Path]) -> Iterable[_Read]:
        self._read = {path: read for path in paths if (read := self._read_on(path)) is not None}
        return self._read.values()

    def _read_on(self, path: Path) -> _Read | None:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            inode = os.fstat(fd).st_ino
            read = self._read.get(path)
            if read is None or read.inode != inode:
                read = _Read(inode)
            for frame in frames(fd, read.to):
                end = frame.offset + HEADER_BYTES + frame.header.length
                read.to = end + (POINTER_BYTES if frame.header.is_end else 0)
                if not frame.header.is_end:
                    _count(fd, frame, read)
            return read
        finally:
            os.close(fd)


def _count(fd: int, frame: Placed, read: _Read) -> None:
    try:
        columns = unpack_events(frame.header, read_payload(fd, frame))
    except FrameBad:
        return
    first, last = frame.header.first_us // HOUR_US, frame.header.last_us // HOUR_US
    if first == last:
        times = Counter((number, first) for number in columns.template_of)
    else:
        hours = (time_us // HOUR_US for time_us in columns.times_us)
        times = Counter(zip(columns.template_of, hours, strict=True))
    kinds = [_kind(blob) for blob in columns.templates]
    for (number, hour), events in times.items():
        kind = kinds[number]
        if kind is not None and hour * HOUR_US < LAST_US:
            kind = kind._replace(hour_us=hour * HOUR_US)
            read.counts[kind.host, kind.referring_host][kind] += events
            read.by_list[kind._replace(host="", group="", referring_host="")] += events


def _kind(blob: bytes) -> Blocked | None:
    try:
        constants = unpack_template(blob)
    except CodecError:
        return None
    if constants.action is not Action.BLOCK:
        return None
    c = constants
    return Blocked(0, c.host, c.group, c.referring_host, c.list_id, c.category)
