"""How long to wait before a part that died is started again?"""

from dataclasses import dataclass

FIRST_S = 0.1
LONGEST_S = 15.0
STABLE_S = 5.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waiting times that double with each early death and begin anew after a stable run.

    deaths    early deaths in a row
    """

    deaths: int = 0

    def after(self, lived_s: float) -> "Backoff":
        """Count a death after a run of so many seconds."""
        return Backoff(0 if lived_s >= STABLE_S else self.deaths + 1)

    @property
    def delay_s(self) -> float:
        """Seconds to wait before the next start."""
        return float(min(LONGEST_S, FIRST_S * 2 ** min(max(self.deaths - 1, 0), 20)))
