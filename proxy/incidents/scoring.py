"""How much do somebody's acts come to now, and is it enough to ask an adult to look?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from proxy.incidents.folding import goes_on

NOT_ENOUGH = 0.99
FORGOTTEN = 1 / 64
"""An act of which less than this share is left adds nothing, and joins no incident."""


@dataclass(frozen=True, slots=True)
class Act:
    """What was seen of one technique at one site, without a longer pause.

    weight   of the surest sign of it
    """

    technique: str
    site: str
    weight: float
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say.

    opens_at    score at which an incident opens
    half_life   time after which an act counts half
    window      pause after which what is seen again is another act
    by_itself   techniques that devices and programs come to by their own settings
    """

    opens_at: float
    half_life: timedelta
    window: timedelta
    by_itself: frozenset[str] = frozenset()


def score(acts: Iterable[Act], at: datetime, rules: Rules) -> float:
    """What acts add up to at a moment, each fading since it was last seen.

    Several techniques at one site at the same time are one act, as heavy as the heaviest of them: whoever
    opens one web proxy is not counted for its worker, its frames and its addresses. What devices come to by
    their own settings is never enough without something else, however many sites and days there are of it.
    """
    somebodys, nobodys = 0.0, 0.0
    for together in _at_once(acts, rules.window):
        heaviest = max(left(act, at, rules) for act in together)
        if all(act.technique in rules.by_itself for act in together):
            nobodys += heaviest
        else:
            somebodys += heaviest
    return somebodys + nobodys if somebodys else min(nobodys, NOT_ENOUGH * rules.opens_at)


def left(act: Act, at: datetime, rules: Rules) -> float:
    """What is left of an act's weight at a moment."""
    share = 0.5 ** (max(at - act.last, timedelta()) / rules.half_life)
    return act.weight * share if share >= FORGOTTEN else 0.0


def is_enough(acts: Iterable[Act], at: datetime, rules: Rules) -> bool:
    """Say whether an adult should look."""
    return score(acts, at, rules) >= rules.opens_at


def _at_once(acts: Iterable[Act], window: timedelta) -> list[list[Act]]:
    """Acts at one site, put together where one follows the other without a pause."""
    groups: list[list[Act]] = []
    open_at: dict[str, list[Act]] = {}
    for act in sorted(acts, key=lambda act: (act.first, act.last)):
        group = open_at.get(act.site)
        if group is None or not goes_on(group[0].first, max(one.last for one in group), act.first, window):
            group = open_at[act.site] = []
            groups.append(group)
        group.append(act)
    return groups
