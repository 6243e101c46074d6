# ruff: noqa: S608  (the names of tables are constants)
"""What does the database refuse of the evidence of what stands?

An act shows what its surest attempt showed, and joins an incident of the same person alone. What an incident
says of its acts is what they come to.
"""

from collections.abc import Mapping

from proxy.console.audit.triggers import Guard, changed
from proxy.console.incidents.guarded_rows import FINDING, INCIDENT

_SHOWN = ("host", "evidence", "confidence", "weight", "event")
_SUMMED = ("technique", "score", "times", "first_at", "last_at")
_ROUNDED = 0.0001
"""How exactly a score is kept."""


def rules(vendor: str) -> Mapping[str, Guard]:
    """The guards of what acts show, and of what an incident says of them."""
    another = f"""NEW.incident_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM {INCIDENT} i WHERE i.id = NEW.incident_id AND i.who = NEW.who)"""
    whose = "an act joins an incident of the same person"
    return {
        "incidents_finding_is_of_its_incidents_person": Guard(FINDING, "INSERT", whose, another),
        "incidents_finding_joins_its_person": Guard(
            FINDING, "UPDATE", whose, f"({changed(('incident_id',), vendor)}) AND {another}"
        ),
        "incidents_finding_shows_its_surest": Guard(
            FINDING,
            "UPDATE",
            "what an act shows changes for what weighs more alone",
            f"({changed(_SHOWN, vendor)}) AND NEW.weight <= OLD.weight",
        ),
        "incidents_incident_is_what_its_acts_are": Guard(
            INCIDENT,
            "UPDATE",
            "what an incident says of its acts is what they come to",
            f"({changed(_SUMMED, vendor)}) AND (NEW.times <= OLD.times OR NOT ({_summed_up()}))",
        ),
    }


def _summed_up() -> str:
    """Whether an incident says what its acts come to. How they fade no database knows: its score is no more
    than they weigh together."""
    return f"""EXISTS (SELECT 1 FROM {FINDING} f WHERE f.incident_id = NEW.id GROUP BY f.incident_id
            HAVING sum(f.times) = NEW.times
                AND min(f.first_at) = NEW.first_at AND max(f.last_at) = NEW.last_at
                AND NEW.score >= 0 AND NEW.score <= sum(f.weight) + {_ROUNDED})
        AND EXISTS (SELECT 1 FROM {FINDING} f WHERE f.incident_id = NEW.id AND f.technique = NEW.technique
            AND f.weight = (SELECT max(g.weight) FROM {FINDING} g WHERE g.incident_id = NEW.id))"""
