"""Which sites do devices refuse to open under our certificate, and might be passed through?

An app with a pinned certificate breaks its connection when it is shown the school's. Each proxy
worker counts such refusals per host in a bounded table and writes it to
`run/cert-refusals-<worker>.json` in the state directory; a person reads the sum of all tables as
proposals for a pass-through list. Counts and hosts only: nothing says which device it was.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proxy.decision.names import NameProblem, canonical_host

MAX_HOSTS = 1_000
PREFIX = "cert-refusals-"
VERSION = 1
SPOKEN = ("unknown ca", "bad certificate", "certificate unknown", "unsupported certificate", "access denied")
SILENT = "connection closed"


@dataclass(frozen=True, slots=True)
class Refused:
    """How often one host's connections broke at our certificate.

    spoken    the client said that it does not accept the certificate (a TLS alert)
    silent    it hung up instead, which can have other causes
    """

    host: str
    spoken: int
    silent: int
    first: datetime
    last: datetime


class CertificateRefusals:
    """One worker's table, bounded; the host refused least makes room.

    path    where `save` writes it
    """

    def __init__(self, path: Path, max_hosts: int = MAX_HOSTS) -> None:
        self._path = path
        self._max_hosts = max_hosts
        self._hosts: dict[str, Refused] = {one.host: one for one in _read(path)}
        self._changed = False

    def saw(self, host: str, error: str, at: datetime | None = None) -> bool:
        """Count a failed handshake if it looks like a refused certificate, and say whether it does.

        error   mitmproxy's words for what went wrong
        at      aware; None: now
        """
        words = error.lower()
        spoken = any(phrase in words for phrase in SPOKEN)
        if not spoken and SILENT not in words:
            return False
        at = at or datetime.now(UTC)
        known = self._hosts.get(host)
        if known is None:
            self._make_room()
            known = Refused(host, 0, 0, at, at)
        self._hosts[host] = replace(
            known, spoken=known.spoken + spoken, silent=known.silent + (not spoken), last=at
        )
        self._changed = True
        return True

    def _make_room(self) -> None:
        if len(self._hosts) >= self._max_hosts:
            least = min(self._hosts.values(), key=lambda one: (one.spoken, one.silent, one.last))
            del self._hosts[least.host]

    def save(self) -> None:
        """Write the table when it has changed since the last time. Raises OSError."""
        if not self._changed:
            return
        plain = {"version": VERSION, "hosts": [_plain(one) for one in self._hosts.values()]}
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(plain, file)
        beside.replace(self._path)
        self._changed = False

    def __len__(self) -> int:
        return len(self._hosts)


def table_path(state: Path, worker: int) -> Path:
    """Where a worker's table lies."""
    return state / "run" / f"{PREFIX}{worker}.json"


def proposals(state: Path, at_least: int = 5) -> tuple[Refused, ...]:
    """Sum up all workers' tables: hosts refused at least so often, the most refused first.

    A host counts when clients said no; hanging up alone proposes nothing.
    """
    found: dict[str, Refused] = {}
    for path in sorted((state / "run").glob(f"{PREFIX}*.json")):
        for one in _read(path):
            other = found.get(one.host)
            found[one.host] = one if other is None else _sum(one, other)
    often = [one for one in found.values() if one.spoken >= at_least]
    return tuple(sorted(often, key=lambda one: (-one.spoken, one.host)))


def _sum(one: Refused, other: Refused) -> Refused:
    return Refused(
        one.host,
        one.spoken + other.spoken,
        one.silent + other.silent,
        min(one.first, other.first),
        max(one.last, other.last),
    )


def _plain(one: Refused) -> dict[str, Any]:
    return {
        "host": one.host,
        "spoken": one.spoken,
        "silent": one.silent,
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
    }


def _read(path: Path) -> Iterator[Refused]:
    """The rows of a table; a file that cannot be used has none: it is a help, not a record."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    rows = plain.get("hosts") if isinstance(plain, dict) and plain.get("version") == VERSION else None
    for row in rows if isinstance(rows, list) else ():
        one = _row(row)
        if one is not None:
            yield one


def _row(row: object) -> Refused | None:
    if not isinstance(row, Mapping):
        return None
    try:
        first, last = datetime.fromisoformat(row["first"]), datetime.fromisoformat(row["last"])
        one = Refused(canonical_host(row["host"]), int(row["spoken"]), int(row["silent"]), first, last)
    except (KeyError, TypeError, ValueError, AttributeError, NameProblem):
        return None
    return one if first.tzinfo and last.tzinfo else None
