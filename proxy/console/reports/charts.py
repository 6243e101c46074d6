"""Where does each bar of a chart stand? Geometry only; the template draws it, and a table says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 560, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 36, 28
MOST_LABELS = 8
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Box:
    """One bar, or part of a stacked one. `series` counts from 1."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side, each made of the same series."""

    boxes: tuple[Box, ...]
    columns: tuple[Mark, ...]
    rows: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    gutter: int = LEFT - 8
    foot: int = HEIGHT - 8


def stacked(names: Sequence[str], values: Sequence[Sequence[int]]) -> Chart | None:
    """Stack the values of each column; None where there is nothing to draw.

    names    what stands below each column
    values   for each column, one number of each series
    """
    highest = max((sum(column) for column in values), default=0)
    if highest == 0:
        return None
    ticks = _ticks(highest)
    scale = (HEIGHT - TOP - BOTTOM) / ticks[-1]
    step = (WIDTH - LEFT - RIGHT) / len(values)
    boxes = []
    for place, column in enumerate(values):
        foot = float(HEIGHT - BOTTOM)
        for series, value in enumerate(column, 1):
            if value:
                foot -= value * scale
                x = LEFT + step * (place + 0.15)
                boxes.append(Box(_r(x), _r(foot), _r(step * 0.7), _r(value * scale), series))
    every = ceil(len(names) / MOST_LABELS)
    columns = (Mark(_r(LEFT + step * (n + 0.5)), name) for n, name in enumerate(names) if n % every == 0)
    rows = (Mark(_r(HEIGHT - BOTTOM - tick * scale), f"{tick:,}") for tick in ticks)
    return Chart(tuple(boxes), tuple(columns), tuple(rows))


def _ticks(highest: int) -> list[int]:
    """Four or five round numbers from 0 to at least the highest value."""
    rough = max(1.0, highest / 4)
    power = 10 ** floor(log10(rough))
    step = next(int(one * power) for one in _STEPS if one * power >= rough)
    return [*range(0, highest + step, step)]


def _r(value: float) -> float:
    return round(value, 1)
