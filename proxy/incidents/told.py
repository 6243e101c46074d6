"""Which sign of an event counts towards an incident, if any?

An attempt counts once, however many signs were seen on it: by the one for which it was stopped. What was let
through, or stopped for another reason, counts not at all: a permit lifts signs, and their attempts go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from proxy.decision.signs import MAX_EVIDENCE, Consequence, Nature
from proxy.journal.kept_signs import SignsProblem, read_signs

NOBODYS = frozenset({Nature.AUTOMATIC, Nature.FAULT})
"""What devices do by themselves, and what a detector of ours failed at, is nobody's act."""


@dataclass(frozen=True, slots=True)
class Told:
    """One sign, as an event tells of it.

    weight     of the technique, times how sure the sign is
    evidence   the decisive fields and what stood in them
    """

    technique: str
    confidence: float
    weight: float
    evidence: Mapping[str, str] = field(default_factory=dict)


def counted(signs: str, stopped_for: str, weights: Mapping[str, float]) -> Told | None:
    """The sign for which an attempt was stopped, where that counts; else None.

    signs         as `Event.signs` has them
    stopped_for   the technique that decided
    weights       technique -> what a sure sign of it adds; what is not in it adds nothing

    Text that holds no signs counts as none.
    """
    try:
        kept = read_signs(signs)
    except SignsProblem:
        return None
    weight = weights.get(stopped_for, 0.0)
    for sign in kept:
        if sign.technique == stopped_for and counts(sign.nature, sign.consequence) and weight > 0:
            sure = sign.confidence if 0 <= sign.confidence <= 1 else 0.0
            evidence = {name: value[:MAX_EVIDENCE] for name, value in sign.evidence.items()}
            return Told(sign.technique, sure, weight * sure, evidence) if sure else None
    return None


def counts(nature: Nature, consequence: Consequence) -> bool:
    """Say whether signs of a nature and with a consequence are anybody's act, to be counted at all."""
    return consequence is Consequence.INCIDENT and nature not in NOBODYS
