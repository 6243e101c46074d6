"""Under which name does an event know a pupil? One that only this school's key can lead back to."""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_BYTES = 32
LENGTH = 16
KEY_NAME = "pseudonym.key"
_KEPT = 20_000


class PseudonymKeyError(Exception):
    """The key file is there and cannot serve; the message says where and what would be right."""


class Pseudonyms:
    """Pseudonyms of roster ids: 16 letters and digits, the same for the same id and key.

    Whoever has the key and the roster can tell whose events are whose; whoever has only the events
    cannot.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {"": ""}

    @classmethod
    def open_or_create(cls, keys: Path) -> "Pseudonyms":
        """Take the key from `<keys>/pseudonym.key`, made on first use with mode 0600.

        Several processes may start at once: one key wins, and all use it.

        Raises PseudonymKeyError, and OSError when the directory cannot be used.
        """
        path = keys / KEY_NAME
        if not path.exists():
            _create(path)
        mode = path.stat().st_mode
        if mode & 0o077:
            raise PseudonymKeyError(
                f"{path}: others than its owner can read it (mode {mode & 0o777:04o}); make it 0600. Whoever "
                "has it and the roster can tell whose events are whose."
            )
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise PseudonymKeyError(
                f"{path}: a pseudonym key has {KEY_BYTES} octets, this file has {len(key)}. Put the saved "
                "key back; a new key would tell the same pupil's old and new events apart."
            )
        return cls(key)

    def of(self, sourced_id: str) -> str:
        """The pseudonym of a roster's `sourcedId`; "" for ""."""
        found = self._known.get(sourced_id)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known = {"": ""}
            digest = hmac.digest(self._key, sourced_id.encode("utf-8", "surrogatepass"), hashlib.sha256)
            found = base64.b32encode(digest[:10]).decode("ascii").lower()
            self._known[sourced_id] = found
        return found

    def derived(self, purpose: bytes) -> bytes:
        """A key of 32 octets for another purpose (at most 16 octets), which leads back to no other."""
        return hashlib.blake2b(key=self._key, person=purpose, digest_size=32).digest()


def _create(path: Path) -> None:
    """Write a new key beside its place and link it there, so that no half key is ever seen."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(fd, 0o600)
        os.write(fd, secrets.token_bytes(KEY_BYTES))
        os.fsync(fd)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.close(fd)
        draft.unlink()
