# ruff: noqa: S608  (the names of tables are constants)
"""Whom does the database itself keep from asking, holding, deciding and appealing (S84, S87)?

Who asked does not answer, and who answers does not ask; who answers has the duty for it; an appeal is put in
by who may, and answered by somebody who had no part in the case; two signatures are two people's; what counts
beyond the request's school is signed by the district's. The code says the same first, in words for the
person: `separation`, `visibility`, `desk.schools`.
"""

from collections.abc import Mapping
from dataclasses import replace

from proxy.console.audit.triggers import Guard, changed, differs
from proxy.console.people.guards import in_force, surely_there

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
CORRECTS = (
    "instructional>reviewer", "technical>technician", "appeal_endorsement>appeal_officer",
    "appeal>technician",
)  # fmt: skip
"""Stage and duty: who signs a correction."""
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
    """Whether somebody decided first, held the case, put in an appeal, or returned the one that is heard or
    signed it as the first of two. Where it was returned, no correction rests on that signature any more."""
    return f"""(EXISTS (SELECT 1 FROM {DECISION} d WHERE d.case_id = {case} AND d.appeal_id IS NULL
            AND (d.decider_id = {person} OR d.second_id = {person}))
        OR {_held(person, case)}
        OR EXISTS (SELECT 1 FROM {APPEAL} b WHERE b.case_id = {case}
            AND (b.by_id = {person} OR b.returned_by_id = {person} AND b.withdrawn_at IS NULL))
        OR EXISTS ({_signed_first(f"b.case_id = {case} AND b.withdrawn_at IS NULL")}
            AND d.decider_id = {person}))"""


def _signed_first(which: str) -> str:
    """The first signatures `d` on those appeals `b` that wait for the second one, to go on with."""
    return f"""SELECT 1 FROM {APPEAL} b JOIN {DECISION} d ON d.appeal_id = b.id
            WHERE {which} AND b.returned_at IS NULL AND d.stage = 'appeal_endorsement'"""


def _charged(person: str, duties: str, at: str, vendor: str, *, surely: bool = False) -> str:
    """Whether somebody has one of some duties at a moment (see `in_force`).

    duties   a condition over `h`, the duty, and `k`, the case
    """
    return f"""EXISTS (SELECT 1 FROM people_duty h JOIN {CASE} k ON k.id = NEW.case_id
        WHERE h.person_id = {person} AND ({duties}) AND {in_force(at, vendor, surely=surely)})"""


def rules(vendor: str) -> Mapping[str, Guard]:
    """The guards against people by the names of their triggers; of two who write at once one waits."""
    of_a_case = _deciding(vendor) | _appealing(vendor) | _asking()
    the_case = f"{CASE} WHERE id = NEW.case_id"
    guards = {name: replace(guard, locks=the_case) for name, guard in of_a_case.items()}
    guards["review_case_is_held_by_others"] = _holding(vendor)
    guards["review_opening_closed_on_duty"] = _closing(vendor)
    guards["review_appeal_returned_on_duty"] = replace(_returning(vendor), locks=the_case)
    guards["review_correction_of_district"] = _correcting(vendor)
    return guards


def _deciding(vendor: str) -> dict[str, Guard]:
    kind = f"(SELECT k.kind FROM {CASE} k WHERE k.id = NEW.case_id)"
    other = """CASE NEW.stage WHEN 'technical' THEN 'instructional' WHEN 'instructional' THEN 'technical'
        WHEN 'appeal' THEN 'appeal_endorsement' END"""
    signed = f"""SELECT 1 FROM {DECISION} d
        WHERE d.case_id = NEW.case_id AND d.outcome = 'endorsed' AND d.stage = {other}
        AND (d.appeal_id IS NULL OR d.appeal_id = NEW.appeal_id)"""
    returned = f"EXISTS (SELECT 1 FROM {APPEAL} b WHERE b.id = NEW.appeal_id AND b.returned_at IS NOT NULL)"
    unsigned = "(NEW.second_id IS NULL OR NEW.second_id = NEW.decider_id OR NOT EXISTS ({}))"
    # A correction's second track is a technician's; whether an exception is made is not.
    on_duty = f"""h.school IN ('', k.school)
        AND k.lane || '>' || NEW.stage || '>' || h.kind IN {_one_of(DECIDES)}
        AND (CASE WHEN NEW.listing = 'correction' THEN
                h.kind = 'technician' OR NEW.stage NOT IN ('technical', 'appeal')
            ELSE h.kind <> 'technician' OR NOT (NEW.stage = 'first' AND k.kind = 'unblock'
                OR NEW.stage = 'appeal') END)"""
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
            f"""{ON_APPEAL} AND NOT EXISTS (SELECT 1 FROM {APPEAL} b WHERE b.id = NEW.appeal_id
                AND b.case_id = NEW.case_id AND b.withdrawn_at IS NULL)""",
            "there is no appeal to decide on",
        ),
        "review_appeal_waits_for_second": (
            f"""NEW.stage = 'appeal' AND NOT (NEW.listing = 'correction' AND {APPROVES})
                AND EXISTS ({_signed_first("b.id = NEW.appeal_id")})""",
            "what waits for a second signature is signed or returned",
        ),
        "review_appeal_not_signed_again": (
            f"{ON_APPEAL} AND NEW.listing = 'correction' AND {returned}",
            "the technician did not sign the correction",
        ),
        "review_decided_once": (
            f"""EXISTS (SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id
                AND d.outcome <> 'endorsed' AND (d.outcome <> 'denied' OR NOT {ON_APPEAL}))""",
            "what is decided is decided again on appeal alone, and once",
        ),
        "review_two_tracks_two_people": (
            f"EXISTS ({signed} AND d.decider_id = NEW.decider_id) AND NOT {returned}",
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
    naming = f"{lane} = 'ordinary' AND a.teacher_id = NEW.by_id"
    named = f"EXISTS (SELECT 1 FROM {ASKING} a WHERE a.case_id = NEW.case_id {still} AND {naming})"
    staff = f"h.school IN ('', k.school) AND k.lane || '>' || h.kind IN {_one_of(CLOSES)}"
    of_a_student = f"""EXISTS (SELECT 1 FROM {ASKING} a JOIN people_person p
        ON p.id = a.asker_id OR (a.subject <> '' AND p.sourced_id = a.subject)
        WHERE a.id = NEW.asking_id AND a.case_id = NEW.case_id {still} AND p.role = 'student'
            AND (({naming}) OR {_charged("NEW.by_id", staff, "NEW.at", vendor)}))"""
    own = f"""NEW.guardian = '' AND NEW.asking_id IS NULL
        AND ({_asked("NEW.by_id", still=still)} OR {named})"""
    recorded = f"NEW.guardian <> '' AND {of_a_student}"
    auditor = _charged("NEW.by_id", "h.kind = 'auditor'", "NEW.at", vendor, surely=True)
    had_theirs = f"""EXISTS (SELECT 1 FROM {APPEAL} b WHERE b.case_id = NEW.case_id
        AND (b.withdrawn_at IS NULL
            OR (b.guardian = '' AND NEW.guardian = '' AND b.by_id = NEW.by_id) OR {_SAME_STUDENT}))"""
    denied = f"""SELECT 1 FROM {CASE} k
        WHERE k.id = NEW.case_id AND k.state = 'denied' AND k.appeal_until > NEW.at"""
    refusals = {
        "review_appeal_by_who_may": (
            f"NOT (({own}) OR ({recorded}))",
            "an appeal is put in by who asked, the teacher named, or staff for a guardian",
        ),
        "review_appeal_not_by_decider": (_decided("NEW.by_id"), "whoever decided puts in no appeal"),
        "review_appeal_not_by_auditor": (auditor, "an auditor reads everything and changes nothing"),
        "review_appeal_once": (had_theirs, "one appeal is heard at a time, and one of each who may"),
        "review_appeal_of_denial": (f"NOT EXISTS ({denied})", "there is no denial that can be appealed"),
    }
    return {name: Guard(APPEAL, "INSERT", words, when) for name, (when, words) in refusals.items()}


_SAME_STUDENT = f"""EXISTS (SELECT 1 FROM {ASKING} x JOIN {ASKING} y ON y.id = NEW.asking_id
    WHERE x.id = b.asking_id AND (x.id = y.id OR x.asker_id = y.asker_id
        OR (x.subject <> '' AND x.subject = y.subject)))"""
"""Whether the guardian's appeal `b` is for the same student as the new one, whatever name was told."""


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


def _returning(vendor: str) -> Guard:
    technician = "h.school IN ('', k.school) AND h.kind = 'technician' AND k.holder_id = h.person_id"
    can_sign = f"""SELECT 1 FROM people_duty h WHERE h.kind = 'technician' AND h.school IN ('', k.school)
        AND {surely_there("NEW.returned_at", vendor)}
        AND NOT {_had_a_part("h.person_id")} AND NOT {_asked("h.person_id")}"""
    by_clock = f"""NEW.returned_by_id IS NULL AND EXISTS (SELECT 1 FROM {CASE} k WHERE k.id = NEW.case_id
        AND k.state = 'appealed' AND k.duty = 'technician' AND NOT EXISTS ({can_sign}))"""
    returns = changed(("returned_at", "returned_by_id"), vendor)
    when = f"""({returns}) AND NOT (NEW.returned_at IS NOT NULL AND (({by_clock}
            AND EXISTS ({_signed_first("b.id = NEW.id")}))
        OR ({_charged("NEW.returned_by_id", technician, "NEW.returned_at", vendor)} AND EXISTS (
            {_signed_first("b.id = NEW.id")} AND d.decider_id <> NEW.returned_by_id))))"""
    words = (
        "an appeal is returned by the technician who is to sign it second, by the clock where there is none"
    )
    return Guard(APPEAL, "UPDATE", words, when)


def _correcting(vendor: str) -> Guard:
    """A correction that counts elsewhere than at the request's school has two signers of the district.

    How many schools the settings name, the database does not know: where it knows nobody of another one,
    the only school's people sign for all there is.
    """
    others = f"""EXISTS (SELECT 1 FROM {CASE} k JOIN people_person p ON p.school NOT IN ('', k.school)
        WHERE k.id = NEW.case_id AND k.school <> '' AND p.enabled AND NOT p."left")"""
    own = f"(SELECT {_ARRAY[vendor]}(k.school) FROM {CASE} k WHERE k.id = NEW.case_id)"
    named = "json_extract(NEW.audience, '$.schools')" if vendor == "sqlite" else "NEW.audience->'schools'"
    duty = f"h.school = '' AND d.stage || '>' || h.kind IN {_one_of(CORRECTS)}"
    signed = f"""d.listing = 'correction' AND (d.id = NEW.decision_id OR d.outcome = 'endorsed'
        AND EXISTS (SELECT 1 FROM {DECISION} l WHERE l.id = NEW.decision_id AND l.second_id = d.decider_id
            AND coalesce(l.appeal_id, 0) = coalesce(d.appeal_id, 0)))"""
    locally = f"""EXISTS (SELECT 1 FROM {DECISION} d WHERE d.case_id = NEW.case_id AND {signed}
        AND NOT {_charged("d.decider_id", duty, "d.at", vendor)})"""
    return Guard(
        OPENING,
        "INSERT",
        "a correction for other schools too is signed twice for the whole district",
        f"NEW.action = 'correction' AND {named} {differs(vendor)} {own} AND {others} AND {locally}",
    )


_ARRAY = {"sqlite": "json_array", "postgresql": "jsonb_build_array"}
