"""How is the whole filter started with its console, to be measured as one?

The demo's school and web sites, two workers of each kind, everything on loopback and on free ports.
"""

import json
import random
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

import yaml

from proxy.bench.errors import BenchProblem
from proxy.bench.office import Office
from proxy.bench.questions import LOOPBACK
from proxy.bench.running import Started
from proxy.bench.school import SCHOOLGATE

ORIGIN = "127.0.9.1"
WORKERS = 2
STARTED_S = 120.0
# Where the kernel takes no ports for outgoing connections from. The proxy reaches nothing that stands
# some hundreds behind `admin_listen`, so that these are apart.
PORTS, ADMIN_PORTS = range(20_000, 29_000), range(30_000, 31_000)


class Gateway(Office):
    """The filter of the demo's school, with its console."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.dns, self.proxy, self._page, self.origin_http = (_free(PORTS, 2) for _ in range(4))
        self._admin = _free(ADMIN_PORTS, 2 + 2 * WORKERS)

    @property
    def resolvers(self) -> list[str]:
        """Where each resolver's metrics are."""
        return [f"http://{LOOPBACK}:{self._admin + 1 + number}" for number in range(WORKERS)]

    @property
    def proxies(self) -> list[str]:
        """Where each proxy's metrics are."""
        return [f"http://{LOOPBACK}:{self._admin + 1 + WORKERS + number}" for number in range(WORKERS)]

    def write(self) -> None:
        """Write the demo's settings with places of this measurement's own, and put them in force."""
        super().write()
        self._change("gateway.yaml", self._places)
        self._change("console.yaml", self._console)
        self._schoolgate("publish")
        self._schoolgate("console", "migrate", "--demo")

    def start_all(self) -> Started:
        """Start everything, and wait until each process is ready. Raises BenchProblem."""
        words = [*SCHOOLGATE, "demo", "--config", str(self.config)]
        words += ["--origin-http", str(self.origin_http), "--origin-https", str(self.origin_http + 1)]
        server = self.running.start(words, self.directory / "filter.log", cores=self.cores)
        waiting = [*self.resolvers, *self.proxies, f"http://{LOOPBACK}:{self._admin + 1 + 2 * WORKERS}"]
        deadline = time.monotonic() + STARTED_S
        while waiting:
            waiting = [place for place in waiting if not _is_ready(place)]
            if time.monotonic() > deadline or not server.lives():
                raise BenchProblem(f"the filter is not ready: {server.said()}")
            time.sleep(0.05)
        return server

    def _places(self, settings: dict[str, Any]) -> None:
        settings["gateway"].update(
            workers_dns=WORKERS, workers_http=WORKERS, admin_listen=f"{LOOPBACK}:{self._admin}"
        )
        settings["dns"].update(listen=f"{LOOPBACK}:{self.dns}")
        settings["proxy"].update(listen=f"{LOOPBACK}:{self.proxy}")
        settings["block_page"].update(
            listen_http=f"{LOOPBACK}:{self._page}", listen_https=f"{LOOPBACK}:{self._page + 1}"
        )

    def _console(self, settings: dict[str, Any]) -> None:
        settings["console"].update(
            admin_listen=f"{LOOPBACK}:{self._admin + 1 + 2 * WORKERS}", requests_per_day=1000
        )

    def _change(self, name: str, change: Any) -> None:
        path = self.config / name
        settings = yaml.safe_load(path.read_text())
        change(settings)
        path.write_text(json.dumps(settings))


def _is_ready(place: str) -> bool:
    try:
        with urllib.request.urlopen(f"{place}/readyz", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _free(among: Sequence[int], count: int) -> int:
    """The first of so many ports in a row that are free for UDP and TCP. Raises BenchProblem."""
    for _ in range(200):
        first = random.choice(among)
        if all(_is_free(first + number, kind) for number in range(count) for kind in _KINDS):
            return first
    raise BenchProblem("no free ports were found")


_KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM)


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    for address in (LOOPBACK, ORIGIN):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
