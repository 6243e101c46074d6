"""What do the requests of a period come to? Values in, values out.

Where requests are broken down (by kind, school, time, list), a row of 1 to 4 of them shows neither their
number nor anything about them, and where the total would tell what is hidden the next smallest is hidden
too. Totals are always shown: where no other row has anything, they tell.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from math import ceil
from statistics import median

FEW = 5
HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Made:
    """Requests of one kind and school, made in one part of the period.

    part      first day of that part
    cases     how many; equal requests that are answered together are one
    asked     how often: everybody who asked counts for each of their requests
    overdue   how many were answered after their due time, or have not been answered though it has passed
    """

    kind: str
    school: str
    part: date
    cases: int
    asked: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Answers:
    """How long the first answers took to the requests of one kind and school, made in one part of the period.

    in_school, by_clock   microseconds, one for each answer, in any order
    """

    kind: str
    school: str
    part: date
    in_school: Sequence[int]
    by_clock: Sequence[int]


@dataclass(frozen=True, slots=True)
class Refused:
    """What one list refused under one category and people asked to open, in cases."""

    list_id: str
    category: str
    asked: int
    answered: int = 0
    approved: int = 0


@dataclass(frozen=True, slots=True)
class Times:
    """Hours within which half of all answers came, and nine of ten; None without answers."""

    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: requests of a kind, of a school, or of some days.

    name      id, kind, or the first day as ISO 8601; "" for the total
    hidden    it is of so few, or tells of such a one, that it is not shown; all else is then empty
    cases     requests; equal ones count once
    asked     how often, counting everybody who asked
    overdue   share of cases, 0 to 1
    """

    name: str
    hidden: bool = False
    cases: int = 0
    asked: int = 0
    answered: int = 0
    in_school: Times = Times()
    by_clock: Times = Times()
    overdue: float | None = None


@dataclass(frozen=True, slots=True)
class Appeals:
    """What became of appeals; `overturned` and `share` count those granted in part, too."""

    made: int
    taken_back: int
    decided: int
    overturned: int

    @property
    def share(self) -> float | None:
        """Share of the decided that were granted."""
        return self.overturned / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class ListLine:
    """What a list refused under a category and people asked to open (S13).

    blocks     how often it blocked, as the events tell; None: no events are kept of these days
    approved   of `answered`; their share is what the list blocks too much, as far as people say so
    """

    list_id: str
    category: str
    hidden: bool = False
    asked: int = 0
    answered: int = 0
    approved: int = 0
    blocks: int | None = None

    @property
    def share(self) -> float | None:
        """Share of the answered that were approved."""
        return self.approved / self.answered if self.answered else None


def in_order(answers: Iterable[Answers]) -> list[Answers]:
    """The same answers, their lengths sorted: tables sort them together, and sorted parts are quick."""
    return [replace(one, in_school=sorted(one.in_school), by_clock=sorted(one.by_clock)) for one in answers]


def total(made: Iterable[Made], answers: Iterable[Answers]) -> Line:
    """All requests in one line."""
    return _line("", [*made], [*answers])


def lines[Of: Hashable](
    made: Iterable[Made],
    answers: Iterable[Answers],
    of: Callable[[Made | Answers], Of],
    names: Sequence[Of],
    shown: Callable[[Of], str],
) -> tuple[Line, ...]:
    """Requests broken down by what `of` says, a line for each name, in their order; those without any too."""
    parts: dict[Of, list[Made]] = defaultdict(list)
    answered: dict[Of, list[Answers]] = defaultdict(list)
    for group in made:
        parts[of(group)].append(group)
    for answer in answers:
        answered[of(answer)].append(answer)
    hidden = too_few({name: sum(group.cases for group in parts[name]) for name in names})
    return tuple(
        Line(shown(name), hidden=True) if name in hidden else _line(shown(name), parts[name], answered[name])
        for name in names
    )


def over_blocking(
    refused: Iterable[Refused], blocks: Mapping[tuple[str, str], int] | None
) -> tuple[ListLine, ...]:
    """What was asked to be opened by list and category, the most approved first.

    blocks   how often each list blocked under a category; None: nobody knows
    """
    parts = {(one.list_id, one.category): one for one in refused}
    hidden = too_few({name: one.asked for name, one in parts.items()})
    found = [
        ListLine(*name, hidden=True)
        if name in hidden
        else ListLine(
            *name,
            asked=one.asked,
            answered=one.answered,
            approved=one.approved,
            blocks=None if blocks is None else blocks.get(name, 0),
        )
        for name, one in parts.items()
    ]
    return tuple(
        sorted(found, key=lambda one: (one.hidden, -one.approved, -one.asked, one.list_id, one.category))
    )


def too_few[Name: Hashable](counts: Mapping[Name, int]) -> frozenset[Name]:
    """Which rows to hide: those of 1 to 4, and the next smallest where the total would tell what they are: of
    one alone, or of several that are all as few or as many as they can be."""
    few = {name for name, number in counts.items() if 0 < number < FEW}
    rest = {name: number for name, number in counts.items() if number >= FEW}
    told = sum(counts[name] for name in few) in (len(few), (FEW - 1) * len(few))
    if few and rest and (told or len(few) == 1):
        few.add(min(rest, key=lambda name: rest[name]))
    return frozenset(few)


def times(lengths_us: Iterable[int]) -> Times:
    """Median and 90th percentile (nearest rank), in hours, of lengths in microseconds."""
    ordered = sorted(lengths_us)
    if not ordered:
        return Times()
    number = len(ordered)
    middle = ordered[(number - 1) // 2 : number // 2 + 1]
    return Times(median(length / HOUR_US for length in middle), ordered[ceil(0.9 * number) - 1] / HOUR_US)


def _line(name: str, made: Sequence[Made], answers: Sequence[Answers]) -> Line:
    cases = sum(group.cases for group in made)
    return Line(
        name=name,
        cases=cases,
        asked=sum(group.asked for group in made),
        answered=sum(len(group.by_clock) for group in answers),
        in_school=times(chain.from_iterable(group.in_school for group in answers)),
        by_clock=times(chain.from_iterable(group.by_clock for group in answers)),
        overdue=sum(group.overdue for group in made) / cases if cases else None,
    )
