"""A client that sends into what is not open yet has to wait, and its connection closes when told."""

import asyncio
import contextlib
import logging
import socket
import threading

import pytest

from fake_origins import TestAuthority, http_origin, serving
from proxy.dns.resolver import Resolver
from school_proxy import read_all, records_for, school

NAMES = records_for("learn.test")
MIB = 1024 * 1024


def uploaded(connection: socket.socket, *, at_most: int = 200 * MIB) -> int:
    """Send until the peer takes nothing for a second, or closes; return what it took."""
    connection.settimeout(1)
    sent = 0
    with contextlib.suppress(TimeoutError, ConnectionError):
        while sent < at_most:
            sent += connection.send(b"u" * 65536)
    return sent


def head(host: str, length: int = 10_000 * MIB) -> bytes:
    return f"POST http://{host}/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n".encode()


@pytest.fixture
def slow_names(monkeypatch):
    """A resolver that answers when the test says so."""
    may_answer, lookup = threading.Event(), Resolver.lookup

    async def waiting(self, *args):
        await asyncio.to_thread(may_answer.wait, 30)
        return await lookup(self, *args)

    monkeypatch.setattr(Resolver, "lookup", waiting)
    yield may_answer
    may_answer.set()


def test_little_is_read_while_the_name_is_looked_up_and_the_rest_when_it_is_known(tmp_path, slow_names):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run, run.connect() as connection:
        connection.sendall(head(f"learn.test:{origin.port}", 30 * MIB))
        sent = uploaded(connection, at_most=30 * MIB)
        assert sent < 20 * MIB  # most of it in the kernel's buffers
        slow_names.set()
        connection.settimeout(60)
        connection.sendall(b"u" * (30 * MIB - sent))
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert [len(seen.body) for seen in origin.requests] == [30 * MIB]


def test_whoever_waits_is_disconnected_when_the_request_is_refused(tmp_path, slow_names):
    with school(tmp_path, records={}) as run, run.connect() as connection:
        connection.sendall(head("nowhere.test"))
        uploaded(connection)
        slow_names.set()
        connection.settimeout(60)
        assert read_all(connection) == b""


def test_little_is_read_while_a_server_does_not_finish_its_handshake(tmp_path):
    seen_enough = threading.Event()

    def silent(connection, _):
        seen_enough.wait(60)

    with (
        serving(silent) as origin,
        school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run,
    ):
        connection, _ = run.tunnel(f"learn.test:{origin.port}")
        secure = run.tls(connection, "learn.test")
        secure.sendall(
            f"POST / HTTP/1.1\r\nHost: learn.test\r\nContent-Length: {10_000 * MIB}\r\n\r\n".encode()
        )
        taken = uploaded(secure)
        seen_enough.set()
        assert taken < 20 * MIB


def test_a_server_that_cannot_be_reached_leaves_nobody_waiting(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with school(tmp_path, records=NAMES) as run, run.connect() as connection:
        connection.sendall(head(f"learn.test:{port}"))
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"u" * (50 * MIB))
        read_all(connection)
        run.wait_until_idle()


def test_uploads_and_downloads_of_any_length_pass(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
        run.client() as client,
    ):
        for _ in range(3):
            answer = client.post(f"https://learn.test:{origin.port}/", content=b"u" * (8 * MIB))
            assert answer.status_code == 200
        assert [len(seen.body) for seen in origin.requests] == [8 * MIB] * 3


def test_a_fault_inside_mitmproxy_ends_the_connection_and_is_told_once(tmp_path, caplog):
    """Trailers of HTTP/1 are one: mitmproxy raises on them."""
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        for _ in range(2):
            with run.connect() as connection:
                fields = f"Host: learn.test:{origin.port}\r\nTransfer-Encoding: chunked\r\n\r\n"
                connection.sendall(f"POST http://learn.test:{origin.port}/ HTTP/1.1\r\n{fields}".encode())
                connection.sendall(b"2\r\nhi\r\n0\r\nX-Trailer: y\r\n\r\n")
                assert read_all(connection) == b""
        assert [event.host for event in run.events_when(lambda events: len(events) == 2)] == [
            "learn.test"
        ] * 2
    told = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.name for record in told] == ["addons.bounded_connection"]
    assert "learn.test" not in caplog.text
