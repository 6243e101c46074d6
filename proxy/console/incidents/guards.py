"""What does the database itself refuse to do to an incident, whatever the code above it does?

It stands until somebody on duty at its school, who has taken it up, ends it with words; what has ended is
never changed. Nothing that an adult still has to look at is deleted. What has ended may be deleted: how long
it is kept is in the settings, which no database knows.
"""

from collections.abc import Mapping

from proxy.console.audit.triggers import Guard, changed, kept, same
from proxy.console.incidents import guarded_evidence, guarded_history, guarded_pardons, guarded_reading
from proxy.console.incidents.guarded_rows import (
    ENDED,
    FINDING,
    INCIDENT,
    MOVE,
    PARDON,
    STANDS,
    is_one_of,
    on_duty,
)

FOLLOWS = (
    "open>under_review", "under_review>open", "under_review>confirmed", "under_review>innocent",
    "under_review>unclear",
)  # fmt: skip
"""Which state may follow which; the same as in `states.TABLE`, kept here as this migration laid it down."""

_FROZEN = {
    INCIDENT: ("id", "school", "policy_group", "who", "subject", "client", "opened_at"),
    FINDING: ("id", "who", "subject", "client", "policy_group", "school", "stage", "technique", "site"),
    PARDON: ("id", "techniques", "site", "audience", "school", "at", "by_id", "ends"),
}
_STANDS_STILL = is_one_of("OLD.incident_id", STANDS)


def _steps(vendor: str) -> dict[str, Guard]:
    allowed = ", ".join(f"'{pair}'" for pair in FOLLOWS)
    return {
        "incidents_incident_begins_open": Guard(
            INCIDENT,
            "INSERT",
            "an incident begins open, and nobody holds it yet",
            "NEW.state <> 'open' OR NEW.holder_id IS NOT NULL OR NEW.ended_by_id IS NOT NULL",
        ),
        "incidents_incident_follows_the_table": Guard(
            INCIDENT,
            "UPDATE",
            "no step leads from that state to this one",
            f"NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({allowed})",
        ),
        "incidents_incident_stays_ended": Guard(
            INCIDENT, "UPDATE", "what has ended is never changed", f"OLD.state IN {ENDED}"
        ),
        "incidents_incident_is_held_on_duty": Guard(
            INCIDENT,
            "UPDATE",
            "an incident is taken up by somebody who has the duty at its school",
            f"""NEW.state = 'under_review' AND (NEW.holder_id IS NULL OR NEW.taken_at IS NULL
                OR (({changed(("holder_id", "taken_at", "state"), vendor)})
                    AND NOT {on_duty("NEW.holder_id", "NEW.taken_at", "NEW.school", vendor)}))""",
        ),
        "incidents_incident_is_ended_by_its_holder": Guard(
            INCIDENT,
            "UPDATE",
            "an incident is ended by whoever has taken it up, on duty and with words",
            f"""NEW.state IN {ENDED} AND (NEW.ended_at IS NULL OR NEW.ended_by_id IS NULL OR NEW.words = ''
                OR OLD.holder_id IS NULL OR NEW.holder_id IS NULL OR NEW.ended_by_id <> OLD.holder_id
                OR NEW.holder_id <> OLD.holder_id OR ({changed(("taken_at",), vendor)})
                OR NEW.ended_at < OLD.taken_at
                OR NOT {on_duty("NEW.ended_by_id", "NEW.ended_at", "NEW.school", vendor)})""",
        ),
    }


def rules(vendor: str) -> Mapping[str, Guard]:
    """All guards of incidents by the names of their triggers."""
    guards = {
        **_steps(vendor),
        **guarded_evidence.rules(vendor),
        **guarded_history.rules(vendor),
        **guarded_pardons.rules(vendor),
        **guarded_reading.rules(vendor),
    }
    for table, columns in _FROZEN.items():
        guards[f"{table}_is_frozen"] = Guard(
            table, "UPDATE", "whose act it was is never changed", changed(columns, vendor)
        )
    guards["incidents_finding_stays_in_its_incident"] = Guard(
        FINDING,
        "UPDATE",
        "an act stays in its incident, and what was seen was seen",
        f"""(OLD.incident_id IS NOT NULL AND ({changed(("incident_id",), vendor)})) OR NEW.times < OLD.times
            OR NEW.first_at > OLD.first_at OR NEW.last_at < OLD.last_at""",
    )
    guards["incidents_move_stays"] = Guard(MOVE, "UPDATE", "the history of an incident is never changed")
    words = "what an adult still has to look at is kept"
    deleted = {
        INCIDENT: f"OLD.state IN {STANDS}",
        FINDING: _STANDS_STILL,
        MOVE: _STANDS_STILL,
        PARDON: "OLD.ends IS NULL AND OLD.revoked_at IS NULL",
    }
    one_stands = f"{same('who')} AND o.state IN {STANDS} AND NEW.state IN {STANDS}"
    for table, when in deleted.items():
        alike = (same("id"), one_stands) if table == INCIDENT else (same("id"),)
        guards |= kept(table, table, words, alike, vendor)
        guards[f"{table}_is_kept"] = Guard(table, "DELETE", words, when)
    return guards
