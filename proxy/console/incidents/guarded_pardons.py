# ruff: noqa: S608  (the names of tables are constants)
"""What does the database refuse of what follows from incidents?

Only what was seen and was innocent is pardoned or permitted: by somebody on duty, for some, a permit for a
year at most. Neither grows.
"""

from collections.abc import Mapping

from proxy.console.audit.triggers import Guard, changed
from proxy.console.incidents.guarded_rows import (
    INCIDENT,
    PARDON,
    PERMITTED,
    longer_than,
    names_any,
    now,
    on_duty,
)
from proxy.console.incidents.guarded_seen import pardon_unseen, permit_unseen

YEAR, AHEAD = 366, 2 * 366
"""Days that a permit lasts at most, and that any end lies at most ahead of the database's own clock."""
_PARDONED = ("who", "classes", "groups", "schools")
_PERMITTED = ("subjects", "classes", "grades", "groups", "schools")
_MORE_THAN_ONE = ("classes", "groups", "schools")
_INNOCENT = f"""NOT EXISTS (SELECT 1 FROM {INCIDENT} i WHERE i.id = {{}} AND i.state = 'innocent'
    AND i.school = NEW.school AND i.ended_at <= NEW.at)"""


def rules(vendor: str) -> Mapping[str, Guard]:
    """The guards of pardons and permits."""
    guards = {**_made(vendor), **_kept(vendor)}
    revoked = ("revoked_at", "revoked_by_id")
    for name, table in (("pardon", PARDON), ("permit", PERMITTED)):
        guards[f"incidents_{name}_by_duty"] = Guard(
            table,
            "INSERT",
            "only somebody on duty at the school pardons and permits",
            f"NOT {on_duty('NEW.by_id', 'NEW.at', 'NEW.school', vendor)}",
        )
        guards[f"incidents_{name}_stays_revoked"] = Guard(
            table,
            "UPDATE",
            "what was taken back stays so, and somebody on duty does it",
            f"""({changed(revoked, vendor)}) AND (OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
                OR NEW.revoked_by_id IS NULL
                OR NOT {on_duty("NEW.revoked_by_id", "NEW.revoked_at", "NEW.school", vendor)})""",
        )
    return guards


def _made(vendor: str) -> dict[str, Guard]:
    nobody = f"NOT {names_any('NEW.audience', _PARDONED, vendor)}"
    everywhere = f"NEW.site = '' AND {names_any('NEW.audience', _MORE_THAN_ONE, vendor)}"
    return {
        "incidents_pardon_of_the_innocent": Guard(
            PARDON, "INSERT", "only what was innocent is pardoned", _INNOCENT.format("NEW.incident_id")
        ),
        "incidents_permit_of_the_innocent": Guard(
            PERMITTED, "INSERT", "only what was innocent is permitted", _INNOCENT.format("NEW.incident")
        ),
        "incidents_pardon_of_what_was_seen": Guard(
            PARDON, "INSERT", "only what was seen in an incident is pardoned", pardon_unseen(vendor)
        ),
        "incidents_permit_of_what_was_seen": Guard(
            PERMITTED, "INSERT", "only what was seen in an incident is permitted", permit_unseen()
        ),
        "incidents_pardon_for_some": Guard(
            PARDON,
            "INSERT",
            "a pardon names for whom it is, and without a site it is for one alone",
            f"{nobody} OR ({everywhere})",
        ),
        "incidents_permit_for_some": Guard(
            PERMITTED,
            "INSERT",
            "a permit names for whom it is",
            f"NOT {names_any('NEW.audience', _PERMITTED, vendor)}",
        ),
        "incidents_permit_for_a_year": Guard(
            PERMITTED,
            "INSERT",
            "a permit ends within a year",
            f"""NEW.ends <= NEW.at OR {longer_than(YEAR, "NEW.at", "NEW.ends", vendor)}
                OR {longer_than(AHEAD, now(vendor), "NEW.ends", vendor)}""",
        ),
    }


def _kept(vendor: str) -> dict[str, Guard]:
    return {
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
