"""Was that said to the operator already?"""

import logging
from collections.abc import Iterable

log = logging.getLogger("schoolgate.timers")

MOST = 20


class Said:
    """Says problems of one sort once, as long as they stay; again when they come back.

    of   what they are about, put before each
    """

    def __init__(self, of: str, severity: int = logging.WARNING) -> None:
        self._of, self._severity = of, severity
        self._said: frozenset[str] = frozenset()

    def now(self, problems: Iterable[str]) -> None:
        """Say those of the present problems that were not there the last time; of many, the first ones."""
        found = list(problems)
        new = [problem for problem in found if problem not in self._said]
        for problem in new[:MOST]:
            log.log(self._severity, "%s: %s", self._of, problem)
        if len(new) > MOST:
            log.log(self._severity, "%s: and %d more", self._of, len(new) - MOST)
        self._said = frozenset(found)
