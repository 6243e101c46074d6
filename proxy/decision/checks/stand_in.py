"""Is this a copy or a front end of something blocked, or a destination without a name?"""

from proxy.decision.case import Case
from proxy.decision.signed import finding_on
from proxy.decision.signs import Nature
from proxy.decision.verdict import Finding

NATURES = frozenset({Nature.MIRROR, Nature.ADDRESS})


def stand_in(case: Case) -> Finding | None:
    """Refuse mirrors and bare addresses that neither a decision nor the school itself has opened."""
    return finding_on(case, NATURES) if case.attempt.signs else None
