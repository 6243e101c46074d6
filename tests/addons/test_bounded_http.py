"""Nobody fills a worker's memory over HTTP, and one request stays one request."""

import base64
import contextlib
import hashlib
import struct

import pytest

from fake_origins import TestAuthority, http_origin, serving
from http2_client import Http2Client
from school_proxy import read_all, records_for, school

NAMES = records_for("learn.test", "games.test")
MIB = 1024 * 1024
SMUGGLED = b"GET /games HTTP/1.1\r\nHost: games.test\r\n\r\n"
UPGRADE = (
    "GET http://learn.test:{port}/ HTTP/1.1\r\nHost: learn.test\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_without_a_length_is_no_second_request_to_a_server_that_speaks_http1(tmp_path, method):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
        Http2Client(run, f"learn.test:{origin.port}") as client,
    ):
        assert client.ask(method, "/a", body=SMUGGLED) == "200"
        assert [(seen.method, seen.target, seen.body) for seen in origin.requests] == [
            (method, "/a", SMUGGLED)
        ]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_request_s_body_is_not_collected_without_end(tmp_path, method):
    with (
        school(tmp_path, records=NAMES) as run,
        Http2Client(run, "learn.test:443", "games.test") as client,
    ):
        assert client.send_without_end(method, "/a", at_most=100 * MIB) < 30 * MIB


def test_a_server_s_endless_header_line_ends_its_connection(tmp_path):
    sent = []

    def endless(connection, _):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(200):
            connection.sendall(b"a" * 65536)
            sent.append(65536)

    with serving(endless) as origin, school(tmp_path, records=NAMES) as run, run.connect() as connection:
        connection.sendall(
            f"GET http://learn.test:{origin.port}/ HTTP/1.1\r\nHost: learn.test\r\n\r\n".encode()
        )
        assert read_all(connection).startswith(b"HTTP/1.1 502")
        run.events_when(bool)
    assert sum(sent) < 10 * MIB


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param(b"\x02\x7f" + struct.pack("!Q", 1 << 40) + b"a" * MIB, id="one long frame"),
        pytest.param(b"\x02\x01a" + b"\x00\x01a" * 5_000, id="many small ones"),
    ],
)
def test_a_websocket_message_without_end_ends_its_connection(tmp_path, frames):
    def flood(connection, _):
        head = connection.recv(65536)
        key = head.lower().partition(b"sec-websocket-key: ")[2][:24]
        key = head[head.lower().index(key) :][:24]
        proof = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n" + frames
        )
        with contextlib.suppress(OSError):
            for _ in range(40 if len(frames) >= MIB else 0):
                connection.sendall(b"a" * MIB)
            connection.recv(1)

    with serving(flood) as origin, school(tmp_path, records=NAMES) as run, run.connect() as connection:
        connection.sendall(UPGRADE.format(port=origin.port).encode())
        answer = read_all(connection)
        assert answer.startswith(b"HTTP/1.1 101")
        assert len(answer) < 1_000
