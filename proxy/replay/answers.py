"""What is answered to one row, in the words of the live filter?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from proxy.decision.signs import Sign
from proxy.decision.verdict import Evidence


class Outcome(Enum):
    """What would have become of it.

    ALLOW            let through
    LOG              let through and marked
    REWRITE          changed: the safe mode of a search that asked for the other, a record without its keys
    BLOCK            stopped
    BLOCK_INCIDENT   stopped, and counted towards an incident
    """

    ALLOW = "allow"
    LOG = "log"
    REWRITE = "rewrite"
    BLOCK = "block"
    BLOCK_INCIDENT = "block_incident"


@dataclass(frozen=True, slots=True)
class Answered:
    """One row's answer.

    technique   the deciding sign's, or `policy.` and the reason of the school's own policy; "" for nothing
    """

    id: str
    outcome: Outcome
    technique: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    explanation: str = ""

    def as_json(self) -> dict[str, object]:
        """The answer as `schoolgate replay` prints it."""
        return {
            "id": self.id,
            "verdict": self.outcome.value,
            "technique": self.technique,
            "evidence": dict(self.evidence),
            "explanation": self.explanation,
        }


def of_sign(sign: Sign) -> dict[str, str]:
    """A sign's evidence; of an address inside, its host alone."""
    inner = {"inner": sign.inner.host} if sign.inner is not None else {}
    return {**dict(sign.evidence), **inner}


def of_rule(evidence: Evidence) -> dict[str, str]:
    """The rule or list line that a verdict of the policy rests on."""
    said = {
        "rule": evidence.rule,
        "list": evidence.list_id,
        "line": str(evidence.line) if evidence.line else "",
        "category": evidence.category,
    }
    return {name: text for name, text in said.items() if text}
