"""Does this password belong to this log-in name?

Whatever can answer that is a `LoginSource`. `Logins` asks one and remembers, for a short while, what it
confirmed, because a browser sends the password with every connection and a password hash is slow on purpose.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol

MAX_LOGIN_CHARACTERS = 256
MAX_PASSWORD_OCTETS = 1024


class LoginSource(Protocol):
    """Something that knows log-in names and can check a password."""

    def verify(self, login: str, password: str) -> bool:
        """Say whether the password is this name's. Slow on purpose; never raises for wrong input."""


class Logins:
    """A log-in source with a memory for what it confirmed.

    clock      gives the present as an aware moment
    keep       how long a confirmed password needs no new check
    max_kept   how many confirmed log-ins are remembered

    Passwords are kept only as a keyed hash whose key lives as long as this object. Wrong passwords
    are never remembered: each is checked anew.
    """

    def __init__(
        self,
        source: LoginSource,
        clock: Callable[[], datetime],
        *,
        keep: timedelta = timedelta(minutes=5),
        max_kept: int = 5_000,
    ) -> None:
        self._source = source
        self._clock = clock
        self._keep = keep
        self._max_kept = max_kept
        self._key = secrets.token_bytes(32)
        self._confirmed: dict[str, tuple[datetime, bytes]] = {}

    def remembers(self, login: str, password: str) -> bool:
        """Say whether this very password was confirmed a short while ago. Takes microseconds."""
        known = self._confirmed.get(login)
        if known is None or self._clock() >= known[0] or not _plausible(login, password):
            return False
        return hmac.compare_digest(known[1], self._mark(password))

    def verify(self, login: str, password: str) -> bool:
        """Say whether the password is this log-in name's.

        An answer that is not remembered takes a tenth of a second or more: call it from a worker
        thread (`asyncio.to_thread`), never on an event loop.
        """
        if not _plausible(login, password):
            return False
        if self.remembers(login, password):
            return True
        now, mark = self._clock(), self._mark(password)
        if not self._source.verify(login, password):
            return False
        self._confirmed.pop(login, None)
        if len(self._confirmed) >= self._max_kept:
            del self._confirmed[next(iter(self._confirmed))]
        self._confirmed[login] = (now + self._keep, mark)
        return True

    def _mark(self, password: str) -> bytes:
        return blake2b(password.encode("utf-8", "surrogatepass"), key=self._key).digest()

    def forget(self) -> None:
        """Forget what was confirmed, as when the source has changed."""
        self._confirmed.clear()


def _plausible(login: str, password: str) -> bool:
    return bool(login) and len(login) <= MAX_LOGIN_CHARACTERS and len(password) <= MAX_PASSWORD_OCTETS // 4
