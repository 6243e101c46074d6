"""What was measured in one run, and how does it compare with each peer?

A figure has a name `case.figure`, such as `hot.cpu`; each peer has one sample of it a round. The ratio
of the filter's median to a peer's median is what counts; below 1 the filter needs less.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

OURS = "schoolgate"
GOAL = "goal"
UNITS = {
    "cpu": "us CPU",
    "rate": "a second",
    "p50": "us",
    "p99": "us",
    "longest": "ms",
    "median": "ms",
    "p95": "ms",
    "added": "ms",
    "seconds": "s",
    "us": "us",
    "dearest": "us",
    "grows": "times",
    "bytes": "bytes",
    "lost": "",
    "pss": "MB",
    "peak": "MB",
    "growth": "MB",
    "kept": "",
}
HIGHER_IS_BETTER = {"rate"}


@dataclass(frozen=True, slots=True)
class Spread:
    """Samples of one figure of one peer."""

    median: float
    least: float
    most: float
    samples: int


@dataclass
class Results:
    """The samples of one area of the bench.

    area      `dns`, `lists`, ...
    samples   (case.figure, peer) -> a sample a round
    void      peer -> why its figures count for nothing
    skipped   peer -> why it was not measured
    stolen    (case, peer) -> the greatest share of time stolen while it was measured
    versions  peer -> what it says of its version
    """

    area: str
    samples: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    void: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    stolen: dict[tuple[str, str], float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def add(self, case: str, peer: str, stolen: float | None = None, **figures: float) -> None:
        """Take the figures of one measurement.

        stolen   share of the time that the hypervisor took meanwhile
        """
        for figure, value in figures.items():
            self.samples.setdefault((f"{case}.{figure}", peer), []).append(value)
        if stolen is not None:
            self.stolen[case, peer] = max(stolen, self.stolen.get((case, peer), 0.0))

    def spoil(self, peer: str, why: str) -> None:
        """A peer answered wrongly: none of its figures counts."""
        self.void.setdefault(peer, why)

    def skip(self, peer: str, why: str) -> None:
        """A peer is not measured."""
        self.skipped[peer] = why

    def nothing(self, case: str, peer: str) -> None:
        """A load was too short for a single answer."""
        self.skip(f"{peer}, {case}", "nothing was answered in the time of a load; give it more --seconds")

    def figures(self) -> list[str]:
        """All figures, in the order in which they were first measured."""
        return list(dict.fromkeys(name for name, _ in self.samples))

    def peers(self, figure: str) -> list[str]:
        """Who has a figure, the filter first."""
        having = [peer for name, peer in self.samples if name == figure]
        return sorted(having, key=lambda peer: peer != OURS)

    def spread(self, figure: str, peer: str) -> Spread | None:
        """Median, least and most of a peer's samples; None without any."""
        values = self.samples.get((figure, peer))
        return Spread(median(values), min(values), max(values), len(values)) if values else None

    def ratio(self, figure: str, peer: str) -> float | None:
        """The filter's median to a peer's; None when either is missing, void or nothing."""
        ours, theirs = self.spread(figure, OURS), self.spread(figure, peer)
        if ours is None or theirs is None or peer == OURS or self.void.keys() & {peer, OURS}:
            return None
        first, second = ours.median, theirs.median
        if figure.rpartition(".")[2] in HIGHER_IS_BETTER:
            first, second = second, first
        return round(first / second, 3) if second > 0 else None

    def ratios(self) -> dict[str, float]:
        """`area.case.figure.vs.peer` -> ratio, below 1 where the filter is the better one."""
        found = {}
        for figure in self.figures():
            for peer in self.peers(figure):
                ratio = self.ratio(figure, peer)
                if ratio is not None:
                    found[f"{self.area}.{figure}.vs.{peer}"] = ratio
        return found


def unit_of(figure: str) -> str:
    """In what a figure is counted."""
    return UNITS[figure.rpartition(".")[2]]


def as_json(results: Results) -> Mapping[str, object]:
    """Everything that was measured, as plain values."""
    figures: dict[str, dict[str, object]] = {}
    for figure in results.figures():
        for peer in results.peers(figure):
            spread = results.spread(figure, peer)
            assert spread is not None
            stolen = results.stolen.get((figure.rpartition(".")[0], peer))
            figures.setdefault(figure, {})[peer] = {
                "median": round(spread.median, 3),
                "min": round(spread.least, 3),
                "max": round(spread.most, 3),
                "samples": spread.samples,
                **({"stolen": round(stolen, 3)} if stolen is not None else {}),
            }
    return {
        "area": results.area,
        "figures": figures,
        "versions": results.versions,
        "void": results.void,
        "skipped": results.skipped,
    }
