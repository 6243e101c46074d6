# ruff: noqa: S608  (the names of tables are constants)
"""What does the database refuse of an incident's acts and history?

What has ended gains no act and none of its acts changes, and no step is told that was not taken.
"""

from collections.abc import Mapping

from proxy.console.audit.triggers import Guard
from proxy.console.incidents.guarded_rows import (
    ENDED,
    FINDING,
    INCIDENT,
    MOVE,
    PARDON,
    PERMITTED,
    is_one_of,
    on_duty,
)

_ENDS = "('confirm>confirmed', 'clear>innocent', 'leave>unclear')"
_MINE = "m.incident_id = NEW.incident_id"
_BEFORE = f"""coalesce((SELECT m."after" FROM {MOVE} m WHERE {_MINE} ORDER BY m.id DESC LIMIT 1), 'open')"""
_HELD = f"""coalesce((SELECT m.by_id FROM {MOVE} m WHERE {_MINE} AND m.step = 'take_up'
    ORDER BY m.id DESC LIMIT 1), 0)"""
_FOLLOWED = " OR ".join(
    f"EXISTS (SELECT 1 FROM {table} p WHERE p.{column} = i.id AND p.at = NEW.at AND p.by_id = NEW.by_id)"
    for table, column in ((PARDON, "incident_id"), (PERMITTED, "incident"))
)


def _happened(vendor: str) -> str:
    """Whether a move tells of what the incident's row shows to have happened, by whom and when it did."""
    return f"""EXISTS (SELECT 1 FROM {INCIDENT} i
        WHERE i.id = NEW.incident_id AND i.state = NEW."after"
            AND {on_duty("NEW.by_id", "NEW.at", "i.school", vendor)} AND (
            (NEW.step = 'take_up' AND i.state = 'under_review' AND i.holder_id = NEW.by_id
                AND i.taken_at = NEW.at AND (NEW."before" = 'open' OR NEW.by_id <> {_HELD}))
            OR (NEW.step = 'give_back' AND NEW."before" = 'under_review' AND i.state = 'open'
                AND NEW.by_id = {_HELD})
            OR (NEW.step || '>' || i.state IN {_ENDS} AND NEW."before" = 'under_review'
                AND i.ended_by_id = NEW.by_id AND i.ended_at = NEW.at AND i.words = NEW.note)
            OR (NEW.step = 'follow_up' AND NEW."before" = 'innocent' AND i.state = 'innocent'
                AND NEW.at > i.ended_at AND NEW.note <> '' AND ({_FOLLOWED}) AND NOT EXISTS (
                    SELECT 1 FROM {MOVE} m WHERE {_MINE} AND m.step = NEW.step AND m.at = NEW.at))))"""


def rules(vendor: str) -> Mapping[str, Guard]:
    """The guards of findings and moves that are about what they tell."""
    of_new, of_old = is_one_of("NEW.incident_id", ENDED), is_one_of("OLD.incident_id", ENDED)
    incident = f"{INCIDENT} WHERE id = NEW.incident_id"
    words = "what has ended gains no act, and none of its acts changes"
    return {
        "incidents_finding_joins_what_stands": Guard(FINDING, "INSERT", words, of_new, incident),
        "incidents_finding_stays_as_it_ended": Guard(
            FINDING, "UPDATE", words, f"{of_old} OR {of_new}", incident
        ),
        "incidents_move_happened": Guard(
            MOVE,
            "INSERT",
            "the history tells each step that was taken, by who was on duty, and no other",
            f"""NEW."before" <> {_BEFORE} OR NOT {_happened(vendor)}""",
            incident,
        ),
    }
