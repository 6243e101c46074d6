# ruff: noqa: S608  (the names of tables are constants)
"""How does a database come to refuse what it must, and does it still?

One builder of triggers, for SQLite and for PostgreSQL. Each app of the console that has a `guards.py` says
there what is refused. Whoever owns the database can take triggers away or change them; `missing` says so.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import module_has_submodule

VENDORS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Guard:
    """What a table refuses at an event, or does after it.

    event   INSERT, UPDATE, DELETE, or TRUNCATE, which only PostgreSQL knows
    words   why it is refused; the app's name is put before them
    when    an SQL condition over NEW and OLD; NULL counts as no
    locks   `table WHERE condition`: rows that are locked before `when` is looked at, so that of two who write
            at once the second one sees what the first one wrote. SQLite has one writer at a time anyway
    does    a statement to run after the event, in place of a refusal
    """

    table: str
    event: str
    words: str = ""
    when: str = "1 = 1"
    locks: str = ""
    does: str = ""


Rules = Callable[[str], Mapping[str, Guard]]
"""All guards of an app by the names of their triggers, for a database (`sqlite` or `postgresql`)."""


def differs(vendor: str) -> str:
    """How two values are compared of which either may be NULL."""
    return "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"


def same(*columns: str) -> str:
    """The condition that another row, `o`, has the same in these columns as the new one."""
    return " AND ".join(f"o.{column} = NEW.{column}" for column in columns)


def kept(name: str, table: str, words: str, alike: Sequence[str], vendor: str) -> dict[str, Guard]:
    """Keep the rows of a table: none is deleted, and none replaced.

    alike   conditions over `o` and NEW, one for each unique key. SQLite's REPLACE deletes what is in its way
            without asking the triggers on DELETE: nothing may be in the way
    """
    guards = {f"{name}_is_kept": Guard(table, "DELETE", words)}
    if vendor == "postgresql":
        return guards | {f"{name}_is_kept_whole": Guard(table, "TRUNCATE", words)}
    place = "nothing takes the place of what there is"
    new = " OR ".join(f"EXISTS (SELECT 1 FROM {table} o WHERE {way})" for way in alike)
    moved = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} o WHERE {way} AND o.rowid <> OLD.rowid)" for way in alike
    )
    return guards | {
        f"{name}_is_new": Guard(table, "INSERT", place, new),
        f"{name}_is_alone": Guard(table, "UPDATE", place, moved),
    }


def changed(columns: Sequence[str], vendor: str) -> str:
    """The condition that an update changes one of these columns."""
    return " OR ".join(f"NEW.{column} {differs(vendor)} OLD.{column}" for column in columns)


def of_all_apps(vendor: str) -> Mapping[str, Guard]:
    """The guards of all apps of the console."""
    found: dict[str, Guard] = {}
    for app in apps.get_app_configs():
        if app.name.startswith("proxy.") and module_has_submodule(app.module, "guards"):
            found |= import_module(f"{app.name}.guards").rules(vendor)
    return found


def lay(connection: BaseDatabaseWrapper, rules: Rules) -> None:
    """Set all triggers, in place of any of the same name. Raises NotImplementedError for other databases."""
    build = _sqlite if _known(connection.vendor) == "sqlite" else _postgresql
    with connection.cursor() as cursor:
        for name, guard in rules(connection.vendor).items():
            for statement in build(name, guard):
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper, rules: Rules) -> list[str]:
    """The names of triggers that are not there, are switched off, or say something else than they should."""
    wanted, there = digests(connection.vendor, rules), there_are(connection)
    return sorted(name for name, digest in wanted.items() if (name, digest) not in there)


def digests(vendor: str, rules: Rules) -> Mapping[str, str]:
    """What tells each trigger from every other, by its name, once it is laid as it should be."""
    if _known(vendor) == "sqlite":
        return {name: _digest(_sqlite(name, guard)[-1]) for name, guard in rules(vendor).items()}
    # The whole definition: another table, moment or condition makes a trigger that never refuses.
    return {
        name: _digest(_postgresql(name, guard)[-1], name, _body(name, guard))
        for name, guard in rules(vendor).items()
    }


def there_are(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    """Name and digest of every trigger of the database that acts."""
    laid = _LAID_ON_SQLITE if connection.vendor == "sqlite" else _LAID_ON_POSTGRESQL
    with connection.cursor() as cursor:
        cursor.execute(laid)
        return {(name, _digest(*told)) for name, *told in cursor.fetchall()}


def drop(connection: BaseDatabaseWrapper, names: Collection[str]) -> None:
    """Take triggers of these names away, wherever they are."""
    acting = _ACTING_ON_SQLITE if connection.vendor == "sqlite" else _ACTING_ON_POSTGRESQL
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(acting)
        for name, table in cursor.fetchall():
            if name in names:
                of_table = "" if connection.vendor == "sqlite" else f" ON {quoted(table)}"
                cursor.execute(f"DROP TRIGGER {quoted(name)}{of_table}")


def foreign(connection: BaseDatabaseWrapper, rules: Rules) -> list[str]:
    """What acts on the tables of these guards and is none of them: it could write other rows."""
    wanted = rules(_known(connection.vendor))
    tables = {guard.table for guard in wanted.values()}
    acting = _ACTING_ON_SQLITE if connection.vendor == "sqlite" else _ACTING_ON_POSTGRESQL
    with connection.cursor() as cursor:
        cursor.execute(acting)
        found = {(name, table) for name, table in cursor.fetchall() if name not in wanted}
    return sorted(f"{name} on {table}" for name, table in found if table in tables)


_ACTING_ON_SQLITE = "SELECT name, lower(tbl_name) FROM sqlite_master WHERE type = 'trigger'"
_ACTING_ON_POSTGRESQL = """
    SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal
    UNION SELECT 'rule ' || rulename, tablename FROM pg_rules"""

_LAID_ON_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_LAID_ON_POSTGRESQL = """
    SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true), proname, prosrc
    FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang
    WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND lanname = 'plpgsql' AND proconfig IS NULL"""


def _known(vendor: str) -> str:
    if vendor not in VENDORS:
        raise NotImplementedError(f"the console has no triggers for {vendor}; use SQLite or PostgreSQL")
    return vendor


def _digest(*told: str) -> str:
    return sha256(json.dumps(told).encode()).hexdigest()[:32]


def _told(name: str, guard: Guard) -> str:
    return f"{name.partition('_')[0]}: {guard.words}"


def _sqlite(name: str, guard: Guard) -> list[str]:
    moment = "AFTER" if guard.does else "BEFORE"
    act = guard.does or f"SELECT RAISE(ABORT, '{_told(name, guard)}')"
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} {moment} {guard.event} ON {guard.table} WHEN {guard.when} BEGIN {act}; END",
    ]


def _postgresql(name: str, guard: Guard) -> list[str]:
    each = "STATEMENT" if guard.event == "TRUNCATE" else "ROW"
    moment = "AFTER" if guard.does else "BEFORE"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${_body(name, guard)}$$",
        f"DROP TRIGGER IF EXISTS {name} ON {guard.table}",
        f"CREATE TRIGGER {name} {moment} {guard.event} ON {guard.table} "
        f"FOR EACH {each} EXECUTE FUNCTION {name}()",
    ]


def _body(name: str, guard: Guard) -> str:
    # The condition stands in the function: a trigger's own WHEN knows no subqueries.
    lock = f"PERFORM 1 FROM {guard.locks} FOR NO KEY UPDATE; " if guard.locks else ""
    refuse = f"RAISE EXCEPTION '{_told(name, guard)}' USING ERRCODE = 'integrity_constraint_violation'"
    row = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(guard.event, "NEW")
    return f"BEGIN {lock}IF {guard.when} THEN {guard.does or refuse}; END IF; RETURN {row}; END"
