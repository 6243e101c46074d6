# ruff: noqa: S608  (the names of tables are constants)
"""What does the database itself refuse to do to the record?

Triggers, for SQLite and for PostgreSQL: a record is never changed and never deleted, one is only added if it
follows the head, and the head only moves to the last record. Whoever owns the database can take the triggers
away; `missing` says so, and the chain shows what was done meanwhile.
"""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

RECORDS = "audit_auditrecord"
HEAD = "audit_audithead"
_NOT_NOW = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN})
_ROW = re.compile(r"row ([0-9]{1,18}) missing from index")

_FOLLOWS = f"""NEW.number = (SELECT number + 1 FROM {HEAD} WHERE id = 1)
    AND NEW.previous = (SELECT hash FROM {HEAD} WHERE id = 1)"""
_IS_LAST = f"""NEW.id = 1 AND EXISTS (
    SELECT 1 FROM {RECORDS} WHERE number = NEW.number AND hash = NEW.hash AND previous = OLD.hash
        AND number = OLD.number + 1)"""

SQLITE: Mapping[str, str] = {
    "audit_record_stays": f"""
        BEFORE UPDATE ON {RECORDS}
        BEGIN SELECT RAISE(ABORT, 'audit: a record is never changed'); END""",
    "audit_record_is_kept": f"""
        BEFORE DELETE ON {RECORDS}
        BEGIN SELECT RAISE(ABORT, 'audit: a record is never deleted'); END""",
    # REPLACE deletes what is in its way without asking the trigger above: nothing may be in the way.
    "audit_record_follows": f"""
        BEFORE INSERT ON {RECORDS}
        WHEN NOT coalesce(({_FOLLOWS}), 0)
            OR EXISTS (SELECT 1 FROM {RECORDS} WHERE number = NEW.number OR hash = NEW.hash)
        BEGIN SELECT RAISE(ABORT, 'audit: the record does not follow the head'); END""",
    "audit_record_is_head": f"""
        AFTER INSERT ON {RECORDS}
        BEGIN UPDATE {HEAD} SET number = NEW.number, hash = NEW.hash WHERE id = 1; END""",
    "audit_head_is_last": f"""
        BEFORE UPDATE ON {HEAD}
        WHEN NOT coalesce(({_IS_LAST}), 0)
        BEGIN SELECT RAISE(ABORT, 'audit: the head is the last record'); END""",
    "audit_head_is_kept": f"""
        BEFORE DELETE ON {HEAD}
        BEGIN SELECT RAISE(ABORT, 'audit: the head is never deleted'); END""",
    "audit_head_is_one": f"""
        BEFORE INSERT ON {HEAD}
        WHEN NEW.id <> 1 OR NEW.number <> 0 OR EXISTS (SELECT 1 FROM {HEAD})
            OR EXISTS (SELECT 1 FROM {RECORDS})
        BEGIN SELECT RAISE(ABORT, 'audit: there is one head'); END""",
}

_FUNCTIONS: Mapping[str, str] = {
    "audit_refuse": """BEGIN
            RAISE EXCEPTION 'audit: %', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
        END""",
    # The head's row is locked first: the second of two who append at once sees what the first one did.
    "audit_follow": f"""BEGIN
            PERFORM 1 FROM {HEAD} WHERE id = 1 FOR UPDATE;
            IF NOT coalesce({_FOLLOWS}, false) THEN
                RAISE EXCEPTION 'audit: the record does not follow the head'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END""",
    "audit_move_head": f"""BEGIN
            UPDATE {HEAD} SET number = NEW.number, hash = NEW.hash WHERE id = 1;
            RETURN NULL;
        END""",
    "audit_check_head": f"""BEGIN
            IF NOT coalesce({_IS_LAST}, false) THEN
                RAISE EXCEPTION 'audit: the head is the last record'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END""",
    "audit_one_head": f"""BEGIN
            IF NEW.id <> 1 OR NEW.number <> 0 OR EXISTS (SELECT 1 FROM {HEAD})
                OR EXISTS (SELECT 1 FROM {RECORDS}) THEN
                RAISE EXCEPTION 'audit: there is one head' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END""",
}
_STAYS = "EXECUTE FUNCTION audit_refuse('a record is never changed')"
_KEPT = "EXECUTE FUNCTION audit_refuse('a record is never deleted')"
_HEAD_KEPT = "EXECUTE FUNCTION audit_refuse('the head is never deleted')"
POSTGRESQL: Mapping[str, tuple[str, str]] = {
    "audit_record_stays": (RECORDS, f"BEFORE UPDATE ON {RECORDS} FOR EACH STATEMENT {_STAYS}"),
    "audit_record_is_kept": (RECORDS, f"BEFORE DELETE ON {RECORDS} FOR EACH STATEMENT {_KEPT}"),
    "audit_record_is_kept_whole": (RECORDS, f"BEFORE TRUNCATE ON {RECORDS} FOR EACH STATEMENT {_KEPT}"),
    "audit_record_follows": (
        RECORDS,
        f"BEFORE INSERT ON {RECORDS} FOR EACH ROW EXECUTE FUNCTION audit_follow()",
    ),
    "audit_record_is_head": (
        RECORDS,
        f"AFTER INSERT ON {RECORDS} FOR EACH ROW EXECUTE FUNCTION audit_move_head()",
    ),
    "audit_head_is_last": (HEAD, f"BEFORE UPDATE ON {HEAD} FOR EACH ROW EXECUTE FUNCTION audit_check_head()"),
    "audit_head_is_kept": (HEAD, f"BEFORE DELETE ON {HEAD} FOR EACH STATEMENT {_HEAD_KEPT}"),
    "audit_head_is_kept_whole": (HEAD, f"BEFORE TRUNCATE ON {HEAD} FOR EACH STATEMENT {_HEAD_KEPT}"),
    "audit_head_is_one": (HEAD, f"BEFORE INSERT ON {HEAD} FOR EACH ROW EXECUTE FUNCTION audit_one_head()"),
}


def lay(connection: BaseDatabaseWrapper) -> None:
    """Set all triggers, in place of any of the same name. Raises NotImplementedError for other databases."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def _statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            statement
            for name, body in SQLITE.items()
            for statement in (f"DROP TRIGGER IF EXISTS {name}", f"CREATE TRIGGER {name} {body}")
        ]
    if vendor == "postgresql":
        functions = [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
            for name, body in _FUNCTIONS.items()
        ]
        return functions + [
            statement
            for name, (table, rest) in POSTGRESQL.items()
            for statement in (f"DROP TRIGGER IF EXISTS {name} ON {table}", f"CREATE TRIGGER {name} {rest}")
        ]
    raise NotImplementedError(f"the audit log has no triggers for {vendor}; use SQLite or PostgreSQL")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are not there, are switched off, or do something else."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            laid = dict(cursor.fetchall())
            return sorted(
                name for name, body in SQLITE.items() if laid.get(name) != f"CREATE TRIGGER {name} {body}"
            )
        cursor.execute(
            "SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true), proname, prosrc"
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
        laid = cursor.fetchall()
    # The whole definition: another table, moment or condition makes a trigger that never refuses.
    on = {
        name
        for name, definition, function, body in laid
        if name in POSTGRESQL
        and definition == f"CREATE TRIGGER {name} {POSTGRESQL[name][1]}"
        and _FUNCTIONS.get(function) == body
    }
    return sorted(POSTGRESQL.keys() - on)


def is_out_of_reach(error: Exception) -> bool:
    """Say whether it is the database that cannot be had now, and nothing is said of what it holds."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # What Python's module itself cannot read (a text that is no UTF-8) has no code.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _NOT_NOW
    return isinstance(error, InterfaceError | OperationalError)


@dataclass(frozen=True, slots=True)
class Damage:
    """What SQLite says about its pages.

    number   of the record whose entry in an index is not as it should be; None: no one record is named
    """

    number: int | None
    what: str


def damage(connection: BaseDatabaseWrapper) -> Damage | None:
    """What SQLite finds wrong with the pages that hold the record; None: nothing, or another database."""
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        for table in (RECORDS, HEAD):
            cursor.execute(f"PRAGMA integrity_check({table})")
            said = [" ".join(str(row[0]).split()) for row in cursor.fetchall()]
            if said != ["ok"]:
                # A record's number is its row's.
                rows = {int(match[1]): line for line in said if (match := _ROW.match(line))}
                number = min(rows, default=None) if table == RECORDS else None
                return Damage(number, f"{table}: {rows[number] if number is not None else said[0]}")
    return None
