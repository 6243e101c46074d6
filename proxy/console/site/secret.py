"""Which secrets does the console hold, and who may read them? Files of mode 0600, read at the start."""

import os
import secrets
import stat
from pathlib import Path

KEY_BYTES = 48


class SecretProblem(Exception):
    """A secret cannot be used; the message names the file and says what to do."""


def signing_key(path: Path) -> str:
    """Return the key that signs sessions and links, made at the first start.

    Of several processes that start at once one makes it, and all read that one. Raises SecretProblem.
    """
    if not path.exists():
        _make(path)
    return read_secret(path)


def read_secret(path: Path) -> str:
    """Return what stands in a file that holds one secret alone. Raises SecretProblem."""
    try:
        with path.open(encoding="ascii") as file:
            mode = os.fstat(file.fileno()).st_mode
            secret = file.read().strip()
    except UnicodeDecodeError as error:
        raise SecretProblem(f"{path}: this is not a secret in plain letters") from error
    except OSError as error:
        raise SecretProblem(f"{path}: the secret cannot be read: {error.strerror}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise SecretProblem(f"{path}: others than its owner can read it; run: chmod 600 {path}")
    if not secret:
        raise SecretProblem(f"{path}: the file is empty; write the secret into it")
    return secret


def _make(path: Path) -> None:
    fresh = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # refuses to replace the key that another process made first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    except OSError as error:
        raise SecretProblem(f"{path}: the secret cannot be written: {error.strerror}") from error
