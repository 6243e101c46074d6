"""Asking each worker of a filter."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from proxy.bench.errors import BenchProblem
from proxy.bench.probes import NameProbe, PageProbe, Probe, one_for_each

OPEN = "127.0.9.1"


class Answering(BaseHTTPRequestHandler):
    """A proxy that shows a page, refuses it, or cuts the connection; a worker's metrics too."""

    protocol_version = "HTTP/1.1"
    status = 200
    asked = 0

    def do_GET(self) -> None:
        kind = type(self)
        if self.path == "/metrics":
            self._send(
                200, f'schoolgate_queries_total{{stage="http",transport="request"}} {kind.asked}\n'.encode()
            )
            return
        kind.asked += 1
        if kind.status:
            self._send(kind.status, b"a page")
        else:
            self.close_connection = True

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


type Workers = list[tuple[type[Answering], tuple[str, int]]]


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Two workers, each with a port of its own."""
    servers, made = [], []
    for _ in range(2):
        kind = type("Worker", (Answering,), {})
        server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        made.append((kind, server.server_address[:2]))
    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_page_is_shown_refused_or_cut_off(workers: Workers) -> None:
    kind, place = workers[0]
    probe = PageProbe(place, "127.0.0.1", "http://games.example/")
    assert probe.is_open()
    kind.status = 403
    assert not probe.is_open()
    kind.status = 0
    assert not probe.is_open()
    kind.status = 200
    assert not probe.is_open(), "a new connection could be another worker's"
    probe.close()


def test_one_probe_is_kept_for_each_worker(workers: Workers) -> None:
    (first, one), (_, other) = workers
    ways = iter([one, one, one, other])
    made: list[Probe] = []

    def make() -> Probe:
        made.append(PageProbe(next(ways), "127.0.0.1", "http://games.example/"))
        return made[-1]

    metrics = [f"http://{host}:{port}" for host, port in (one, other)]
    assert one_for_each(metrics, make) == [made[0], made[3]]
    first.status = 403
    assert [probe.is_open() for probe in (made[0], made[3])] == [False, True]
    for probe in made:
        probe.close()


def test_a_worker_that_is_never_reached_is_said(
    workers: Workers,
) -> None:
    (_, one), (_, other) = workers
    metrics = [f"http://{host}:{port}" for host, port in (one, other)]
    with pytest.raises(BenchProblem, match="only 1 of 2 workers"):
        one_for_each(metrics, lambda: PageProbe(one, "127.0.0.1", "http://games.example/"))


@pytest.mark.parametrize(("address", "is_open"), [(OPEN, True), ("127.0.0.1", False)])
def test_a_name_is_open_when_its_own_address_comes(address: str, is_open: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as resolver:
        resolver.bind(("127.0.0.1", 0))

        def answer() -> None:
            question, client = resolver.recvfrom(512)
            assert b"\x05games\x07example\x00\x00\x01\x00\x01" in question
            resolver.sendto(question + socket.inet_aton(address), client)

        thread = threading.Thread(target=answer)
        thread.start()
        probe = NameProbe(resolver.getsockname(), "127.0.0.1", "games.example", OPEN)
        assert probe.is_open() is is_open
        probe.close()
        thread.join(60)
