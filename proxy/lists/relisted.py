"""Of which hosts does an index say something else than the index before it?

What is kept from before a refresh of the lists need be judged anew only where such a host is concerned. Lines
do not count: when a list gains a name at its top, all others move one line down, and are as listed as before.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from proxy.decision.names import is_address, tails

MOST_NAMES = 100_000
MOST_RANGES = 1_000
RANGE_MARK = "="
PIECE = 1 << 15  # of a file that is read while questions are answered: no step of it may take long

type Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Relisted:
    """The hosts of which the lists say something else: some of them as before, none that is missing.

    names    these and what lies below them
    ranges   addresses in these
    """

    names: frozenset[str] = frozenset()
    ranges: frozenset[Network] = frozenset()

    def touches(self, host: str) -> bool:
        """Say whether a canonical host may be judged otherwise than before."""
        if not self.names.isdisjoint(tails(host)):
            return True
        return bool(self.ranges) and is_address(host) and self._covers(host)

    def joined(self, other: "Relisted") -> "Relisted | None":
        """What either of two says; None when that is too much to be of use."""
        return bounded(self.names | other.names, self.ranges | other.ranges)

    @cached_property
    def _runs(self) -> dict[int, list[tuple[int, int]]]:
        """First and last address of each run of ranges, in order, by IP version."""
        runs: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
        for network in sorted(self.ranges, key=lambda one: int(one.network_address)):
            first, last, known = int(network[0]), int(network[-1]), runs[network.version]
            if known and first <= known[-1][1] + 1:
                known[-1] = (known[-1][0], max(known[-1][1], last))
            else:
                known.append((first, last))
        return runs

    def _covers(self, host: str) -> bool:
        address = ip_address(host)
        number, runs = int(address), self._runs[address.version]
        at = bisect_right(runs, number, key=lambda run: run[0])
        return bool(at) and number <= runs[at - 1][1]

    def to_bytes(self) -> bytes:
        """Spell it as a file: a line each."""
        lines = [*sorted(self.names), *(f"{RANGE_MARK}{one}" for one in sorted(map(str, self.ranges)))]
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")

    @classmethod
    def from_bytes(cls, data: bytes) -> "Relisted":
        """Read what `to_bytes` wrote. Raises ValueError on anything else."""
        names: set[str] = set()
        ranges: set[Network] = set()
        at = 0
        while at < len(data):
            end = data.find(b"\n", min(at + PIECE, len(data) - 1)) + 1
            if not end:
                raise ValueError("it ends within a line")
            lines = data[at:end].decode("utf-8", "surrogatepass").split("\n")[:-1]
            marked = [line for line in lines if line[:1] == RANGE_MARK]
            ranges.update(ip_network(line[1:]) for line in marked)
            names.update(lines)
            names.difference_update(marked)
            at = end
        return cls(frozenset(names), frozenset(ranges))


NOTHING = Relisted()


def bounded(names: Iterable[str], ranges: Iterable[Network]) -> Relisted | None:
    """What is relisted, or None when it is so much that judging everything anew is as good."""
    found = Relisted(frozenset(names), frozenset(ranges))
    few = len(found.names) <= MOST_NAMES and len(found.ranges) <= MOST_RANGES
    return found if few else None
