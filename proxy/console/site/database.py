"""Where does the console keep what it knows, and how is that opened?"""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from proxy.console.site.config import ConsoleConfig
from proxy.console.site.secret import read_secret
from proxy.settings.schema.console import SQLITE

WAIT_S = 10
"""Seconds for which a writer waits for another one."""

SQLITE_START = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
"""
"""FULL: what was acknowledged outlives a power cut, in WAL mode too."""


def databases(config: ConsoleConfig) -> dict[str, dict[str, Any]]:
    """Django's DATABASES. Raises SecretProblem when the password cannot be read."""
    console = config.console
    if console.database == SQLITE:
        return {"default": _sqlite(config)}
    file = console.database_password_file
    return {"default": postgresql(console.database, read_secret(file) if file is not None else "")}


def _sqlite(config: ConsoleConfig) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(config.database_file),
        "CONN_MAX_AGE": None,
        # IMMEDIATE takes the lock to write at the beginning: a transaction that read first and writes
        # then would otherwise fail at once, and not wait, when somebody else has written in between.
        "OPTIONS": {"timeout": WAIT_S, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_START},
    }


def postgresql(address: str, password: str = "") -> dict[str, Any]:
    """Django's entry for postgresql://user@host:port/name, or .../name?host=/directory/of/socket."""
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    options: dict[str, Any] = {"connect_timeout": WAIT_S, "application_name": "schoolgate-console"}
    if "sslmode" in query:
        options["sslmode"] = query["sslmode"][0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": password,
        "HOST": query["host"][0] if "host" in query else parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
