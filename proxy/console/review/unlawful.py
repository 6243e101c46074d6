# ruff: noqa: S608  (the names of tables are constants)
"""What does the law forbid to be approved, as the database itself says (S83)?

The three questions are answered before any decision; what is obscene or child pornography is approved for
nobody, and what is harmful to minors opens for nobody who is one; a case with a yes goes on as a correction
alone, and its last signer has found nothing. Of whom a group of the policy is, the database does not know:
that an opening for a group reaches no minors is checked by the code alone (`audiences`).
"""

from collections.abc import Mapping

from proxy.console.audit.triggers import Guard
from proxy.console.review.barred import APPROVES, CASE, DECISION, OPENING

_QUESTIONS = ("obscene", "child_pornography", "harmful_to_minors")


def rules(vendor: str) -> Mapping[str, Guard]:
    """The guards of the law by the names of their triggers."""
    kind = f"(SELECT k.kind FROM {CASE} k WHERE k.id = NEW.case_id)"
    opens = f"{kind} IN ('unblock', 'resource') AND {APPROVES}"
    unanswered = " OR ".join(_unanswered(vendor, question) for question in _QUESTIONS)
    harmful = _yes(vendor, "harmful_to_minors")
    forbidden = f"{_yes(vendor, 'obscene')} OR {_yes(vendor, 'child_pornography')}"
    before = "EXISTS (SELECT 1 FROM review_decision d WHERE d.case_id = NEW.case_id AND ({}))"
    earlier = before.format(forbidden.replace("NEW.", "d."))
    ever_harmful = before.format(harmful.replace("NEW.", "d."))
    return {
        "review_questions_answered": Guard(
            DECISION,
            "INSERT",
            "the questions of the law are answered before any decision",
            f"{kind} IN ('unblock', 'resource', 'should_block') AND ({unanswered})",
        ),
        "review_law_forbids": Guard(
            DECISION,
            "INSERT",
            "what the law forbids is not approved",
            f"{opens} AND ({forbidden} OR (NEW.listing = 'correction' AND {harmful}))",
        ),
        "review_yes_stays": Guard(
            DECISION,
            "INSERT",
            "after a yes a case goes on as a correction alone",
            f"{opens} AND NEW.listing <> 'correction' AND {earlier}",
        ),
        "review_opening_not_for_minors": Guard(
            OPENING,
            "INSERT",
            "what is harmful to minors is opened for none of them",
            f"NEW.action IN ('allow', 'listed') AND {ever_harmful} AND ({_reaches_minors(vendor)})",
        ),
    }


def _yes(vendor: str, question: str) -> str:
    if vendor == "sqlite":
        return f"coalesce(json_extract(NEW.checklist, '$.{question}.answer'), -1) = 1"
    return f"coalesce(NEW.checklist->'{question}'->>'answer', '') = 'true'"


def _unanswered(vendor: str, question: str) -> str:
    if vendor == "sqlite":
        return f"coalesce(json_type(NEW.checklist, '$.{question}.answer'), '') NOT IN ('true', 'false')"
    return f"coalesce(jsonb_typeof(NEW.checklist->'{question}'->'answer'), '') <> 'boolean'"


def _reaches_minors(vendor: str) -> str:
    """Whether an audience holds a class, a grade, a school, or a person who is not known to be grown up."""
    if vendor == "sqlite":
        named = [f"coalesce(json_array_length(NEW.audience, '$.{names}'), 0) > 0" for names in _OF_PUPILS]
        people = "json_each(NEW.audience, '$.subjects') s"
    else:
        named = [f"jsonb_array_length(coalesce(NEW.audience->'{names}', '[]')) > 0" for names in _OF_PUPILS]
        people = "jsonb_array_elements_text(coalesce(NEW.audience->'subjects', '[]')) AS s(value)"
    grown_up = "SELECT 1 FROM people_person p WHERE p.sourced_id = s.value AND p.role <> 'student'"
    return " OR ".join([*named, f"EXISTS (SELECT 1 FROM {people} WHERE NOT EXISTS ({grown_up}))"])


_OF_PUPILS = ("classes", "grades", "schools")
