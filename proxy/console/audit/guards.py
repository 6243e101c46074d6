# ruff: noqa: S608  (the names of tables are constants)
"""What does the database itself refuse to do to the record?

A record is never changed and never deleted, one is only added if it follows the head, and the head only moves
to the last record. Whoever owns the database can take the triggers away; `triggers.missing` says so, and the
chain shows what was done meanwhile.
"""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from proxy.console.audit.triggers import Guard, kept, same

RECORDS = "audit_auditrecord"
HEAD = "audit_audithead"
_NOT_NOW = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN})
_ROW = re.compile(r"row ([0-9]{1,18}) missing from index")

_FOLLOWS = f"""EXISTS (SELECT 1 FROM {HEAD} h
    WHERE h.id = 1 AND NEW.number = h.number + 1 AND NEW.previous = h.hash)"""
_IS_LAST = f"""EXISTS (SELECT 1 FROM {RECORDS} r
    WHERE r.number = NEW.number AND r.hash = NEW.hash
        AND r.previous = OLD.hash AND r.number = OLD.number + 1)"""
_FIRST = f"""NEW.id = 1 AND NEW.number = 0
    AND NOT EXISTS (SELECT 1 FROM {HEAD}) AND NOT EXISTS (SELECT 1 FROM {RECORDS})"""
_MOVE_HEAD = f"UPDATE {HEAD} SET number = NEW.number, hash = NEW.hash WHERE id = 1"


def rules(vendor: str) -> Mapping[str, Guard]:
    """All guards of the record by the names of their triggers."""
    follows = "the record does not follow the head"
    return {
        "audit_record_stays": Guard(RECORDS, "UPDATE", "a record is never changed"),
        **kept("audit_record", RECORDS, "a record is never deleted", (same("number"), same("hash")), vendor),
        "audit_record_follows": Guard(
            RECORDS, "INSERT", follows, f"NOT {_FOLLOWS}", locks=f"{HEAD} WHERE id = 1"
        ),
        "audit_record_is_head": Guard(RECORDS, "INSERT", does=_MOVE_HEAD),
        "audit_head_is_last": Guard(
            HEAD, "UPDATE", "the head is the last record", f"NEW.id <> 1 OR NOT {_IS_LAST}"
        ),
        **kept("audit_head", HEAD, "the head is never deleted", (same("id"),), vendor),
        "audit_head_is_one": Guard(HEAD, "INSERT", "there is one head", f"NOT ({_FIRST})"),
    }


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
