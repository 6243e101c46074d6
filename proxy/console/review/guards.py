"""What does the database itself refuse, whatever the code above it does?

Triggers, for SQLite and for PostgreSQL. A decider has not asked; who answers an appeal had no part in the
first decision; two signatures are two people's, and the second names one that was given; what the law forbids
is not approved; a state follows another only as the table of steps has it; and what was decided, done and
frozen is never changed and never deleted (S83, S84, S87).
"""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

CASE, ASKING, DECISION = "review_case", "review_asking", "review_decision"
APPEAL, MOVE, OPENING, TICKET = "review_appeal", "review_move", "review_opening", "review_seenticket"

FOLLOWS = (
    "submitted>in_review", "submitted>withdrawn", "in_review>submitted", "in_review>needs_answer",
    "in_review>approved", "in_review>denied", "in_review>withdrawn", "needs_answer>in_review",
    "needs_answer>denied", "needs_answer>submitted", "needs_answer>withdrawn", "denied>appealed",
    "denied>closed", "appealed>in_appeal", "appealed>withdrawn", "in_appeal>appealed", "in_appeal>approved",
    "in_appeal>closed", "in_appeal>withdrawn", "approved>revoked", "approved>expired",
)  # fmt: skip
"""Which state may follow which; the same as in `workflow.TABLE`, kept here as this migration laid it down."""

_FIRST = "('first', 'instructional', 'technical')"
_ON_APPEAL = "NEW.stage IN ('appeal', 'appeal_endorsement')"
_APPROVES = "NEW.outcome IN ('approved', 'narrowed', 'overturned')"


def _asked(person: str) -> str:
    """Whether somebody asked for the case, also by a ticket alone."""
    return f"""EXISTS (SELECT 1 FROM {ASKING} a WHERE a.case_id = NEW.case_id AND (
        a.asker_id = {person} OR (a.subject <> '' AND a.subject =
            (SELECT p.sourced_id FROM people_person p WHERE p.id = {person}))))"""


def _had_a_part(person: str) -> str:
    return f"""(EXISTS (SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id AND d.stage IN {_FIRST}
            AND (d.decider_id = {person} OR d.second_id = {person}))
        OR EXISTS (SELECT 1 FROM {MOVE} m WHERE m.case_id = NEW.case_id AND m.by_id = {person}
            AND m.step IN ('claim', 'take_over'))
        OR EXISTS (SELECT 1 FROM {APPEAL} b WHERE b.case_id = NEW.case_id AND b.by_id = {person}))"""


def _yes(vendor: str, question: str) -> str:
    if vendor == "sqlite":
        return f"coalesce(json_extract(NEW.checklist, '$.{question}.answer'), -1) = 1"
    return f"coalesce(NEW.checklist->'{question}'->>'answer', '') = 'true'"


def _unanswered(vendor: str, question: str) -> str:
    if vendor == "sqlite":
        return f"coalesce(json_type(NEW.checklist, '$.{question}.answer'), '') NOT IN ('true', 'false')"
    return f"coalesce(jsonb_typeof(NEW.checklist->'{question}'->'answer'), '') <> 'boolean'"


def _decision_rules(vendor: str) -> dict[str, tuple[str, str]]:
    """Name -> (when a decision is refused, in which words)."""
    kind = f"(SELECT k.kind FROM {CASE} k WHERE k.id = NEW.case_id)"
    questions = ("obscene", "child_pornography", "harmful_to_minors")
    unanswered = " OR ".join(_unanswered(vendor, question) for question in questions)
    forbidden = f"{_yes(vendor, 'obscene')} OR {_yes(vendor, 'child_pornography')}"
    earlier = forbidden.replace("NEW.", "d.")
    other = "CASE NEW.stage WHEN 'technical' THEN 'instructional' WHEN 'instructional' THEN 'technical' END"
    return {
        "review_decider_not_asker": (
            f"{_asked('NEW.decider_id')} OR {_asked('NEW.second_id')}",
            "whoever asked does not decide",
        ),
        "review_appeal_by_others": (
            f"{_ON_APPEAL} AND ({_had_a_part('NEW.decider_id')})",
            "an appeal is answered by somebody who had no part in the case",
        ),
        "review_appeal_there_is": (
            f"{_ON_APPEAL} AND NOT EXISTS (SELECT 1 FROM {APPEAL} b WHERE b.case_id = NEW.case_id)",
            "there is no appeal to decide on",
        ),
        "review_two_tracks_two_people": (
            f"""EXISTS (SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id AND d.stage = {other}
                AND d.outcome = 'endorsed' AND d.decider_id = NEW.decider_id)
                AND NEW.outcome <> 'denied'""",
            "the two reviews are made by two people",
        ),
        "review_correction_by_two": (
            f"""NEW.listing = 'correction' AND {_APPROVES} AND (NEW.second_id IS NULL
                OR NEW.second_id = NEW.decider_id OR NOT EXISTS (
                    SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id AND d.outcome = 'endorsed'
                    AND d.listing = 'correction' AND d.decider_id = NEW.second_id))""",
            "a correction has two signers, and the first one has signed",
        ),
        "review_resource_by_two": (
            f"""{kind} = 'resource' AND NEW.outcome IN ('approved', 'narrowed') AND NOT ({_ON_APPEAL})
                AND (NEW.second_id IS NULL OR NEW.second_id = NEW.decider_id OR NOT EXISTS (
                    SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id AND d.outcome = 'endorsed'
                    AND d.decider_id = NEW.second_id))""",
            "a resource has an instructional and a technical signature",
        ),
        "review_questions_answered": (
            f"{kind} IN ('unblock', 'resource', 'should_block') AND ({unanswered})",
            "the questions of the law are answered before any decision",
        ),
        "review_law_forbids": (
            f"{kind} IN ('unblock', 'resource') AND {_APPROVES} AND ({forbidden})",
            "what the law forbids is not approved",
        ),
        "review_yes_stays": (
            f"""{kind} IN ('unblock', 'resource') AND {_APPROVES} AND NEW.listing <> 'correction' AND EXISTS (
                SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id AND ({earlier}))""",
            "after a yes a case goes on as a correction alone",
        ),
    }


_KEPT = {
    DECISION: "a decision is never changed",
    MOVE: "the history of a case is never changed",
    APPEAL: "an appeal is never changed",
    TICKET: "a used ticket stays used",
}
_FROZEN = {
    ASKING: ("case_id", "asker_id", "subject", "at", "ticket", "evidence", "url", "purpose", "audience"),
    OPENING: (
        "case_id",
        "decision_id",
        "action",
        "host",
        "path",
        "query",
        "exact",
        "category",
        "audience",
        "begins",
        "ends",
    ),
    CASE: ("kind", "lane", "school", "host", "path", "query", "reach", "opened_at"),
}
_ALONE = {
    CASE: ("o.id = NEW.id", "o.join_key = NEW.join_key"),
    ASKING: (
        "o.id = NEW.id",
        "o.ticket = NEW.ticket",
        "o.case_id = NEW.case_id AND o.asker_id = NEW.asker_id",
        "o.case_id = NEW.case_id AND o.subject = NEW.subject AND coalesce(o.asker_id, NEW.asker_id) IS NULL",
    ),
    DECISION: ("o.id = NEW.id", "o.case_id = NEW.case_id AND o.stage = NEW.stage"),
    MOVE: ("o.id = NEW.id",),
    APPEAL: ("o.id = NEW.id", "o.case_id = NEW.case_id"),
    TICKET: ("o.ticket = NEW.ticket",),
    OPENING: ("o.id = NEW.id",),
}
"""What no other row of a table is like. SQLite's REPLACE deletes what is in its way without asking the
triggers on DELETE: nothing may be in the way."""


def _rules(vendor: str) -> dict[str, tuple[str, str, str, str]]:
    """Name -> (table, event, when it is refused, in which words)."""
    rules = {
        name: (DECISION, "INSERT", when, words) for name, (when, words) in _decision_rules(vendor).items()
    }
    same = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    for table, columns in _FROZEN.items():
        changed = " OR ".join(f"NEW.{column} {same} OLD.{column}" for column in columns)
        rules[f"{table}_is_frozen"] = (table, "UPDATE", changed, "what was asked and opened is never changed")
    revived = f"OLD.revoked_at IS NOT NULL AND NEW.revoked_at {same} OLD.revoked_at"
    rules["review_opening_stays_revoked"] = (OPENING, "UPDATE", revived, "what was revoked stays revoked")
    allowed = ", ".join(f"'{pair}'" for pair in FOLLOWS)
    rules["review_case_follows_the_table"] = (
        CASE,
        "UPDATE",
        f"NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({allowed})",
        "no step leads from that state to this one",
    )
    rules["review_case_begins_submitted"] = (
        CASE, "INSERT", "NEW.state <> 'submitted'", "a case begins as submitted",
    )  # fmt: skip
    rules["review_decider_does_not_join"] = (
        ASKING,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id AND d.decider_id = NEW.asker_id)",
        "whoever has decided does not ask for the same",
    )
    rules["review_opening_by_approval"] = (
        OPENING,
        "INSERT",
        f"""NOT EXISTS (SELECT 1 FROM {DECISION} d WHERE d.id = NEW.decision_id AND d.case_id = NEW.case_id
            AND d.outcome IN ('approved', 'narrowed', 'overturned'))""",
        "only an approval of the same case opens something",
    )
    for table, words in _KEPT.items():
        rules[f"{table}_stays"] = (table, "UPDATE", "1 = 1", words)
    for table in (*_KEPT, *_FROZEN):
        words = "what was asked, decided and done is kept"
        rules[f"{table}_is_kept"] = (table, "DELETE", "1 = 1", words)
        if vendor == "postgresql":
            rules[f"{table}_is_kept_whole"] = (table, "TRUNCATE", "1 = 1", words)
    for table, ways in _ALONE.items() if vendor == "sqlite" else ():
        alike = " OR ".join(f"EXISTS (SELECT 1 FROM {table} o WHERE {way})" for way in ways)
        rules[f"{table}_is_new"] = (table, "INSERT", alike, "nothing takes the place of what there is")
    return rules


def lay(connection: BaseDatabaseWrapper) -> None:
    """Set all triggers, in place of any of the same name. Raises NotImplementedError for other databases."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def _statements(vendor: str) -> list[str]:
    if vendor not in ("sqlite", "postgresql"):
        raise NotImplementedError(f"requests have no triggers for {vendor}; use SQLite or PostgreSQL")
    return [
        statement
        for name, (table, *rule) in _rules(vendor).items()
        for statement in (
            _sqlite(name, table, *rule) if vendor == "sqlite" else _postgresql(name, table, *rule)
        )
    ]


def _sqlite(name: str, table: str, event: str, when: str, words: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {name}", _sqlite_trigger(name, table, event, when, words)]


def _sqlite_trigger(name: str, table: str, event: str, when: str, words: str) -> str:
    return f"""CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when}
        BEGIN SELECT RAISE(ABORT, 'review: {words}'); END"""


def _postgresql(name: str, table: str, event: str, when: str, words: str) -> list[str]:
    body = _postgresql_body(event, when, words)
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()",
    ]


def _postgresql_body(event: str, when: str, words: str) -> str:
    # A condition in the function, not in WHEN, which knows no subqueries.
    row = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(event, "NEW")
    return f"""BEGIN
            IF {when} THEN
                RAISE EXCEPTION 'review: {words}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN {row};
        END"""


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are not there, are switched off, or say something else."""
    rules: Mapping[str, tuple[str, str, str, str]] = _rules(connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            laid = dict(cursor.fetchall())
            return sorted(
                name for name, rule in rules.items() if laid.get(name) != _sqlite_trigger(name, *rule)
            )
        cursor.execute(
            "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
        on = dict(cursor.fetchall())
        return sorted(name for name, (_, *rule) in rules.items() if on.get(name) != _postgresql_body(*rule))
