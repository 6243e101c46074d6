# ruff: noqa: S608  (the names of tables are constants)
"""What does the database itself refuse about people, whatever the code above it does?

Beside the constraints that stand in the models: an auditor has no other duty at the same time, a duty that
somebody gives is given by whoever administers the school then (S87), who answers for an account from outside
is of the staff and there (S78), and nobody whom a record or a decision names is ever deleted (S29).
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


def in_force(at: str, vendor: str, *, surely: bool = False) -> str:
    """Whether a duty, `h`, is in force at a moment.

    A duty's days are those of the school, whose time zone the database does not know: a day more counts on
    either side, or with `surely` a day less. Whoever has left, or is switched off, has none; `surely` does
    not ask.
    """
    before, after = _day_around(at, vendor)
    there = f"""AND EXISTS (SELECT 1 FROM {PERSON} w WHERE w.id = h.person_id AND w.enabled AND NOT w."left"
        AND (w.ends_on IS NULL OR w.ends_on >= {before}))"""
    if surely:
        before, after, there = after, before, ""
    return f"(h.begins IS NULL OR h.begins <= {after}) AND (h.ends IS NULL OR h.ends >= {before}) {there}"


def surely_there(at: str, vendor: str) -> str:
    """Whether a duty, `h`, is in force at a moment, and its person there, by any time zone."""
    _, after = _day_around(at, vendor)
    return f"""{in_force(at, vendor, surely=True)}
        AND EXISTS (SELECT 1 FROM {PERSON} w WHERE w.id = h.person_id AND w.enabled AND NOT w."left"
            AND (w.ends_on IS NULL OR w.ends_on >= {after}))"""


def _day_around(at: str, vendor: str) -> tuple[str, str]:
    if vendor == "sqlite":
        return f"date({at}, '-1 day')", f"date({at}, '+1 day')"
    return f"(({at} AT TIME ZONE 'UTC')::date - 1)", f"(({at} AT TIME ZONE 'UTC')::date + 1)"


def _no_administrator(vendor: str) -> str:
    """Whether somebody is named who gave the duty, and did not administer the school then."""
    return f"""NEW.assigned_by_id IS NOT NULL AND (NEW.assigned_at IS NULL OR NOT EXISTS (
        SELECT 1 FROM {DUTY} h
        WHERE h.person_id = NEW.assigned_by_id AND h.kind = 'administrator' AND h.school IN ('', NEW.school)
            AND {in_force("NEW.assigned_at", vendor)}))"""


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
    unasked, unadministered = "a duty is given by an administrator of the school", _no_administrator(vendor)
    known = (same("id"), same("login"), same("sourced_id"))
    return {
        "people_duty_given_alone": Guard(DUTY, "INSERT", alone, _clashes(vendor), theirs),
        "people_duty_changed_alone": Guard(DUTY, "UPDATE", alone, _clashes(vendor), theirs),
        "people_duty_given_by_administrator": Guard(DUTY, "INSERT", unasked, unadministered),
        "people_duty_changed_by_administrator": Guard(
            DUTY,
            "UPDATE",
            unasked,
            f"({changed(('assigned_by_id', 'assigned_at'), vendor)}) AND {unadministered}",
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
