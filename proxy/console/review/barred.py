# ruff: noqa: S608  (the names of tables are constants)
"""Whom does the database itself keep from asking, holding, deciding and appealing (S84, S87)?

Who asked does not answer, and who answers does not ask; who answers has the duty for it; an appeal is put in
by who may, and answered by somebody who had no part in the case; two signatures are two people's. The code
says the same first, in words for the person: `separation`, `visibility`.
"""

from collections.abc import Mapping
from dataclasses import replace

from proxy.console.audit.triggers import Guard, differs

CASE, ASKING, DECISION = "review_case", "review_asking", "review_decision"
APPEAL, MOVE, OPENING, TICKET = "review_appeal", "review_move", "review_opening", "review_seenticket"

ON_APPEAL = "NEW.stage IN ('appeal', 'appeal_endorsement')"
APPROVES = "NEW.outcome IN ('approved', 'narrowed', 'overturned')"
_HELD = "('claim', 'take_over')"
_STAFF = ("reviewer", "technical_reviewer", "technician", "appeal_officer")

DECIDES = (
    "ordinary>first>reviewer", "ordinary>first>technical_reviewer", "ordinary>first>technician",
    "ordinary>instructional>reviewer", "ordinary>technical>technical_reviewer",
    "ordinary>technical>technician", "ordinary>appeal>appeal_officer", "ordinary>appeal>technician",
    "ordinary>appeal_endorsement>appeal_officer", "private>first>counselor", "private>appeal>appeal_officer",
)  # fmt: skip
"""Lane, stage and duty: who makes which decision."""
CLOSES = (*(f"ordinary>{duty}" for duty in _STAFF), "private>counselor")
"""Lane and duty: who closes again what was opened. The same staff record what a guardian appeals."""


def _one_of(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


def _asked(person: str, case: str = "NEW.case_id", still: str = "") -> str:
    """Whether somebody asked for a case, also by a ticket alone."""
    return f"""EXISTS (SELECT 1 FROM {ASKING} a WHERE a.case_id = {case} {still} AND (
        a.asker_id = {person} OR (a.subject <> '' AND a.subject =
            (SELECT p.sourced_id FROM people_person p WHERE p.id = {person}))))"""


def _decided(person: str) -> str:
    return f"""EXISTS (SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id
        AND (d.decider_id = {person} OR d.second_id = {person}))"""


def _held(person: str, case: str = "NEW.case_id") -> str:
    return f"""EXISTS (SELECT 1 FROM {MOVE} m WHERE m.case_id = {case} AND m.by_id = {person}
        AND m.step IN {_HELD})"""


def _had_a_part(person: str, case: str = "NEW.case_id") -> str:
    """Whether somebody decided first, held the case, put in the appeal, or signed it as the first of two."""
    return f"""(EXISTS (SELECT 1 FROM {DECISION} d WHERE d.case_id = {case}
            AND d.stage IN ('first', 'instructional', 'technical', 'appeal_endorsement')
            AND (d.decider_id = {person} OR d.second_id = {person}))
        OR {_held(person, case)}
        OR EXISTS (SELECT 1 FROM {APPEAL} b WHERE b.case_id = {case} AND b.by_id = {person}))"""


def _charged(person: str, duties: str, at: str, vendor: str, *, surely: bool = False) -> str:
    """Whether somebody has one of some duties at a moment: a condition over `h`, the duty, and `k`, the case.

    A duty's days are those of the school, whose time zone the database does not know: a day more counts on
    either side, or with `surely` a day less. Whoever has left, or is switched off, has none; `surely` does
    not ask.
    """
    if vendor == "sqlite":
        before, after = f"date({at}, '-1 day')", f"date({at}, '+1 day')"
    else:
        before, after = (f"(({at} AT TIME ZONE 'UTC')::date {sign} 1)" for sign in "-+")
    there = """AND EXISTS (
            SELECT 1 FROM people_person w WHERE w.id = h.person_id AND w.enabled AND NOT w."left")"""
    if surely:
        before, after, there = after, before, ""
    return f"""EXISTS (SELECT 1 FROM people_duty h JOIN {CASE} k ON k.id = NEW.case_id
        WHERE h.person_id = {person} AND ({duties}) {there}
            AND (h.begins IS NULL OR h.begins <= {after}) AND (h.ends IS NULL OR h.ends >= {before}))"""


def rules(vendor: str) -> Mapping[str, Guard]:
    """The guards against people by the names of their triggers; of two who write at once one waits."""
    of_a_case = _deciding(vendor) | _appealing(vendor) | _asking()
    the_case = f"{CASE} WHERE id = NEW.case_id"
    guards = {name: replace(guard, locks=the_case) for name, guard in of_a_case.items()}
    guards["review_case_is_held_by_others"] = _holding(vendor)
    guards["review_opening_closed_on_duty"] = _closing(vendor)
    return guards


def _deciding(vendor: str) -> dict[str, Guard]:
    kind = f"(SELECT k.kind FROM {CASE} k WHERE k.id = NEW.case_id)"
    other = """CASE NEW.stage WHEN 'technical' THEN 'instructional' WHEN 'instructional' THEN 'technical'
        WHEN 'appeal' THEN 'appeal_endorsement' END"""
    signed = f"""SELECT 1 FROM {DECISION} d
        WHERE d.case_id = NEW.case_id AND d.outcome = 'endorsed' AND d.stage = {other}"""
    unsigned = "(NEW.second_id IS NULL OR NEW.second_id = NEW.decider_id OR NOT EXISTS ({}))"
    # A correction's second track is a technician's; whether an exception is made is not.
    on_duty = f"""h.school IN ('', k.school)
        AND k.lane || '>' || NEW.stage || '>' || h.kind IN {_one_of(DECIDES)}
        AND (CASE WHEN NEW.listing = 'correction' THEN
                h.kind = 'technician' OR NEW.stage NOT IN ('technical', 'appeal')
            ELSE h.kind <> 'technician' OR NOT (NEW.stage = 'first' AND k.kind = 'unblock'
                OR NEW.stage = 'appeal' AND {APPROVES}) END)"""
    refusals = {
        "review_decider_not_asker": (
            f"{_asked('NEW.decider_id')} OR {_asked('NEW.second_id')}",
            "whoever asked does not decide",
        ),
        "review_decider_on_duty": (
            f"NOT {_charged('NEW.decider_id', on_duty, 'NEW.at', vendor)}",
            "whoever decides has the duty for it",
        ),
        "review_appeal_by_others": (
            f"{ON_APPEAL} AND {_had_a_part('NEW.decider_id')}",
            "an appeal is answered by somebody who had no part in the case",
        ),
        "review_appeal_there_is": (
            f"{ON_APPEAL} AND NOT EXISTS (SELECT 1 FROM {APPEAL} b WHERE b.case_id = NEW.case_id)",
            "there is no appeal to decide on",
        ),
        "review_decided_once": (
            f"""EXISTS (SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id
                AND d.outcome <> 'endorsed' AND (d.outcome <> 'denied' OR NOT {ON_APPEAL}))""",
            "what is decided is decided again on appeal alone, and once",
        ),
        "review_two_tracks_two_people": (
            f"EXISTS ({signed} AND d.decider_id = NEW.decider_id)",
            "two signatures are made by two people",
        ),
        "review_correction_by_two": (
            f"NEW.listing = 'correction' AND {APPROVES} AND "
            + unsigned.format(f"{signed} AND d.listing = 'correction' AND d.decider_id = NEW.second_id"),
            "a correction has two signers, and the first one has signed",
        ),
        "review_resource_by_two": (
            f"{kind} = 'resource' AND {APPROVES} AND NOT {ON_APPEAL} AND "
            + unsigned.format(f"{signed} AND d.decider_id = NEW.second_id"),
            "a resource has an instructional and a technical signature",
        ),
    }
    return {name: Guard(DECISION, "INSERT", words, when) for name, (when, words) in refusals.items()}


def _appealing(vendor: str) -> dict[str, Guard]:
    still = "AND a.withdrawn_at IS NULL"
    lane = f"(SELECT k.lane FROM {CASE} k WHERE k.id = NEW.case_id)"
    named = f"""({lane} = 'ordinary' AND EXISTS (
        SELECT 1 FROM {ASKING} a WHERE a.case_id = NEW.case_id {still} AND a.teacher_id = NEW.by_id))"""
    of_a_student = f"""EXISTS (SELECT 1 FROM {ASKING} a JOIN people_person p
        ON p.id = a.asker_id OR (a.subject <> '' AND p.sourced_id = a.subject)
        WHERE a.case_id = NEW.case_id {still} AND p.role = 'student')"""
    staff = f"h.school IN ('', k.school) AND k.lane || '>' || h.kind IN {_one_of(CLOSES)}"
    own = f"NEW.guardian = '' AND ({_asked('NEW.by_id', still=still)} OR {named})"
    recorded = f"""NEW.guardian <> '' AND {of_a_student}
        AND ({named} OR {_charged("NEW.by_id", staff, "NEW.at", vendor)})"""
    auditor = _charged("NEW.by_id", "h.kind = 'auditor'", "NEW.at", vendor, surely=True)
    denied = f"""SELECT 1 FROM {CASE} k
        WHERE k.id = NEW.case_id AND k.state = 'denied' AND k.appeal_until > NEW.at"""
    refusals = {
        "review_appeal_by_who_may": (
            f"NOT (({own}) OR ({recorded}))",
            "an appeal is put in by who asked, the teacher named, or staff for a guardian",
        ),
        "review_appeal_not_by_decider": (_decided("NEW.by_id"), "whoever decided puts in no appeal"),
        "review_appeal_not_by_auditor": (auditor, "an auditor reads everything and changes nothing"),
        "review_appeal_of_denial": (f"NOT EXISTS ({denied})", "there is no denial that can be appealed"),
    }
    return {name: Guard(APPEAL, "INSERT", words, when) for name, (when, words) in refusals.items()}


def _asking() -> dict[str, Guard]:
    worked = f"""EXISTS (SELECT 1 FROM people_person p
        WHERE (p.id = NEW.asker_id OR (NEW.subject <> '' AND p.sourced_id = NEW.subject))
            AND ({_decided("p.id")} OR {_held("p.id")}))"""
    return {
        "review_decider_does_not_join": Guard(
            ASKING, "INSERT", "whoever has worked on the answer does not ask for the same", worked
        )
    }


def _holding(vendor: str) -> Guard:
    when = f"""NEW.holder_id IS NOT NULL AND NEW.holder_id {differs(vendor)} OLD.holder_id AND (
        {_asked("NEW.holder_id", "NEW.id")} OR (NEW.state IN ('appealed', 'in_appeal')
            AND {_had_a_part("NEW.holder_id", "NEW.id")}))"""
    return Guard(CASE, "UPDATE", "a case is held by somebody who had no part in it", when)


def _closing(vendor: str) -> Guard:
    on_duty = f"h.school IN ('', k.school) AND k.lane || '>' || h.kind IN {_one_of(CLOSES)}"
    when = f"""NEW.revoked_at {differs(vendor)} OLD.revoked_at
        AND NOT {_charged("NEW.revoked_by_id", on_duty, "NEW.revoked_at", vendor)}"""
    return Guard(OPENING, "UPDATE", "whoever closes something again has the duty for it", when)
