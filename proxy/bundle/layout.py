"""Where does each part of a bundle lie, and how does one step replace another without a gap?"""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from enum import Enum
from pathlib import Path

INDEX_NAME = "index.sgi"
KEEP_BASES = 5
KEEP_OVERLAYS = 20

_NAMES = re.compile(r"(?:base-([1-9][0-9]{0,17})|overlay-([1-9][0-9]{0,17})\.json)\Z")
_SCRATCH, _COMPILE = ".new-", ".compile-"


class Part(Enum):
    """The two parts of a bundle."""

    BASE = "base"
    OVERLAY = "overlay"


class Layout:
    """The directory `bundle` inside a gateway's state directory.

    base-<revision>/, overlay-<revision>.json     what has been published
    base.current, overlay.current                 links to what is in force
    lock                                          held by whoever writes a revision
    compile.lock                                  held, for longer, by whoever makes a base
    .new-*, .compile-*                            being written, or left by a publisher that died
    """

    def __init__(self, state: Path) -> None:
        self.directory = state / "bundle"
        # Made once: every worker asks for them twenty times a second.
        self._links = {part: str(self.directory / f"{part.value}.current") for part in Part}

    def path(self, part: Part, revision: int) -> Path:
        """Where a revision of a part lies."""
        return self.directory / (f"base-{revision}" if part is Part.BASE else f"overlay-{revision}.json")

    def name(self, part: Part, revision: int) -> str:
        """How messages call a revision of a part."""
        return f"bundle/{self.path(part, revision).name}"

    def current(self, part: Part) -> int | None:
        """Return the revision in force by its link, or None when the link is missing or points nowhere
        known."""
        try:
            target = os.readlink(self._links[part])
        except OSError:
            return None
        return _revision(part, target)

    def revisions(self, part: Part) -> list[int]:
        """Return all published revisions, newest first."""
        try:
            names = os.listdir(self.directory)
        except FileNotFoundError:
            return []
        found = (_revision(part, name) for name in names)
        return sorted((revision for revision in found if revision is not None), reverse=True)

    def locked(self) -> AbstractContextManager[None]:
        """Hold the lock that orders the writers of revisions, and clear away what a dead one left.

        It is held for the writing only: an overlay never waits for lists to be compiled.
        """
        return self._holding("lock", _SCRATCH)

    def compiling(self, on_wait: Callable[[], None] = lambda: None) -> AbstractContextManager[None]:
        """Hold the lock that orders the makers of bases, and clear away what a dead one left.

        on_wait   is called when another has it
        """
        return self._holding("compile.lock", _COMPILE, on_wait)

    @contextmanager
    def _holding(
        self, lock: str, leftovers: str, on_wait: Callable[[], None] = lambda: None
    ) -> Iterator[None]:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.directory / lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_wait()
                fcntl.flock(handle, fcntl.LOCK_EX)
            self._clear(leftovers)
            try:
                yield
            finally:
                with suppress(OSError):  # the next who holds the lock tries again
                    self._clear(leftovers)  # at once: what a full disk cut short would keep it full
        finally:
            os.close(handle)

    def _clear(self, leftovers: str) -> None:
        for leftover in self.directory.glob(f"{leftovers}*"):
            _remove(leftover)

    def next_revision(self, part: Part) -> int:
        """Return a revision above all there ever were. Only under the lock."""
        return max([*self.revisions(part), self.current(part) or 0, 0]) + 1

    def scratch(self, name: str) -> Path:
        """A path for something to be written under the lock."""
        return self.directory / f"{_SCRATCH}{name}"

    def compiled(self) -> Path:
        """A path for an index to be compiled under the lock for that."""
        return self.directory / f"{_COMPILE}{INDEX_NAME}"

    def put_in_force(self, part: Part, revision: int, written: Path) -> None:
        """Give what was written its name and let the link point to it, each by one rename. Only under
        the lock; `written` and all in it must be on disk already."""
        path = self.path(part, revision)
        os.rename(written, path)
        sync_directory(self.directory)
        link = self.scratch(f"{part.value}.current")
        link.unlink(missing_ok=True)
        os.symlink(path.name, link)
        os.rename(link, self._links[part])
        sync_directory(self.directory)

    def prune(self, part: Part) -> None:
        """Remove all but the newest revisions; never the one in force. Only under the lock."""
        keep = KEEP_BASES if part is Part.BASE else KEEP_OVERLAYS
        for revision in self.revisions(part)[keep:]:
            if revision != self.current(part):
                gone = self.scratch(f"gone-{part.value}-{revision}")
                os.rename(self.path(part, revision), gone)
                _remove(gone)


def write_file(path: Path, data: bytes) -> None:
    """Write a new file, readable by its owner only, and wait until it is on disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Wait until a file that somebody else wrote is on disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_directory(path: Path) -> None:
    """Wait until a directory's entries are on disk."""
    sync_file(path)


def _revision(part: Part, name: str) -> int | None:
    match = _NAMES.match(name)
    if match is None:
        return None
    digits = match.group(1 if part is Part.BASE else 2)
    return int(digits) if digits else None


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
