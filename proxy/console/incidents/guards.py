# ruff: noqa: S608  (the names of tables are constants)
"""What does the database itself refuse to do to an incident, whatever the code above it does?

It stands until somebody on duty at its school, who has taken it up, ends it with words; what has ended is
never changed. Nothing that an adult still has to look at is deleted, and only what was innocent is pardoned
or permitted. What has ended may be deleted: how long it is kept is in the settings, which no database knows.
"""

from collections.abc import Mapping

from proxy.console.audit.triggers import Guard, changed, kept, same
from proxy.console.people.guards import in_force

INCIDENT, FINDING, MOVE = "incidents_incident", "incidents_finding", "incidents_move"
PARDON, PERMITTED = "incidents_pardon", "review_permitted"
STANDS, ENDED = "('open', 'under_review')", "('confirmed', 'innocent', 'unclear')"
FOLLOWS = (
    "open>under_review", "under_review>open", "under_review>confirmed", "under_review>innocent",
    "under_review>unclear",
)  # fmt: skip
"""Which state may follow which; the same as in `states.TABLE`, kept here as this migration laid it down."""

_FROZEN = {
    INCIDENT: ("id", "school", "policy_group", "who", "subject", "client", "opened_at"),
    FINDING: ("id", "who", "subject", "client", "policy_group", "school", "technique", "site"),
    PARDON: ("id", "technique", "site", "audience", "school", "at", "by_id", "ends"),
}
_STANDS_STILL = f"EXISTS (SELECT 1 FROM {INCIDENT} i WHERE i.id = OLD.incident_id AND i.state IN {STANDS})"


def _on_duty(person: str, at: str, school: str, vendor: str) -> str:
    return f"""EXISTS (SELECT 1 FROM people_duty h
        WHERE h.person_id = {person} AND h.kind = 'safeguarding' AND h.school IN ('', {school})
            AND {in_force(at, vendor)})"""


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
                    AND NOT {_on_duty("NEW.holder_id", "NEW.taken_at", "NEW.school", vendor)}))""",
        ),
        "incidents_incident_is_ended_by_its_holder": Guard(
            INCIDENT,
            "UPDATE",
            "an incident is ended by whoever has taken it up, on duty and with words",
            f"""NEW.state IN {ENDED} AND (NEW.ended_at IS NULL OR NEW.ended_by_id IS NULL OR NEW.words = ''
                OR OLD.holder_id IS NULL OR NEW.holder_id IS NULL OR NEW.ended_by_id <> OLD.holder_id
                OR NEW.holder_id <> OLD.holder_id
                OR NOT {_on_duty("NEW.ended_by_id", "NEW.ended_at", "NEW.school", vendor)})""",
        ),
    }


def _pardons(vendor: str) -> dict[str, Guard]:
    innocent = f"""NOT EXISTS (SELECT 1 FROM {INCIDENT} i
        WHERE i.id = {{}} AND i.state = 'innocent' AND i.ended_by_id = NEW.by_id)"""
    revoked = ("revoked_at", "revoked_by_id")
    guards = {
        "incidents_pardon_of_the_innocent": Guard(
            PARDON, "INSERT", "only what was innocent is pardoned", innocent.format("NEW.incident_id")
        ),
        "incidents_permit_of_the_innocent": Guard(
            PERMITTED, "INSERT", "only what was innocent is permitted", innocent.format("NEW.incident")
        ),
        "incidents_permit_outlives_its_incident": Guard(
            PERMITTED,
            "DELETE",
            "a permit is kept at least as long as its incident",
            f"EXISTS (SELECT 1 FROM {INCIDENT} i WHERE i.id = OLD.incident)",
        ),
        "incidents_pardon_forgets_its_incident_alone": Guard(
            PARDON,
            "UPDATE",
            "a pardon goes to no other incident",
            f"({changed(('incident_id',), vendor)}) AND NEW.incident_id IS NOT NULL",
        ),
    }
    for name, table in (("pardon", PARDON), ("permit", PERMITTED)):
        guards[f"incidents_{name}_stays_revoked"] = Guard(
            table,
            "UPDATE",
            "what was taken back stays so, and somebody on duty does it",
            f"""({changed(revoked, vendor)}) AND (OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
                OR NEW.revoked_by_id IS NULL
                OR NOT {_on_duty("NEW.revoked_by_id", "NEW.revoked_at", "NEW.school", vendor)})""",
        )
    return guards


def rules(vendor: str) -> Mapping[str, Guard]:
    """All guards of incidents by the names of their triggers."""
    guards = {**_steps(vendor), **_pardons(vendor)}
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
