"""Where the console keeps what it knows."""

import sqlite3
import stat

import pytest
from django.db import connection

from proxy.console.site.config import config
from proxy.console.site.database import databases, postgresql
from proxy.console.site.secret import SecretProblem


def test_a_file_in_the_state_directory_unless_said_otherwise():
    one = databases(config())["default"]
    assert (one["ENGINE"], one["NAME"]) == ("django.db.backends.sqlite3", str(config().database_file))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param(
            "postgresql://console@db.example.org:5433/schoolgate?sslmode=verify-full",
            ("schoolgate", "console", "db.example.org", "5433", "verify-full"),
            id="over the network",
        ),
        pytest.param(
            "postgresql://console@/schoolgate?host=/run/postgresql",
            ("schoolgate", "console", "/run/postgresql", "", None),
            id="a socket",
        ),
        pytest.param(
            "postgresql://a%40b@[2001:db8::1]/x", ("x", "a@b", "2001:db8::1", "", None), id="signs and IPv6"
        ),
    ],
)
def test_postgresql_is_named_by_an_address(address, expected):
    one = postgresql(address, "hidden")
    assert (one["NAME"], one["USER"], one["HOST"], one["PORT"], one["OPTIONS"].get("sslmode")) == expected
    assert one["PASSWORD"] == "hidden"


def test_its_password_stands_in_a_file(with_console, tmp_path):
    file = tmp_path / "password"
    running = with_console(database="postgresql://console@db.example.org/x", database_password_file=file)
    with pytest.raises(SecretProblem, match="No such file"):
        databases(running)
    file.write_text("hidden\n")
    file.chmod(0o600)
    assert databases(running)["default"]["PASSWORD"] == "hidden"


@pytest.mark.django_db(transaction=True)
def test_sqlite_keeps_what_was_acknowledged_and_lets_writers_wait():
    if connection.vendor != "sqlite":
        pytest.skip("of SQLite")
    with connection.cursor() as cursor:
        said = {}
        for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
            cursor.execute(f"PRAGMA {pragma}")
            (said[pragma],) = cursor.fetchone()
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


@pytest.mark.django_db(transaction=True)
def test_a_transaction_takes_the_lock_at_its_beginning():
    from django.db import transaction

    if connection.vendor != "sqlite":
        pytest.skip("of SQLite")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_the_files_are_for_their_owner_alone(started):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (started.state / "console").iterdir()}
    assert modes.pop("static") == 0o700
    assert set(modes) >= {"console.sqlite3", "secret"}
    assert set(modes.values()) == {0o600}
