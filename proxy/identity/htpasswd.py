"""Which log-in names and password hashes does an htpasswd file hold?

Only hashes made for passwords count: bcrypt (`htpasswd -B`) and Argon2. MD5, SHA-1 and crypt entries
are refused, because a leaked file would give the passwords away.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import argon2
import bcrypt

BCRYPT = ("$2y$", "$2b$", "$2a$")
ARGON2 = "$argon2"
BCRYPT_MAX_OCTETS = 72
MIN_COST, MAX_COST = 4, 16  # beyond 16 one log-in would take seconds

_BCRYPT = re.compile(r"\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}")


class HtpasswdProblem(ValueError):
    """An htpasswd file with lines that cannot be used; the message names each."""


class Htpasswd:
    """A log-in source over the lines of one htpasswd file."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        """hashes    log-in name -> bcrypt or Argon2 hash"""
        self._hashes = dict(hashes)
        self._argon2 = argon2.PasswordHasher()
        self._decoy = bcrypt.hashpw(b"nobody", bcrypt.gensalt(rounds=10)).decode()

    @classmethod
    def read(cls, file: Path) -> "Htpasswd":
        """Read a file of `name:hash` lines; empty lines and lines that begin with `#` are passed over.

        Raises HtpasswdProblem with every line that cannot be used, or when the file cannot be read.
        """
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise HtpasswdProblem(f"{file}: cannot be read as UTF-8 text: {error}") from error
        hashes: dict[str, str] = {}
        wrong: list[str] = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            name, colon, hash_ = line.strip().partition(":")
            problem = _what_is_wrong(name, colon, hash_, hashes)
            if problem:
                wrong.append(f"{file}:{number}: {problem}")
            else:
                hashes[name] = hash_
        if wrong:
            raise HtpasswdProblem("\n".join(wrong))
        return cls(hashes)

    def verify(self, login: str, password: str) -> bool:
        """Say whether the password is this name's. An unknown name takes as long as a known one."""
        known = self._hashes.get(login)
        hash_ = known if known is not None else self._decoy
        if hash_.startswith(ARGON2):
            return self._verify_argon2(hash_, password)
        octets = password.encode("utf-8", "surrogatepass")
        if b"\0" in octets:
            return False
        return bcrypt.checkpw(octets[:BCRYPT_MAX_OCTETS], hash_.encode()) and known is not None

    def _verify_argon2(self, hash_: str, password: str) -> bool:
        try:
            return self._argon2.verify(hash_, password.encode("utf-8", "surrogatepass"))
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


def _what_is_wrong(name: str, colon: str, hash_: str, known: Mapping[str, str]) -> str:
    if not name or not colon:
        return "is no line of the form name:hash"
    if name in known:
        return "repeats a log-in name"
    if not hash_.startswith((*BCRYPT, ARGON2)):
        return "its hash is neither bcrypt nor Argon2; make it anew with `htpasswd -B`"
    if not _is_usable(hash_):
        return "its hash is damaged; make it anew with `htpasswd -B`"
    return ""


def _is_usable(hash_: str) -> bool:
    if hash_.startswith(BCRYPT):
        match = _BCRYPT.fullmatch(hash_)
        return match is not None and MIN_COST <= int(match.group(1)) <= MAX_COST
    try:
        argon2.extract_parameters(hash_)
    except (ValueError, argon2.exceptions.InvalidHashError):
        return False
    return True
