"""What would an approval open: which part of which site, for whom, from when until when?

A frozen value. It stands for what was asked for, for what a reviewer narrows it to, and for what is
kept of a decision.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from proxy.console.review.states import Reach
from proxy.decision.policy import Audience, Override, Target
from proxy.decision.urls import is_under
from proxy.decision.verdict import Action

AUDIENCE = ("classes", "subjects", "grades", "groups", "schools")


@dataclass(frozen=True, slots=True)
class Opened:
    """A part of a site for an audience and a time.

    audience       kind of `AUDIENCE` -> ids, sorted; a person counts whom any of them names
    begins, ends   aware; None: at once, and standing
    within         a school; of the classes, grades and groups of the audience only who belongs to it. "": all
    """

    host: str
    reach: Reach = Reach.SITE
    path: str = "/"
    query: str | None = None
    audience: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    begins: datetime | None = None
    ends: datetime | None = None
    within: str = ""

    @property
    def sign(self) -> str:
        """A short text that is another one for whatever opens something else."""
        times = [moment.isoformat() if moment else None for moment in (self.begins, self.ends)]
        place = [self.host, self.reach.value, self.path, self.query]
        plain = json.dumps([place, sorted(self.audience.items()), self.within, times])
        return hashlib.sha256(plain.encode()).hexdigest()[:32]

    @property
    def target(self) -> Target:
        """As the decision knows it."""
        if self.reach is Reach.SITE:
            return Target(self.host)
        if self.reach is Reach.PATH:
            return Target(self.host, self.path)
        return Target(self.host, self.path, exact=True, query=self.query)

    def whom(self) -> Audience:
        """As the decision knows it."""
        whom = {kind: frozenset(self.audience.get(kind, ())) for kind in AUDIENCE}
        return Audience(**whom, within=frozenset({self.within} - {""}))

    def as_override(self, id_: str, reason: str, decided_by: str, action: Action = Action.ALLOW) -> Override:
        """The exception that it would be."""
        return Override(id_, action, self.target, self.whom(), reason, decided_by, self.begins, self.ends)


def audience(plain: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The audience that JSON holds, without what is empty or unknown."""
    return {kind: tuple(sorted(set(plain[kind]))) for kind in AUDIENCE if plain.get(kind)}


def together(parts: Iterable[Opened]) -> Opened:
    """The least that contains every part, where all are of one host: what joined requests ask for.

    Raises ValueError when there is no part.
    """
    first, *others = parts
    for other in others:
        first = _joined(first, other)
    return first


def wider(less: Opened, more: Opened) -> list[str]:
    """In which ways `less` reaches beyond `more`, in words; empty when it lies within it."""
    ways = []
    if not _within(less, more):
        ways.append(f"{less.target} is more than {more.target}, which was asked for")
    for kind in AUDIENCE:
        extra = set(less.audience.get(kind, ())) - set(more.audience.get(kind, ()))
        if extra:
            ways.append(f"nobody asked for {', '.join(sorted(extra))}")
    if more.begins is not None and (less.begins is None or less.begins < more.begins):
        ways.append("it begins before the time that was asked for")
    if more.ends is not None and (less.ends is None or less.ends > more.ends):
        ways.append("it ends after the time that was asked for")
    return ways


def _within(less: Opened, more: Opened) -> bool:
    if less.host != more.host:
        return False
    if more.reach is Reach.SITE:
        return True
    if more.reach is Reach.PATH:
        return less.reach is not Reach.SITE and is_under(less.path, more.path)
    return less.reach is Reach.PAGE and less.path == more.path and more.query in (None, less.query)


def _joined(one: Opened, other: Opened) -> Opened:
    place = next((p for p, q in ((one, other), (other, one)) if _within(q, p)), Opened(one.host))
    both = {
        kind: tuple(sorted({*one.audience.get(kind, ()), *other.audience.get(kind, ())})) for kind in AUDIENCE
    }
    return Opened(
        host=one.host,
        reach=place.reach,
        path=place.path,
        query=place.query,
        audience={kind: ids for kind, ids in both.items() if ids},
        begins=None if one.begins is None or other.begins is None else min(one.begins, other.begins),
        ends=None if one.ends is None or other.ends is None else max(one.ends, other.ends),
    )
