"""Where does a database put what does not fit into memory, and who removes it when its process is killed?

Each database has a directory of its own below `.spill`, and holds a lock on it as long as it lives. One that
nobody holds was left behind: whoever opens the next database removes it.
"""

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path

FOLDER = ".spill"


def own_place(directory: Path) -> tuple[Path, int]:
    """Make and lock a place for one database below a directory, and remove what killed processes left there.

    Returns the place and the descriptor that holds its lock. Raises OSError: nobody may write there, or the
    directory is not there yet.
    """
    root = directory / FOLDER
    root.mkdir(mode=0o700, exist_ok=True)
    guard = _opened(root)
    try:
        # Nobody takes a place that is made but not locked yet for one that was left.
        fcntl.flock(guard, fcntl.LOCK_EX)
        _remove_left(root)
        place = Path(tempfile.mkdtemp(dir=root))
        held = _opened(place)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return place, held
    finally:
        os.close(guard)


def give_back_with(owner: object, place: Path, held: int) -> None:
    """Remove a place when its owner is gone, at the latest when this process ends by itself."""
    weakref.finalize(owner, _give_back, place, held, os.getpid())


def _give_back(place: Path, held: int, pid: int) -> None:
    if os.getpid() == pid:  # a forked child has the finalizer, too, but not the database
        shutil.rmtree(place, ignore_errors=True)
    os.close(held)


def _remove_left(root: Path) -> None:
    for entry in root.iterdir():
        if not entry.is_dir() or entry.is_symlink():
            entry.unlink(missing_ok=True)
        elif _is_left(entry):
            shutil.rmtree(entry, ignore_errors=True)


def _is_left(place: Path) -> bool:
    try:
        held = _opened(place)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(held)
    return True


def _opened(directory: Path) -> int:
    return os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
