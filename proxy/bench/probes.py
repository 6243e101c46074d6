"""What does each worker of a filter answer a client, asked one by one?

A client's connection or port stays with one worker. Which one that is, is seen by whose count of questions
grows; one probe is kept for each worker.
"""

import http.client
import re
import socket
import struct
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from proxy.bench.errors import BenchProblem

TRIES = 200
TIMEOUT_S = 5.0
_ASKED = re.compile(r"^schoolgate_queries_total\{[^}]*\} (\S+)$", re.MULTILINE)


class Probe(ABC):
    """A way to one worker."""

    @abstractmethod
    def is_open(self) -> bool:
        """Whether the worker lets the client have the site now. Raises OSError when it does not answer."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""


class NameProbe(Probe):
    """A UDP port from which a resolver is asked for a name."""

    def __init__(self, resolver: tuple[str, int], client: str, name: str, address: str) -> None:
        self._open = socket.inet_aton(address)
        self._question = _question(name)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(TIMEOUT_S)
        self._socket.bind((client, 0))
        self._socket.connect(resolver)

    def is_open(self) -> bool:
        """Whether the answer ends in the site's own address; a block ends in the block page's."""
        self._socket.send(self._question)
        return self._open in self._socket.recv(4096)

    def close(self) -> None:
        """Close the port."""
        self._socket.close()


class PageProbe(Probe):
    """A connection to a proxy, kept alive, over which a page is asked for."""

    def __init__(self, proxy: tuple[str, int], client: str, url: str) -> None:
        self._url = url
        self._connection = http.client.HTTPConnection(*proxy, timeout=TIMEOUT_S, source_address=(client, 0))
        self._connection.connect()
        self._socket = self._connection.sock

    def is_open(self) -> bool:
        """Whether the page comes. A connection that the proxy cuts carried what is refused now."""
        if self._connection.sock is not self._socket:
            return False
        try:
            self._connection.request("GET", self._url)
            answer = self._connection.getresponse()
            answer.read()
        except (ConnectionError, http.client.HTTPException):
            self._connection.close()
            return False
        return answer.status == 200

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def one_for_each(workers: Sequence[str], make: Callable[[], Probe]) -> list[Probe]:
    """Make probes until there is one to each worker.

    workers   addresses of their metrics

    Raises BenchProblem when some worker is never reached.
    """
    kept: dict[str, Probe] = {}
    for _ in range(TRIES):
        if len(kept) == len(workers):
            break
        before = {worker: _asked(worker) for worker in workers}
        probe = make()
        probe.is_open()
        probe.is_open()
        reached = [worker for worker in workers if _asked(worker) > before[worker]]
        if len(reached) == 1 and reached[0] not in kept:
            kept[reached[0]] = probe
        else:
            probe.close()
    if len(kept) < len(workers):
        raise BenchProblem(f"only {len(kept)} of {len(workers)} workers could be reached")
    return list(kept.values())


def _asked(worker: str) -> float:
    with urllib.request.urlopen(f"{worker}/metrics", timeout=TIMEOUT_S) as answer:  # noqa: S310
        return sum(map(float, _ASKED.findall(answer.read().decode())))


def _question(name: str) -> bytes:
    """A question for an address, in wire form (RFC 1035, 4.1)."""
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    return struct.pack("!6H", 4711, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
