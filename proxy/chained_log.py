"""How does a file of lines show that one of them was changed?

Each line is a JSON object with `number` (that of the line), `body`, `previous` (the hash of the line before)
and `hash`, SHA-256 over the other three. A line is on disk before `append` returns. What has no line end was
never acknowledged: a writer died, and the next one takes it off.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

START = "0" * 64
_BLOCK = 65536


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    begins  the octet of the file with which it begins
    fault   what is wrong with it, or ""; with a fault that leaves nothing to read, `body` is empty
    """

    number: int
    body: Mapping[str, Any]
    previous: str
    hash: str
    begins: int = 0
    fault: str = ""


class Overtaken(Exception):
    """Another line was added meanwhile."""


def append(path: Path, body: Mapping[str, Any], *, after: str | None = None) -> Line:
    """Add a line, wait until it is on disk, and return it.

    body    what JSON knows
    after   the hash of the line that it must follow (START: of none); None: whichever is the last

    A damaged line before it stands for itself: the new one follows what that one says of itself, so that
    writing goes on and `read` names the damage. Raises Overtaken and OSError; then nothing was added.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        before = _last(handle)
        if after is not None and after != (before.hash if before is not None else START):
            raise Overtaken
        size = os.fstat(handle).st_size
        line = _following(before, body, size)
        try:
            _write(handle, _spelled(line))
            os.fsync(handle)
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle, size)
            raise
        if before is None:
            _sync_directory(path.parent)
        return line
    finally:
        os.close(handle)


def last(path: Path) -> Line | None:
    """Return the last whole line, without looking at those before it; None: there is none yet."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        return _last(handle, repair=False)
    finally:
        os.close(handle)


def read(path: Path, begins: int = 0) -> Iterator[Line]:
    """The lines, each with what is wrong with it. A file that does not exist has none. Raises OSError.

    begins   the octet with which the first one to read begins; of that one only the content is checked then
    """
    before = Line(0, {}, "", START) if begins == 0 else None
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(begins)
        for raw in file:
            if not raw.endswith(b"\n"):
                return
            before = _checked(raw, begins, before)
            begins += len(raw)
            yield before


def _following(before: Line | None, body: Mapping[str, Any], begins: int) -> Line:
    number, previous = (before.number + 1, before.hash) if before else (1, START)
    return Line(number, body, previous, _hash(number, body, previous), begins)


def _hash(number: int, body: Mapping[str, Any], previous: str) -> str:
    written = json.dumps([number, body, previous], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(written.encode()).hexdigest()


def _spelled(line: Line) -> bytes:
    whole = {"number": line.number, "body": line.body, "previous": line.previous, "hash": line.hash}
    return json.dumps(whole, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _checked(raw: bytes, begins: int, before: Line | None) -> Line:
    number, previous = (before.number + 1, before.hash) if before else (1, START)
    line = _parsed(raw)
    if line is None:
        return Line(number, {}, previous, sha256(raw).hexdigest(), begins, "is no line of this file")
    fault = ""
    if raw != _spelled(line) or line.hash != _hash(line.number, line.body, line.previous):
        fault = "was changed: its content does not fit its hash"
        line = replace(line, number=number if before else line.number)
    elif before is not None and line.number != number:
        fault = f"comes after line {before.number}: lines between them are gone, or came in"
    elif before is not None and line.previous != previous:
        fault = "follows another line than the one before it: that one was exchanged"
    return replace(line, begins=begins, fault=fault)


def _parsed(raw: bytes) -> Line | None:
    """A line as it calls itself; None when it has not the form of one."""
    try:
        match json.loads(raw, parse_constant=_refuse):
            case {"number": int(number), "body": dict(body), "previous": str(previous), "hash": str(hash_)}:
                line = Line(number, body, previous, hash_)
                _spelled(line)
                return line
    except (ValueError, RecursionError):
        pass
    return None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _last(handle: int, *, repair: bool = True) -> Line | None:
    """The last line that has an end; with `repair`, what comes after it is cut off."""
    end = os.fstat(handle).st_size
    tail, begins = b"", end
    while begins > 0 and tail.count(b"\n") < 2:
        step = min(_BLOCK, begins)
        begins -= step
        tail = os.pread(handle, step, begins) + tail
    whole = tail[: tail.rfind(b"\n") + 1]
    if repair and len(whole) < len(tail):
        os.ftruncate(handle, begins + len(whole))
    if not whole:
        return None
    at = whole.rfind(b"\n", 0, -1) + 1
    raw = whole[at:]
    line = _parsed(raw) or Line(_count(handle), {}, "", sha256(raw).hexdigest())
    return replace(line, begins=begins + at)


def _count(handle: int) -> int:
    size, found, at = os.fstat(handle).st_size, 0, 0
    while at < size:
        block = os.pread(handle, _BLOCK, at)
        found += block.count(b"\n")
        at += len(block)
    return found


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
