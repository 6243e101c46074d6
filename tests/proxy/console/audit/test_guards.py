"""What the database itself refuses."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)

from audited import acts, run, tampering
from postgres_server import DATABASE, PostgresServer
from proxy.console.audit import guards, triggers
from proxy.console.audit.models import AuditHead, AuditRecord

pytestmark = pytest.mark.django_db
COLUMNS = "number, at, actor, action, about, detail, previous, hash"


def copy_of_the_last(number: str, previous: str, hash_: str, how: str = "INSERT", after: str = "") -> str:
    return (
        f"{how} INTO audit_auditrecord ({COLUMNS}) SELECT {number}, at, actor, action, about, detail, "
        f"{previous}, {hash_} FROM audit_auditrecord WHERE number = 3 {after}"
    )


REFUSED = {
    "a change": "UPDATE audit_auditrecord SET actor = 'person:1' WHERE number = 2",
    "a deletion": "DELETE FROM audit_auditrecord WHERE number = 3",
    "a deletion of all": "DELETE FROM audit_auditrecord",
    "a number twice": copy_of_the_last("3", "previous", "'x'"),
    "a gap": copy_of_the_last("5", "hash", "'x'"),
    "a number from before": copy_of_the_last("0", "hash", "'x'"),
    "a record that follows another one": copy_of_the_last("4", "previous", "'x'"),
    "the head elsewhere": "UPDATE audit_audithead SET number = 2",
    "the head with another hash": "UPDATE audit_audithead SET hash = 'x'",
    "no head": "DELETE FROM audit_audithead",
    "two heads": "INSERT INTO audit_audithead (id, number, hash) VALUES (2, 0, 'x')",
}
ON_SQLITE = {
    "replacing a record": copy_of_the_last("3", "hash", "'x'", "INSERT OR REPLACE"),
    "replacing the record that has the hash": copy_of_the_last(
        "4", "hash", "(SELECT hash FROM audit_auditrecord WHERE number = 1)", "INSERT OR REPLACE"
    ),
    "replacing the head": "INSERT OR REPLACE INTO audit_audithead (id, number, hash) VALUES (1, 0, 'x')",
    "changing while ignoring": "UPDATE OR IGNORE audit_auditrecord SET actor = 'person:1'",
}
ON_POSTGRESQL = {
    "emptying the table": "TRUNCATE audit_auditrecord",
    "emptying the head's": "TRUNCATE audit_audithead",
    "changing in place of adding": copy_of_the_last(
        "number", "previous", "hash", after="ON CONFLICT (number) DO UPDATE SET actor = 'person:1'"
    ),
}


REFUSED |= ON_POSTGRESQL if DATABASE in os.environ else ON_SQLITE


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses(statement: str) -> None:
    acts(3)
    before = list(AuditRecord.objects.values())

    with pytest.raises(IntegrityError, match=r"audit: "), transaction.atomic():
        run(statement)

    assert list(AuditRecord.objects.values()) == before
    assert AuditHead.objects.get().number == 3


@pytest.mark.parametrize(
    "statement", [sql for what, sql in REFUSED.items() if what != "a number twice"], ids=str
)
def test_it_would_not_without_the_triggers(statement: str) -> None:
    acts(3)
    with tampering():
        run(statement)


def test_what_follows_the_head_moves_it() -> None:
    acts(3)
    run(copy_of_the_last("4", "hash", "'x'"))
    assert list(AuditHead.objects.values_list("number", "hash")) == [(4, "x")]


def test_every_trigger_is_there() -> None:
    assert triggers.missing(connection, guards.rules) == []


@pytest.mark.skipif(DATABASE not in os.environ, reason="PostgreSQL has roles")
def test_a_role_that_does_not_own_the_tables_appends_and_cannot_switch_the_triggers_off(
    postgres_server: PostgresServer,
) -> None:
    database = str(connection.settings_dict["NAME"])
    postgres_server.as_superuser("DROP ROLE IF EXISTS clerk; CREATE ROLE clerk; GRANT clerk TO schoolgate")
    postgres_server.as_superuser(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON audit_auditrecord, audit_audithead TO clerk", database
    )
    try:
        with transaction.atomic():
            run("SET LOCAL ROLE clerk")
            acts(2)
            for statement in (
                "ALTER TABLE audit_auditrecord DISABLE TRIGGER USER",
                "DROP TRIGGER audit_record_stays ON audit_auditrecord",
                "SET session_replication_role = replica",
            ):
                with (
                    pytest.raises(ProgrammingError, match=r"must be owner|permission denied"),
                    transaction.atomic(),
                ):
                    run(statement)
            run("RESET ROLE")
        assert AuditHead.objects.get().number == 2
    finally:
        transaction.set_rollback(True)


def _raised_by(statement: str) -> Exception:
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        run(statement)
    return raised.value


def test_a_database_that_cannot_be_had_is_told_from_one_that_is_damaged() -> None:
    assert not guards.is_out_of_reach(_raised_by("SELECT nothing FROM audit_auditrecord"))
    assert not guards.is_out_of_reach(ValueError("day is out of range for month"))
    gone = OperationalError("server closed the connection unexpectedly")
    assert guards.is_out_of_reach(gone)


def test_a_locked_sqlite_file_is_not_called_damaged(tmp_path: Path) -> None:
    file = tmp_path / "locked.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as first:
        first.execute("CREATE TABLE t (x)")
        first.execute("BEGIN EXCLUSIVE")
        with (
            closing(sqlite3.connect(file, timeout=0)) as second,
            pytest.raises(sqlite3.OperationalError) as raised,
        ):
            second.execute("SELECT * FROM t")
    error = OperationalError("database is locked")
    error.__cause__ = raised.value
    assert guards.is_out_of_reach(error)
