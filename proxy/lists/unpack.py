"""How does a packed archive of lists become a directory, without a file landing anywhere else?"""

import gzip
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, cast

from proxy.lists.errors import FetchRefused
from proxy.lists.tree import PARTS, is_tree

MAX_MEMBERS = 20_000
MAX_DEPTH = 6
WANTED = frozenset({*PARTS, "usage", "global_usage"})


def unpack_tree(archive: Path, into: Path, *, max_bytes: int) -> Path:
    """Unpack the list files of a .tar.gz and return the directory that holds the category folders.

    into        an empty directory
    max_bytes   after decompression, skipped members included

    Only regular files with the names of list files, and links to a neighbouring folder, are taken.
    Raises FetchRefused when it is no archive, too large, or holds no lists.
    """
    try:
        with gzip.open(archive) as packed:
            bounded = cast(IO[bytes], _Bounded(packed, max_bytes))
            tar = tarfile.open(fileobj=bounded, mode="r|")  # noqa: SIM115  (it owns nothing to close)
            for number, member in enumerate(tar):
                if number >= MAX_MEMBERS:
                    raise FetchRefused(f"the archive has more than {MAX_MEMBERS} members")
                _take(tar, member, into)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FetchRefused(f"it is no sound .tar.gz archive: {error}") from error
    except OSError as error:
        raise FetchRefused(f"the archive cannot be laid out: {error.strerror or error}") from error
    root = _root(into)
    if root is None:
        raise FetchRefused("the archive holds no folders with domains, urls or expressions")
    return root


class _Bounded:
    """A reader that gives up after so many octets."""

    def __init__(self, source: gzip.GzipFile, limit: int) -> None:
        self._source, self._left, self._limit = source, limit, limit

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` octets. Raises FetchRefused past the limit."""
        data = self._source.read(min(size if size >= 0 else self._left + 1, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise FetchRefused(f"the archive is larger than {self._limit} bytes unpacked")
        return data


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    path = PurePosixPath(member.name)
    parts = [part for part in path.parts if part != "."]
    if path.is_absolute() or ".." in parts or not 0 < len(parts) <= MAX_DEPTH or "\0" in member.name:
        return
    target = into.joinpath(*parts)
    link = member.linkname.rstrip("/")
    if member.issym() and link not in ("", ".", "..") and "/" not in link and "\0" not in link:
        if _is_inside(target, into):
            _parent(target)
            if not target.exists() and not target.is_symlink():
                target.symlink_to(link)
    elif member.isreg() and parts[-1] in WANTED and _is_inside(target, into):
        source = tar.extractfile(member)
        _parent(target)
        if source is not None and not target.is_symlink():
            with target.open("wb") as out:
                while chunk := source.read(1 << 16):
                    out.write(chunk)


def _parent(target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _is_inside(target: Path, into: Path) -> bool:
    """No folder on the way may be a link: an archive could lead a later member through it."""
    folder = target.parent
    while folder != into:
        if folder.is_symlink():
            return False
        folder = folder.parent
    return True


def _root(directory: Path) -> Path | None:
    """The directory with the category folders: this one, or the only one in it, and so on."""
    for _ in range(MAX_DEPTH):
        if is_tree(directory):
            return directory
        folders = [child for child in directory.iterdir() if child.is_dir() and not child.is_symlink()]
        if len(folders) != 1:
            return None
        directory = folders[0]
    return None
