"""What is open (or closed, or corrected) by a decision now, and which of it is due to be looked at again?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.db.models import Q, QuerySet

from proxy.bundle.load import LoadedBundle
from proxy.console.people.models import Person
from proxy.console.review import visibility
from proxy.console.review.entries import is_ours
from proxy.console.review.models import Opening
from proxy.console.review.states import State
from proxy.decision.policy import Correction, Override

SIZE = 50
SOON = timedelta(days=30)


class Which(Enum):
    """Which of them: all in force, or those whose yearly review is due."""

    ALL = "all"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of openings in force, newest first.

    after   id that the next page begins after; 0: this is the last one
    """

    openings: Sequence[Opening]
    after: int = 0


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the overlay in force has beside the console's own entries."""

    overrides: Sequence[Override] = ()
    corrections: Sequence[Correction] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is none."""
        return not (self.overrides or self.corrections)


def in_force_for(person: Person, on: date, at: datetime) -> QuerySet[Opening]:
    """The openings in force of all cases that somebody may read; those that begin later too."""
    return (
        Opening.objects.filter(Q(ends__isnull=True) | Q(ends__gt=at), revoked_at__isnull=True)
        .filter(case__state=State.APPROVED.value, case__in=visibility.readable_by(person, on))
        .select_related("case", "decision__decider")
    )


def page(
    openings: QuerySet[Opening], which: Which, on: date, text: str = "", after: int = 0, size: int = SIZE
) -> Listed:
    """One page of openings; those due for review are the earliest due first, and all on one page."""
    if text:
        openings = openings.filter(host__contains=text.strip().lower())
    if which is Which.REVIEW:
        return Listed(list(openings.filter(review_on__lte=on + SOON).order_by("review_on", "id")[:size]))
    if after:
        openings = openings.filter(id__lt=after)
    found = list(openings.order_by("-id")[: size + 1])
    return Listed(found[:size], found[size - 1].id if len(found) > size else 0)


def by_hand(loaded: LoadedBundle | None, at: datetime) -> ByHand:
    """The entries of the overlay in force that nobody decided here."""
    if loaded is None:
        return ByHand()
    policy = loaded.policy
    return ByHand(
        [one for one in policy.overrides if not is_ours(one.id) and (one.ends is None or one.ends > at)],
        [one for one in policy.corrections if not is_ours(one.id)],
    )
