# ruff: noqa: S608  (the names of tables are constants)
"""Which tables do the guards of incidents speak of, and in which words of SQL?"""

from proxy.console.people.guards import in_force

INCIDENT, FINDING, MOVE = "incidents_incident", "incidents_finding", "incidents_move"
PARDON, PERMITTED = "incidents_pardon", "review_permitted"
CURSOR, TAKEN = "incidents_cursor", "incidents_taken"
STANDS, ENDED = "('open', 'under_review')", "('confirmed', 'innocent', 'unclear')"


def on_duty(person: str, at: str, school: str, vendor: str) -> str:
    """Whether somebody looked after incidents of a school at a moment."""
    return f"""EXISTS (SELECT 1 FROM people_duty h
        WHERE h.person_id = {person} AND h.kind = 'safeguarding' AND h.school IN ('', {school})
            AND {in_force(at, vendor)})"""


def is_one_of(number: str, states: str) -> str:
    """Whether an incident is in one of some states."""
    return f"EXISTS (SELECT 1 FROM {INCIDENT} i WHERE i.id = {number} AND i.state IN {states})"


def names_any(column: str, kinds: tuple[str, ...], vendor: str) -> str:
    """Whether an audience names anybody in one of these ways."""
    named = ", ".join(f"'{kind}'" for kind in kinds)
    if vendor == "sqlite":
        return f"""EXISTS (SELECT 1 FROM json_each({column}) k, json_each(k.value) v
            WHERE k.key IN ({named}))"""
    return f"""EXISTS (SELECT 1 FROM jsonb_each({column}) AS k(kind, ids),
        jsonb_array_elements(k.ids) AS v(id) WHERE k.kind IN ({named}))"""


def longer_than(days: int, begins: str, ends: str, vendor: str) -> str:
    """Whether more than some days lie between two moments, or what stands there is none."""
    if vendor == "postgresql":
        return f"{ends} > {begins} + interval '{days * 24} hours'"
    # SQLite keeps moments as text, and would take '9999' for the days since noon in 4713 BC.
    return f"""({ends} NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:*'
        OR julianday({ends}) - julianday({begins}) > {days}.00001)"""


def now(vendor: str) -> str:
    """What the database's own clock says."""
    return "datetime('now')" if vendor == "sqlite" else "now()"
