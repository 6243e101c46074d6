# ruff: noqa: S608  (the names of tables are constants)
"""What does the database itself refuse about people, whatever the code above it does?

Beside the constraints that stand in the models: an auditor has no other duty at the same time, a duty that
somebody gives is an administrator's to give (S87), who answers for an account from outside is of the staff
and there (S78), and nobody whom a record or a decision names is ever deleted (S29).
"""

from collections.abc import Mapping

from proxy.console.audit.triggers import Guard, changed, differs, kept, same
from proxy.console.people.access import STAFF_ROLES

PERSON, DUTY = "people_person", "people_duty"
FIRST, LAST = "'0001-01-01'", "'9999-12-31'"
_STAFF = ", ".join(f"'{role}'" for role in sorted(STAFF_ROLES))
_NO_SPONSOR = f"""NEW.sponsor_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM {PERSON} s
    WHERE s.id = NEW.sponsor_id AND s.role IN ({_STAFF}) AND s.enabled AND NOT s."left")"""
_NO_ADMINISTRATOR = f"""NEW.assigned_by_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM {DUTY} h
    WHERE h.person_id = NEW.assigned_by_id AND h.kind = 'administrator' AND h.school IN ('', NEW.school))"""


def _clashes(vendor: str) -> str:
    """Whether another duty of the person goes on while this one does, and one of them is an auditor's."""
    begins, ends = f"COALESCE(NEW.begins, {FIRST})", f"COALESCE(NEW.ends, {LAST})"
    others_begin, others_end = f"COALESCE(other.begins, {FIRST})", f"COALESCE(other.ends, {LAST})"
    return f"""EXISTS (
        SELECT 1 FROM {DUTY} AS other
        WHERE other.person_id = NEW.person_id AND other.id {differs(vendor)} NEW.id AND other.kind <> NEW.kind
            AND 'auditor' IN (other.kind, NEW.kind)
            AND {begins} <= {ends} AND {others_begin} <= {others_end}
            AND {others_begin} <= {ends} AND {begins} <= {others_end})"""


def rules(vendor: str) -> Mapping[str, Guard]:
    """All guards of people by the names of their triggers."""
    alone = "an auditor has no other duty at the same time"
    theirs = f"{PERSON} WHERE id = NEW.person_id"
    answers = "who answers for an account from outside is of the staff, and there"
    # A sponsor who leaves later does not keep anything else about the account from being changed.
    anew = f"({changed(('sponsor_id',), vendor)}) AND {_NO_SPONSOR}"
    unasked = "a duty is given by an administrator of the school"
    known = (same("id"), same("login"), same("sourced_id"))
    return {
        "people_duty_given_alone": Guard(DUTY, "INSERT", alone, _clashes(vendor), theirs),
        "people_duty_changed_alone": Guard(DUTY, "UPDATE", alone, _clashes(vendor), theirs),
        "people_duty_given_by_administrator": Guard(DUTY, "INSERT", unasked, _NO_ADMINISTRATOR),
        "people_duty_changed_by_administrator": Guard(
            DUTY, "UPDATE", unasked, f"({changed(('assigned_by_id',), vendor)}) AND {_NO_ADMINISTRATOR}"
        ),
        "people_duty_is_one_duty": Guard(
            DUTY,
            "UPDATE",
            "a duty becomes no other one, and goes to nobody else",
            changed(("id", "person_id", "kind", "school"), vendor),
        ),
        "people_person_made_with_sponsor": Guard(PERSON, "INSERT", answers, _NO_SPONSOR),
        "people_person_changed_sponsor": Guard(PERSON, "UPDATE", answers, anew),
        **kept(
            DUTY,
            DUTY,
            "a duty that ended keeps its row",
            (same("id"), same("person_id", "kind", "school")),
            vendor,
        ),
        **kept(PERSON, PERSON, "whoever was known stays in the records", known, vendor),
    }
