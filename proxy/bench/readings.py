"""How much CPU time and memory have processes used, and how much time was stolen from the machine?

All of it is read from /proc. CPU time and memory are those of whole process trees, so a server that
forks hides nothing.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PARENT, _CPU = 1, slice(11, 15)  # fields of /proc/PID/stat behind the command's name


@dataclass(frozen=True, slots=True)
class Machine:
    """Ticks of all cores since the start of the machine; `stolen` went to other guests of the host."""

    busy: int
    idle: int
    stolen: int

    def stolen_since(self, before: "Machine") -> float:
        """Share of the time since an earlier reading that the hypervisor gave to others, 0 to 1."""
        stolen = self.stolen - before.stolen
        total = stolen + self.busy - before.busy + self.idle - before.idle
        return stolen / total if total > 0 else 0.0


def machine(proc: Path = PROC) -> Machine:
    """Read the machine's ticks."""
    first = (proc / "stat").read_text().splitlines()[0]
    user, nice, system, idle, waiting, irq, soft_irq, stolen = map(int, first.split()[1:9])
    return Machine(user + nice + system + irq + soft_irq, idle + waiting, stolen)


def tree(roots: Iterable[int], proc: Path = PROC) -> list[int]:
    """The given processes and all that descend from them and still live."""
    children: dict[int, list[int]] = {}
    living = set()
    for entry in proc.iterdir():
        if entry.name.isdigit() and (fields := _stat(entry)):
            living.add(int(entry.name))
            children.setdefault(int(fields[_PARENT]), []).append(int(entry.name))
    todo, found = [pid for pid in roots if pid in living], []
    while todo:
        pid = todo.pop()
        if pid not in found:
            found.append(pid)
            todo += children.get(pid, [])
    return found


def cpu_s(roots: Iterable[int], proc: Path = PROC) -> float:
    """CPU seconds, user and system, of all processes in the trees, those that have ended included."""
    ticks = 0
    for pid in tree(roots, proc):
        ticks += sum(map(int, _stat(proc / str(pid))[_CPU]))
    return ticks / TICKS_PER_S


def pss_mb(roots: Iterable[int], proc: Path = PROC) -> float:
    """Memory of the trees in MiB; what several processes share counts once (proportional set size)."""
    return sum(_pss_kb(proc / str(pid)) for pid in tree(roots, proc)) / 1024


def _pss_kb(process: Path) -> int:
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:  # it ended meanwhile, or it is another user's
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _stat(process: Path) -> list[str]:
    """Fields behind the name, which may itself hold spaces and brackets; none when it is gone."""
    try:
        return (process / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []
