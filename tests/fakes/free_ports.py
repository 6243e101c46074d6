"""Which ports of this machine may a test give to a program that takes them only later?

Between the choice and the taking nobody else may come: not a connection that goes out, whose ports the
kernel draws from higher up; not a test that runs beside this one, which chooses from a part of its own; and
not this process, which gives no port twice in a row.
"""

import os
import random
import socket
from collections import deque
from collections.abc import Sequence

# The proxy reaches no port of its own machine that is one of the filter's or stands some hundreds behind
# `admin_listen`, so these have a range of their own.
PORTS, ADMIN_PORTS = range(20_000, 29_000), range(30_000, 31_000)
PARTS = 4  # as many as tests run side by side: SIDE_BY_SIDE in the Makefile
_given: deque[int] = deque(maxlen=100)


class NoFreePorts(Exception):
    """So many ports in a row were not found."""


def free_ports(count: int, addresses: Sequence[str] = ("127.0.0.1",), among: Sequence[int] = PORTS) -> int:
    """Return the first of `count` ports in a row that are free on these addresses, for UDP and TCP."""
    ours = _part(among)
    for _ in range(500):
        first = random.choice(ours[: 1 - count or None])
        wanted = range(first, first + count)
        if not set(wanted) & set(_given) and all(_is_free(a, port) for port in wanted for a in addresses):
            _given.extend(wanted)
            return first
    raise NoFreePorts(f"{count} in a row among {ours}")


def _part(among: Sequence[int]) -> Sequence[int]:
    """What of a range is this process's own; all of it where no tests run beside it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return among
    size, number = len(among) // PARTS, int(worker.removeprefix("gw")) % PARTS
    return among[number * size : (number + 1) * size]


def _is_free(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(family, kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
