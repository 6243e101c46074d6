"""Which files make up a base, and are they still what was published?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxy.bundle.envelope import EnvelopeProblem, seal, unseal
from proxy.bundle.errors import BundleRefused

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileMark:
    """What a file must be.

    sha256    hexadecimal, of its content
    """

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The table of contents of one base.

    files     file name -> what it must be; the manifest itself is not among them
    inputs    hexadecimal sha256 of all that the index was compiled from
    """

    revision: int
    files: Mapping[str, FileMark]
    inputs: str

    def to_bytes(self) -> bytes:
        """Spell the manifest as its file."""
        files = {name: {"sha256": m.sha256, "bytes": m.bytes} for name, m in sorted(self.files.items())}
        return seal(self.revision, {"inputs": self.inputs, "files": files})


def mark_of(path: Path) -> FileMark:
    """Read a file and say what it is. Raises OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileMark(digest, file.tell())


def read_manifest(directory: Path, revision: int) -> Manifest:
    """Read and check the manifest of a base.

    Raises BundleRefused naming the file and what is wrong.
    """
    where = f"bundle/{directory.name}/{MANIFEST}"
    try:
        body = unseal((directory / MANIFEST).read_bytes(), revision)
        files = {name: _mark(entry) for name, entry in body["files"].items()}
        return Manifest(revision, files, str(body["inputs"]))
    except OSError as error:
        raise BundleRefused(where, f"cannot be read: {error.strerror}") from error
    except EnvelopeProblem as error:
        raise BundleRefused(where, str(error)) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise BundleRefused(where, "is of another version; publish anew") from error


def verified_bytes(directory: Path, manifest: Manifest, name: str) -> bytes:
    """Return the content of a small file of a base, checked. Raises BundleRefused."""
    where = f"bundle/{directory.name}/{name}"
    try:
        data = (directory / name).read_bytes()
    except OSError as error:
        raise BundleRefused(where, f"cannot be read: {error.strerror}") from error
    _compare(where, manifest, name, FileMark(hashlib.sha256(data).hexdigest(), len(data)))
    return data


def verify_file(directory: Path, manifest: Manifest, name: str) -> Path:
    """Check a large file of a base piece by piece and return its path. Raises BundleRefused."""
    where = f"bundle/{directory.name}/{name}"
    try:
        mark = mark_of(directory / name)
    except OSError as error:
        raise BundleRefused(where, f"cannot be read: {error.strerror}") from error
    _compare(where, manifest, name, mark)
    return directory / name


def _compare(where: str, manifest: Manifest, name: str, found: FileMark) -> None:
    expected = manifest.files.get(name)
    if expected is None:
        raise BundleRefused(where, "is not in the manifest")
    if found != expected:
        raise BundleRefused(where, "its checksum differs: it was changed after it was published")


def _mark(entry: Any) -> FileMark:
    return FileMark(str(entry["sha256"]), int(entry["bytes"]))
