# ruff: noqa: S608  (the names of tables are constants)
"""What does the database refuse of the place to which events were read?

It never goes back, nothing is counted that happened before counting began, and no place lies where no clock
has been. Counting begins where was read to, not later. What was counted is known while a round looks back to
it.
"""

from collections.abc import Mapping

from proxy.console.audit.triggers import Guard, changed, kept, same
from proxy.console.incidents.guarded_rows import CURSOR, TAKEN, longer_than, now

AHEAD = 2 * 366
"""Days that a place lies at most ahead of the database's own clock."""
LOOKS_BACK = 1
"""Days before the place to which was read: so far do rounds look back."""
_PLACES = ("read_to", "looked_back_at", "counts_from")


def rules(vendor: str) -> Mapping[str, Guard]:
    """The guards of the cursor."""
    back = " OR ".join(f"NEW.{column} < OLD.{column}" for column in _PLACES)
    far = " OR ".join(longer_than(AHEAD, now(vendor), f"NEW.{column}", vendor) for column in _PLACES)
    anew = "NOT OLD.counting AND NEW.counting"
    words = "how far was read is kept, in one row"
    taken = "what was counted is known while a round looks back to it"
    seen = f"""EXISTS (SELECT 1 FROM {CURSOR} c
        WHERE NOT ({longer_than(LOOKS_BACK, "OLD.at", "c.read_to", vendor)}))"""
    return {
        **kept(TAKEN, TAKEN, taken, (same("event"),), vendor),
        f"{TAKEN}_is_kept": Guard(TAKEN, "DELETE", taken, seen),
        f"{TAKEN}_stays": Guard(TAKEN, "UPDATE", taken),
        **kept(CURSOR, CURSOR, words, (same("id"),), vendor),
        "incidents_cursor_is_one": Guard(CURSOR, "INSERT", words, "NEW.id <> 1"),
        "incidents_cursor_goes_on": Guard(
            CURSOR, "UPDATE", "what was read is not read anew", f"NEW.id <> 1 OR {back}"
        ),
        "incidents_cursor_counts_from_its_beginning": Guard(
            CURSOR,
            "UPDATE",
            "from when on is counted is said when counting begins",
            f"({changed(('counts_from',), vendor)}) AND NOT ({anew})",
        ),
        "incidents_cursor_counts_from_where_was_read_to": Guard(
            CURSOR,
            "UPDATE",
            "counting begins where was read to",
            f"({changed(('counts_from',), vendor)}) AND NEW.counts_from > NEW.read_to",
        ),
        "incidents_cursor_begins_where_a_clock_is": Guard(CURSOR, "INSERT", "no clock has been there", far),
        "incidents_cursor_stays_where_a_clock_is": Guard(CURSOR, "UPDATE", "no clock has been there", far),
    }
