"""Which bytes get which layer, and that refused ones reach nobody."""

import contextlib
import ssl

import pytest

from fake_origins import TestAuthority, http_origin, raw_origin
from known_ways import delivered
from proxy.decision.verdict import Action, Reason
from proxy.journal.kept_signs import read_signs
from school_proxy import BYOD, read_all, records_for, school

NAMES = records_for("learn.test", "games.test")


@pytest.mark.parametrize("first", [b"\x05\x01\x00", b"SSH-2.0-x\r\n", b"\x16\x03\x01\x02\x00\x01"])
def test_the_explicit_proxy_takes_nothing_but_http(tmp_path, first):
    with school(tmp_path, records=NAMES) as run, run.connect() as connection:
        connection.sendall(first)
        assert read_all(connection) == b""


def test_what_is_no_tls_on_port_443_is_refused(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        for first in (b"SSH-2.0-OpenSSH\r\n", b"GET / HTTP/1.1\r\nHost: learn.test\r\n\r\n"):
            connection, head = run.tunnel("learn.test:443")
            assert head.startswith(b"HTTP/1.1 200")
            connection.sendall(first)
            assert read_all(connection) == b""
        assert [(e.host, e.reason) for e in run.events()] == [("learn.test", Reason.PROTOCOL)] * 2


@pytest.mark.parametrize("who", [BYOD])
def test_a_device_judged_by_name_cannot_tunnel_bytes_that_are_no_tls(tmp_path, who):
    with raw_origin() as target, school(tmp_path, records=NAMES, connect_ports=[target.port]) as run:
        connection, _ = run.tunnel(f"learn.test:{target.port}", who)
        connection.sendall(b"\x00\x01\x02\x03 hello")
        assert read_all(connection) == b""
        assert (target.connections, bytes(target.octets)) == (0, b"")


def test_plain_http_in_a_tunnel_is_judged_like_any_other(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        for host, status in (("learn.test", b"200"), ("games.test", b"403")):
            connection, _ = run.tunnel(f"learn.test:{origin.port}")
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            assert read_all(connection)[9:12] == status


def test_a_tunnel_inside_a_tunnel_is_not_opened(tmp_path):
    with raw_origin() as target, school(tmp_path, records=NAMES, connect_ports=[target.port]) as run:
        connection, _ = run.tunnel(f"learn.test:{target.port}")
        secure = run.tls(connection, "learn.test")
        secure.sendall(b"CONNECT other.test:443 HTTP/1.1\r\nHost: other.test:443\r\n\r\n")
        assert read_all(secure).startswith(b"HTTP/1.1 400")
        assert target.connections == 0


def test_redirected_connections_are_served_by_name(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        run.going_to.append(("127.0.0.1", origin.port))
        for host, status in (("learn.test", b"200"), ("games.test", b"403")):
            with run.connect(port=run.transparent_port) as connection:
                connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                assert read_all(connection)[9:12] == status
        assert [(e.host, e.action) for e in run.events()] == [
            ("learn.test", Action.ALLOW),
            ("games.test", Action.BLOCK),
        ]


def test_redirected_bytes_that_are_neither_tls_nor_http_reach_nobody(tmp_path):
    with raw_origin() as target, school(tmp_path, records=NAMES) as run:
        run.going_to.append(("127.0.0.1", target.port))
        with run.connect(port=run.transparent_port) as connection:
            connection.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
            assert read_all(connection) == b""
        assert (target.connections, bytes(target.octets)) == (0, b"")


def test_endless_header_lines_end_the_connection(tmp_path):
    with school(tmp_path, records=NAMES) as run, run.connect() as connection:
        connection.sendall(b"GET http://learn.test/ HTTP/1.1\r\n")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall((b"X-Filler: " + b"a" * 1000 + b"\r\n") * 2_000)
        assert read_all(connection) == b""


@pytest.mark.parametrize("pieces", [1, 3], ids=["at once", "in pieces"])
def test_who_offers_http2_and_speaks_something_else_is_refused_and_recorded(tmp_path, pieces):
    vless = b"\0" + bytes(range(16)) + b"\0\1\1\xbb\2\x09games.exa" + bytes(20)
    origins = TestAuthority(tmp_path)
    with (
        raw_origin(tls=origins.context("learn.test")) as target,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[target.port]) as run,
    ):
        context = ssl.create_default_context(cafile=str(run.authority))
        context.set_alpn_protocols(["h2", "http/1.1"])
        secure = run.tls(run.tunnel(f"learn.test:{target.port}")[0], "learn.test", context=context)
        assert secure.selected_alpn_protocol() == "h2"
        size = -(-len(vless) // pieces)
        with contextlib.suppress(OSError):
            for at in range(0, len(vless), size):
                secure.sendall(vless[at : at + size])
        read_all(secure)
        [event] = run.events_when(bool)
        assert (event.action, event.host, target.connections) == (Action.BLOCK, "learn.test", 0)


def test_what_is_no_http_inside_opened_tls_is_told_by_what_it_is(tmp_path):
    with raw_origin() as target, school(tmp_path, records=NAMES, connect_ports=[target.port]) as run:
        run.gateway.knowledge = delivered()
        connection, _ = run.tunnel(f"learn.test:{target.port}")
        secure = run.tls(connection, "learn.test")
        secure.sendall(b"SSH-2.0-OpenSSH_9.9\r\n")
        assert read_all(secure) == b""
        (event,) = run.events_when(bool)
        (sign,) = read_signs(event.signs)
        assert (event.action, sign.technique, target.connections) == (Action.BLOCK, "tunnel.ssh", 0)
