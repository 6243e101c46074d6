"""Does the attempt go around the filter, by a way that nobody permitted?"""

from proxy.decision.case import Case
from proxy.decision.signed import finding_on
from proxy.decision.signs import Nature
from proxy.decision.verdict import Finding

NATURES = frozenset({Nature.FAULT, Nature.ANONYMIZER, Nature.EVASION, Nature.AUTOMATIC})


def way_around(case: Case) -> Finding | None:
    """Refuse what carries anything unseen, what is spelled to mislead, and what no detector could read."""
    return finding_on(case, NATURES) if case.attempt.signs else None
