"""Is what was decided still what is in force, and is it said where it has no effect?"""

from datetime import datetime

from proxy import metrics
from proxy.console.review import openings
from proxy.console.review.desk import remark
from proxy.console.review.models import Case

IN_FULL_EVERY = 30
"""Rounds after which everything is compared even though nothing seems to have changed."""


class OverlayKept:
    """Keeps the console's part of the overlay as decided; a round in which nothing changed costs little."""

    def __init__(self) -> None:
        self._seen: openings.Sign | None = None
        self._rounds = 0

    def keep(self, at: datetime) -> bool:
        """Publish if anything may have changed; True: the overlay is as decided. Raises what stopped it."""
        self._rounds += 1
        sign = openings.sign(at)
        if sign == self._seen and self._rounds % IN_FULL_EVERY:
            return True
        self._seen = None
        try:
            openings.publish(at)
        except Exception:
            metrics.ERRORS.inc("overlay")
            raise
        self._seen = sign
        return True


class Notes:
    """Tells in a case, once, what of its approval has no effect on the policy in force."""

    def __init__(self) -> None:
        self._told: set[tuple[int, str]] = set()

    def take(self, at: datetime) -> int:
        """Add the notes that are new; return how many."""
        found = {(one.case, f"{one.entry}: {one.why}") for one in openings.without_effect(at)}
        new = [one for one in sorted(found - self._told) if not _stands(*one)]
        for case, note in new:
            remark(case, note, at=at)
        self._told = found
        return len(new)


def _stands(case: int, note: str) -> bool:
    """Whether the case says it already, or is none."""
    known = Case.objects.filter(pk=case)
    return not known.exists() or known.filter(moves__note=note).exists()
