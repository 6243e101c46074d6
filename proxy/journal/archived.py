"""Which files does the archive have, what does each hold, and is it still as it was written?

    <state>/archive/<worker>/00000042-7f3a9c01d2-1732536000000000-1732557600000000-41233-0-0-<checksum>.parquet

One file for each finished segment of the spool. Its name tells the segment (number, and the worker's boot
number), the earliest and latest time in microseconds, how many events it holds, how many were lost before
them and deleted before them, and the checksum (XXH3, 64 bits) of all that and of the file's octets. A name
appears when its file is whole and on the disk; no file is ever changed.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import xxhash

from proxy.journal.frames import Header
from proxy.journal.wanted import Wanted

SUFFIX = ".parquet"
LOCK, READING = ".shipping", ".reading"
_NAME = re.compile(
    r"(?P<number>\d{8,12})-(?P<boot>[0-9a-f]{10})-(?P<first_us>\d{1,20})-(?P<last_us>\d{1,20})-(?P<events>\d{1,10})"
    r"-(?P<lost>\d{1,10})-(?P<evicted>\d{1,10})-(?P<checksum>[0-9a-f]{16})\.parquet\Z"
)
_CHUNK_BYTES = 1 << 20

type Key = tuple[str, int, int, int, int, int]
"""Tells a segment from every other: worker, number, boot, earliest and latest time, number of events. A
number alone does not: a worker counts from 1 again in an empty directory."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A file of the archive, as its name tells."""

    path: Path
    number: int
    boot: int
    first_us: int
    last_us: int
    events: int
    lost: int
    evicted: int
    checksum: str

    @property
    def worker(self) -> str:
        """Whose events they are."""
        return self.path.parent.name

    @property
    def key(self) -> Key:
        """Which segment it holds."""
        return self.worker, self.number, self.boot, self.first_us, self.last_us, self.events

    def may_hold(self, wanted: Wanted) -> bool:
        """Say whether it can hold a wanted event."""
        return self.first_us < wanted.end_us and self.last_us >= wanted.begin_us

    def verifies(self) -> bool:
        """Say whether its octets, and the numbers in its name, are as they were written.

        Raises OSError.
        """
        with self.path.open("rb", buffering=0) as file:
            return checksum(self.path.name, file.fileno()) == self.checksum


def name_of(number: int, total: Header) -> str:
    """The name of a finished segment's file, up to the checksum.

    total   of the segment, from its end frame
    """
    t = total
    numbers = (t.first_us, t.last_us, t.events, t.lost, t.evicted)
    return f"{number:08d}-{t.boot:010x}-" + "-".join(map(str, numbers))


def key_of(segment: Path, total: Header) -> Key:
    """Which segment of the spool it is, whose end frame sums it up."""
    return segment.parent.name, int(segment.stem), total.boot, total.first_us, total.last_us, total.events


def checksum(name: str, fd: int) -> str:
    """The checksum of an open file and of its name up to the checksum."""
    digest = xxhash.xxh3_64()
    digest.update("-".join(name.split("-")[:7]).encode("ascii", "replace"))
    os.lseek(fd, 0, os.SEEK_SET)
    while chunk := os.read(fd, _CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def archived(archive: Path) -> list[Archived]:
    """All files of an archive, unverified, by worker and number; none when there is no archive."""
    return [found for directory in _workers(archive) for found in _files(directory)]


def _workers(archive: Path) -> list[Path]:
    try:
        return sorted(
            entry for entry in archive.iterdir() if entry.is_dir() and not entry.name.startswith(".")
        )
    except FileNotFoundError:
        return []


def _files(directory: Path) -> Iterator[Archived]:
    try:
        names = sorted(os.listdir(directory))
    except FileNotFoundError:
        return
    for name in names:
        if (found := _named(directory, name)) is not None:
            yield found


@lru_cache(maxsize=1 << 15)
def _named(directory: Path, name: str) -> Archived | None:
    """What a name tells; a process that reads looks at the same names again and again."""
    return read_name(directory / name) if _NAME.match(name) else None


def read_name(path: Path) -> Archived:
    """What the name of a file of the archive tells.

    Raises ValueError when it is none.
    """
    found = _NAME.match(path.name)
    if found is None:
        raise ValueError(f"{path.name} is no name of the archive's")
    told = found.groupdict()
    return Archived(
        path=path,
        number=int(told["number"]),
        boot=int(told["boot"], 16),
        first_us=int(told["first_us"]),
        last_us=int(told["last_us"]),
        events=int(told["events"]),
        lost=int(told["lost"]),
        evicted=int(told["evicted"]),
        checksum=told["checksum"],
    )
