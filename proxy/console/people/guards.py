# ruff: noqa: S608  (the names of tables are constants)
"""What does the database itself refuse about people, whatever the code above it does?

Triggers, for SQLite and for PostgreSQL, beside the constraints that stand in the models: an auditor has no
other duty at the same time (S87), and nobody whom a record or a decision names is ever deleted (S29).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

PERSON, DUTY = "people_person", "people_duty"
FIRST, LAST = "'0001-01-01'", "'9999-12-31'"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events on a table are refused, when, and in which words."""

    table: str
    event: str
    when: str
    words: str


def _clashes(vendor: str) -> str:
    """Whether another duty of the person goes on while this one does, and one of them is an auditor's."""
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    begins, ends = f"COALESCE(NEW.begins, {FIRST})", f"COALESCE(NEW.ends, {LAST})"
    others_begin, others_end = f"COALESCE(other.begins, {FIRST})", f"COALESCE(other.ends, {LAST})"
    return f"""EXISTS (
        SELECT 1 FROM {DUTY} AS other
        WHERE other.person_id = NEW.person_id AND other.id {differs} NEW.id AND other.kind <> NEW.kind
            AND 'auditor' IN (other.kind, NEW.kind)
            AND {begins} <= {ends} AND {others_begin} <= {others_end}
            AND {others_begin} <= {ends} AND {begins} <= {others_end})"""


def rules(vendor: str) -> Mapping[str, Rule]:
    """All rules by the name of their trigger. Raises NotImplementedError for other databases."""
    if vendor not in ("sqlite", "postgresql"):
        raise NotImplementedError(f"people have no triggers for {vendor}; use SQLite or PostgreSQL")
    alone = "an auditor has no other duty at the same time"
    kept = "whoever was known stays in the records"
    return {
        "people_duty_given_alone": Rule(DUTY, "INSERT", _clashes(vendor), alone),
        "people_duty_changed_alone": Rule(DUTY, "UPDATE", _clashes(vendor), alone),
        "people_duty_is_kept": Rule(DUTY, "DELETE", "1 = 1", "a duty that ended keeps its row"),
        "people_person_is_kept": Rule(PERSON, "DELETE", "1 = 1", kept),
    }


def lay(connection: BaseDatabaseWrapper) -> None:
    """Set all triggers, in place of any of the same name. Raises NotImplementedError for other databases."""
    with connection.cursor() as cursor:
        for name, rule in rules(connection.vendor).items():
            for statement in (
                _sqlite(name, rule) if connection.vendor == "sqlite" else _postgresql(name, rule)
            ):
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are not there, are switched off, or (SQLite) say something else."""
    wanted = rules(connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            laid = dict(cursor.fetchall())
            return sorted(name for name, rule in wanted.items() if laid.get(name) != _sqlite(name, rule)[-1])
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        return sorted(wanted.keys() - {name for (name,) in cursor.fetchall()})


def _sqlite(name: str, rule: Rule) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"""CREATE TRIGGER {name} BEFORE {rule.event} ON {rule.table} WHEN {rule.when}
        BEGIN SELECT RAISE(ABORT, 'people: {rule.words}'); END""",
    ]


def _postgresql(name: str, rule: Rule) -> list[str]:
    row = "OLD" if rule.event == "DELETE" else "NEW"
    return [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
            IF {rule.when} THEN
                RAISE EXCEPTION 'people: {rule.words}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN {row};
        END$$""",
        f"DROP TRIGGER IF EXISTS {name} ON {rule.table}",
        f"CREATE TRIGGER {name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
