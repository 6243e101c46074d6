"""Connections that mitmproxy gets from the front door."""

import asyncio
import socket
import time

import pytest

from addons import handed_on
from fake_origins import http_origin, page, serving
from proxy.event_loop import new_event_loop
from school_proxy import PUPIL, read_all, records_for, school

NAMES = records_for("learn.test", "games.test")
LARGE = 6 * 1024 * 1024
LOOPS = pytest.mark.parametrize(
    "loop_factory",
    [pytest.param(new_event_loop, id="ours"), pytest.param(asyncio.new_event_loop, id="asyncio's")],
)


def request(port: int, path: str, *fields: str) -> bytes:
    lines = (f"GET http://learn.test:{port}{path} HTTP/1.1", "Host: learn.test", *fields, "", "")
    return "\r\n".join(lines).encode()


def test_what_was_read_already_comes_first_and_the_client_s_address_is_its_own(tmp_path):
    seen = []

    class Watching:
        """Notes whom mitmproxy takes for the client."""

        def client_connected(self, client) -> None:
            seen.append(client.peername[0])

    with (
        http_origin() as origin,
        school(tmp_path, records=NAMES, detectors=(Watching(),)) as run,
        run.connect(PUPIL) as connection,
    ):
        head = request(origin.port, "/x", "Connection: close")
        for part in (head[:30], head[30:50], head[50:]):
            connection.sendall(part)
        assert read_all(connection).endswith(b"origin says /x")
    assert seen == [PUPIL]


def test_a_connection_that_is_cut_ends_whoever_holds_it(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.connect() as connection:
        connection.sendall(
            f"GET http://learn.test:{origin.port}/ HTTP/1.1\r\nHost: learn.test\r\n\r\n".encode()
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        run.on_loop(run.proxy.door.drop_all)
        read_all(connection)
        run.wait_until_idle()
        assert run.proxy.connections == {}


@LOOPS
def test_a_fault_before_mitmproxy_has_it_closes_the_connection_and_is_told(
    tmp_path, caplog, monkeypatch, loop_factory
):
    with school(tmp_path, records=NAMES, loop_factory=loop_factory) as run:
        monkeypatch.setattr(run.proxy._handed_on, "_handler", lambda *_: 1 / 0)
        with run.connect() as connection:
            connection.sendall(b"GET http://learn.test/ HTTP/1.1\r\nHost: learn.test\r\n\r\n")
            assert read_all(connection) == b""
        run.wait_until_idle()
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]
    assert "learn.test" not in caplog.text


class TestSlowReaders:
    """The last answer of a connection, to a client that does not read it at once."""

    @pytest.fixture
    def origin(self):
        def handle(connection, _):
            connection.recv(65536)
            connection.sendall(page("x" * LARGE, "Connection: close"))

        with serving(handle) as origin:
            yield origin

    def asked(self, run, port: int) -> socket.socket:
        """A connection whose last answer mitmproxy has given away; little of it has left our process."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.bind((PUPIL, 0))
        connection.connect(("127.0.0.1", run.port))
        connection.sendall(request(port, "/", "Connection: close"))
        first = connection.recv(1)
        deadline = time.monotonic() + 60
        while run.proxy.connections:
            assert time.monotonic() < deadline, "the answer is still under way"
        assert first == b"H"
        return connection

    @LOOPS
    def test_gets_it_whole_and_counts_as_connected_until_then(self, tmp_path, origin, loop_factory):
        with (
            school(tmp_path, records=NAMES, loop_factory=loop_factory, stream_over_bytes=2 * LARGE) as run,
            self.asked(run, origin.port) as connection,
        ):
            assert len(run.proxy.door.sessions) == 1
            assert read_all(connection).count(b"x") >= LARGE
            run.wait_until_idle()

    @LOOPS
    def test_is_not_waited_for_without_end(self, tmp_path, origin, loop_factory, monkeypatch):
        monkeypatch.setattr(handed_on, "LAST_WORDS_S", 0.1)
        with (
            school(tmp_path, records=NAMES, loop_factory=loop_factory, stream_over_bytes=2 * LARGE) as run,
            self.asked(run, origin.port) as connection,
        ):
            run.wait_until_idle()
            assert read_all(connection).count(b"x") < LARGE
