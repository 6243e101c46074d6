"""Where are the tables, and which of them can be trusted?

One file for each resolver worker in `run/answered/` of the state directory, mode 0600, of a fixed size. One
of another version, key or boot is made anew: what was in memory when the machine went down may not be in it.
"""

import fcntl
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from mmap import PROT_READ, PROT_WRITE, mmap
from pathlib import Path
from struct import Struct

from proxy.answered.buckets import BUCKET

PURPOSE = b"answered"
"""What `Pseudonyms.derived` makes the key for."""
BUCKETS = 1 << 16
"""With seven rows each, 8 MiB: some 450,000 rows a worker."""
MAX_TABLES = 64
SUFFIX = ".table"
WITHOUT = ".without"
"""What a worker leaves that answers and can write no table."""
MAGIC = b"answered"
VERSION = 1
_HEAD = Struct("<8sIIII16s16s")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

type Clock = Callable[[], float]


class TableProblem(Exception):
    """A table cannot be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Table:
    """One mapped table.

    inode     tells it from a later one of the same name
    created   seconds since 1970; what was said before is not in it
    """

    memory: mmap
    inode: int
    buckets: int
    created: int

    def at(self, place: int) -> int:
        """The offset of a mark's bucket."""
        return BUCKET + place % self.buckets * BUCKET


def directory(state: Path) -> Path:
    """Where the tables of a state directory are."""
    return state / "run" / "answered"


def to_write(where: Path, worker: str, key: bytes, now: int, buckets: int = BUCKETS) -> Table:
    """Take a worker's table, made anew where the one there cannot be trusted; it is held while it is mapped.

    Raises TableProblem while somebody else writes it, and OSError where there is no room.
    """
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = where / (worker + SUFFIX)
    held = _held(path)
    if held is not None:
        try:
            table = _trusted(held, key, PROT_READ | PROT_WRITE)
        finally:
            os.close(held)  # the mapping has one of its own, and the lock with it
        if table is not None and table.buckets == buckets:
            return table
    return _made(path, key, now, buckets)


def to_read(path: Path, key: bytes) -> Table | None:
    """Map a table for reading; None where it cannot be trusted.

    Raises OSError when it cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        return _trusted(descriptor, key, PROT_READ)
    finally:
        os.close(descriptor)


def _held(path: Path) -> int | None:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise TableProblem(f"{path} is written by another process") from None
    return descriptor


def _made(path: Path, key: bytes, now: int, buckets: int) -> Table:
    """Make a table beside its place and move it there whole."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.posix_fallocate(descriptor, 0, (buckets + 1) * BUCKET)  # else a full disk kills who writes
        os.pwrite(descriptor, _HEAD.pack(MAGIC, VERSION, buckets, now, 0, _boot(), _shown(key)), 0)
        table = _trusted(descriptor, key, PROT_READ | PROT_WRITE)
        if table is None:
            raise TableProblem(f"{path} is not what was written to it")
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    return table


def _trusted(descriptor: int, key: bytes, access: int) -> Table | None:
    status = os.fstat(descriptor)
    head = os.pread(descriptor, _HEAD.size, 0)
    if len(head) < _HEAD.size or status.st_uid != os.geteuid():
        return None
    magic, version, buckets, created, _, boot, shown = _HEAD.unpack(head)
    size = (buckets + 1) * BUCKET
    if (magic, version, boot, shown, size) != (
        MAGIC,
        VERSION,
        _boot(),
        _shown(key),
        status.st_size,
    ) or not buckets:
        return None
    return Table(mmap(descriptor, size, prot=access), status.st_ino, buckets, created)


def _boot() -> bytes:
    """What this run of the machine is known by; all zeros where the system does not say."""
    try:
        return bytes.fromhex(_BOOT_ID.read_text().strip().replace("-", ""))[:16]
    except (OSError, ValueError):
        return bytes(16)


def _shown(key: bytes) -> bytes:
    return blake2b(b"whose table", key=key, digest_size=16).digest()


assert _HEAD.size <= BUCKET
