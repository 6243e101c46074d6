"""Which keys seal and open tickets, and how do several processes come to hold the same ones?

The file is JSON, mode 0600: `{"current": id, "keys": {id: {"secret", "created", "retired"}}}`.
Rotation adds a key and retires the old one, which opens its tickets until they have expired.
"""

import base64
import binascii
import fcntl
import json
import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from proxy.tickets.errors import KeyringProblem, TicketUnknownKey

SECRET_BYTES = 32
LIFETIME = timedelta(days=30)

_log = logging.getLogger(__name__)


def keyring_path(state: Path) -> Path:
    """Where the ticket keys stand in a gateway's state directory."""
    return state / "keys" / "tickets.json"


@dataclass(frozen=True, slots=True)
class Key:
    """One ticket key.

    retired    the moment from which it seals no more; None while it is current
    """

    id: str
    secret: bytes
    created: datetime
    retired: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Ring:
    current: str
    keys: Mapping[str, Key]
    stamp: tuple[int, int, int]


class Keyring:
    """The ticket keys in one file. A rotation by another process is noticed at the next use."""

    def __init__(self, path: Path) -> None:
        """Open an existing key file; see `open_or_create`. Raises KeyringProblem."""
        self.path = path
        self._ring = _read(path)
        self._told = ""

    @classmethod
    def open_or_create(cls, path: Path, at: datetime) -> "Keyring":
        """Open the key file, making it first if there is none.

        Of several processes that start at once one makes the file and all read that one.
        Raises KeyringProblem.
        """
        if not path.exists():
            key = _new_key(at)
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _put(path, key.id, {key.id: key}, replacing=False)
            except OSError as error:
                raise KeyringProblem(f"{path}: the keys cannot be written: {error.strerror}") from error
        return cls(path)

    def current(self) -> Key:
        """Return the key that seals new tickets."""
        self._refresh()
        return self._ring.keys[self._ring.current]

    def key(self, key_id: str) -> Key:
        """Return the key of this id, current or retired. Raises TicketUnknownKey."""
        found = self._ring.keys.get(key_id)
        if found is None:
            self._refresh()
            found = self._ring.keys.get(key_id)
        if found is None:
            raise TicketUnknownKey(
                "the ticket was made by another gateway, or so long ago that its key has been removed"
            )
        return found

    def rotate(self, at: datetime, *, keep: timedelta = LIFETIME) -> Key:
        """Make a new current key and return it.

        keep    how long a retired key still opens tickets: the lifetime of a ticket

        Raises KeyringProblem; the old keys then stay in force.
        """
        try:
            with _locked(self.path.parent):
                ring = _read(self.path)
                kept = {
                    key.id: key if key.retired else replace(key, retired=at)
                    for key in ring.keys.values()
                    if key.retired is None or at - key.retired <= keep
                }
                new = _new_key(at)
                _put(self.path, new.id, kept | {new.id: new}, replacing=True)
        except OSError as error:
            raise KeyringProblem(f"{self.path}: the new key cannot be written: {error.strerror}") from error
        self._ring = _read(self.path)
        return new

    def _refresh(self) -> None:
        """Read the file again if it was replaced; keep the keys in hand if it cannot be read."""
        try:
            if _stamp(self.path) != self._ring.stamp:
                self._ring = _read(self.path)
                self._told = ""
        except (OSError, KeyringProblem) as problem:
            if str(problem) != self._told:
                _log.warning("ticket keys: %s; the keys read before stay in use", problem)
            self._told = str(problem)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _new_key(at: datetime) -> Key:
    return Key(secrets.token_hex(4), secrets.token_bytes(SECRET_BYTES), at.astimezone(UTC))


def _stamp(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def _read(path: Path) -> _Ring:
    try:
        status = path.stat()
        if status.st_mode & 0o077:
            raise KeyringProblem(
                f"{path}: others than its owner can read it (mode {status.st_mode & 0o777:04o}); "
                f"make it 0600, and rotate the keys with `schoolgate ca rotate-tickets`"
            )
        plain = json.loads(path.read_bytes())
        keys = {key_id: _key(key_id, entry) for key_id, entry in plain["keys"].items()}
        current = str(plain["current"])
    except OSError as error:
        raise KeyringProblem(f"{path}: the ticket keys cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyringProblem(
            f"{path}: this is not a file of ticket keys; restore it, or remove it to make new keys "
            f"(tickets handed out before can then no longer be opened)"
        ) from error
    if current not in keys:
        raise KeyringProblem(f"{path}: its current key {current[:16]!r} is not among its keys")
    return _Ring(current, keys, (status.st_ino, status.st_mtime_ns, status.st_size))


def _key(key_id: str, entry: Mapping[str, Any]) -> Key:
    secret = base64.b64decode(entry["secret"], validate=True)
    if len(secret) != SECRET_BYTES:
        raise binascii.Error("a secret of another length")
    retired = entry.get("retired")
    return Key(
        key_id,
        secret,
        datetime.fromisoformat(entry["created"]),
        datetime.fromisoformat(retired) if retired else None,
    )


def _put(path: Path, current: str, keys: Mapping[str, Key], *, replacing: bool) -> None:
    """Write the whole file beside its place and move it there; without `replacing` the first wins.

    A new file belongs to whom the old one belonged, so that root may rotate the service's keys.
    """
    plain = {
        "current": current,
        "keys": {
            key.id: {
                "secret": base64.b64encode(key.secret).decode("ascii"),
                "created": key.created.isoformat(),
                "retired": key.retired.isoformat() if key.retired else None,
            }
            for key in keys.values()
        },
    }
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(plain, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        if replacing:
            if os.geteuid() == 0:
                os.chown(beside, path.stat().st_uid, path.stat().st_gid)
            beside.replace(path)
        else:
            _link_unless_there(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _link_unless_there(beside: Path, path: Path) -> None:
    try:
        os.link(beside, path)
    except FileExistsError:
        return
