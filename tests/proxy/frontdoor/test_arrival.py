"""A connection's first octets, as slow, cut up or odd as they may come."""

import asyncio
import errno
import socket
import threading
from base64 import b64encode

import bcrypt
import pytest

from fake_origins import TestAuthority, http_origin, raw_origin, serving
from greetings import client_hello, in_records
from proxy.frontdoor.arrival import ACCESS_DENIED, LINGER_S, SILENT_S, SLOW_S
from proxy.frontdoor.poller import READABLE
from school_proxy import BYOD, PUPIL, read_all, read_head, records_for, school

NAMES = records_for("learn.test", "games.test")


def head_of(target: str, *fields: str) -> bytes:
    return "\r\n".join((f"CONNECT {target} HTTP/1.1", f"Host: {target}", *fields, "", "")).encode()


def whole(connection) -> bytes:
    """One answer with its body."""
    answer = read_head(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(
        int(f.split(b":")[1]) for f in head.split(b"\r\n") if f.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return answer


class TestSlowClients:
    @pytest.mark.parametrize(
        ("said", "limit"),
        [
            pytest.param(b"", SILENT_S, id="nothing at all"),
            pytest.param(b"CONNECT learn.test:443 HTT", SLOW_S, id="half a request"),
            pytest.param(head_of("learn.test:443") + b"\x16\x03\x01", SLOW_S, id="half a greeting"),
        ],
    )
    def test_whoever_takes_too_long_is_disconnected(self, tmp_path, said, limit):
        with school(tmp_path, records=NAMES) as run, run.connect() as connection:
            door = run.proxy.door
            connection.sendall(said)
            if said.endswith(b"\x01"):
                assert connection.recv(12).startswith(b"HTTP/1.1 200")
            self.wait_for(run)
            run.on_loop(lambda: door.sweep(door.loop.time() + limit - 3))
            assert len(door.sessions) == 1
            run.on_loop(lambda: door.sweep(door.loop.time() + limit + 3))
            read_all(connection)
            run.wait_until_idle()

    def wait_for(self, run) -> None:
        """Until the connection has come in: another one that came later was answered."""
        with run.connect() as later:
            later.sendall(b"\x00")
            assert read_all(later) == b""

    def test_a_request_in_single_octets_is_read_like_any_other(self, tmp_path):
        with school(tmp_path, records=NAMES) as run, run.connect(BYOD) as connection:
            for octet in head_of("games.test:443"):
                connection.send(bytes([octet]))
            assert whole(connection).startswith(b"HTTP/1.1 403")

    @pytest.mark.parametrize("size", [25, 100])
    def test_a_greeting_in_many_records_is_judged_like_any_other(self, tmp_path, size):
        hello = in_records(client_hello("games.test"), size)
        with raw_origin() as target, school(tmp_path, records=NAMES, connect_ports=[target.port]) as run:
            connection, _ = run.tunnel(f"learn.test:{target.port}", BYOD)
            for at in range(0, len(hello), 33):
                connection.sendall(hello[at : at + 33])
            assert read_all(connection) == ACCESS_DENIED
            assert target.connections == 0
            assert [event.host for event in run.events()] == ["games.test"]


class TestLogin:
    @pytest.fixture
    def htpasswd(self, tmp_path):
        path = tmp_path / "htpasswd"
        path.write_text("amy:" + bcrypt.hashpw(b"red", bcrypt.gensalt(4)).decode())
        return str(path)

    def test_a_browser_logs_in_on_the_connection_on_which_it_was_asked_to(self, tmp_path, htpasswd):
        field = "Proxy-Authorization: Basic " + b64encode(b"amy:red").decode()
        heard = []

        def handle(connection, _):
            heard.append(connection.recv(65536))
            connection.sendall(b"ok")

        with (
            serving(handle) as origin,
            school(
                tmp_path, records=NAMES, htpasswd=htpasswd, require_login=True, connect_ports=[origin.port]
            ) as run,
            run.connect(BYOD) as connection,
        ):
            target, hello = f"learn.test:{origin.port}", client_hello("learn.test")
            connection.sendall(head_of(target))
            assert whole(connection).startswith(b"HTTP/1.1 407")
            connection.sendall(head_of(target, field.replace("Basic ", "Basic xx")))
            assert whole(connection).startswith(b"HTTP/1.1 407")
            connection.sendall(head_of(target, field))
            assert read_head(connection).startswith(b"HTTP/1.1 200")
            connection.sendall(hello)
            assert read_all(connection) == b"ok"
        assert heard == [hello]

    def test_whoever_asks_on_and_on_without_a_log_in_is_disconnected(self, tmp_path, htpasswd):
        with (
            school(tmp_path, records=NAMES, htpasswd=htpasswd, require_login=True) as run,
            run.connect() as connection,
        ):
            for _ in range(40):
                try:
                    connection.sendall(head_of("learn.test:443"))
                except (BrokenPipeError, ConnectionResetError):
                    break
                if b"Connection: close" in whole(connection):
                    break
            else:
                pytest.fail("the connection stays open")


def test_a_greeting_that_came_with_the_request_is_not_lost(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[origin.port]) as run,
    ):
        for who in (BYOD, PUPIL):
            with run.connect(who) as connection:
                connection.sendall(head_of(f"learn.test:{origin.port}") + client_hello("learn.test"))
                answer = read_head(connection)
                answer += connection.recv(1) if answer.endswith(b"\r\n\r\n") else b""
                assert answer.startswith(b"HTTP/1.1 200")
                assert answer.partition(b"\r\n\r\n")[2][:1] == b"\x16"


def test_a_fault_of_the_door_closes_the_connection_and_is_told_once(tmp_path, caplog, monkeypatch):
    with raw_origin() as target, school(tmp_path, records=NAMES, connect_ports=[target.port]) as run:
        monkeypatch.setattr(run.proxy.door.tls, "passage", lambda *_: 1 / 0)
        for _ in range(2):
            connection, _ = run.tunnel(f"learn.test:{target.port}", BYOD)
            connection.sendall(client_hello("learn.test"))
            assert read_all(connection) == b""
        run.wait_until_idle()
        assert target.connections == 0
    told = [record for record in caplog.records if record.name == "proxy.frontdoor.poller"]
    assert [record.exc_info[0] for record in told] == [ZeroDivisionError]
    assert "learn.test" not in caplog.text


def test_whoever_goes_on_talking_after_a_refusal_gains_no_time(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        door = run.proxy.door
        connection, _ = run.tunnel("learn.test:443", BYOD)
        with connection:
            connection.sendall(client_hello("games.test"))
            assert connection.recv(7) == ACCESS_DENIED

            def talk_on() -> list[int]:
                [arrival] = door._held
                now, held = door.now, []
                for after_s in (LINGER_S / 2, LINGER_S + 1):
                    door.sweep(now + after_s)
                    held.append(len(door.sessions))
                    if held[-1]:
                        connection.sendall(b"and another thing")
                        arrival.ready(arrival._sock.fileno(), READABLE)
                return held

            assert run.on_loop(talk_on) == [1, 0]


def test_whoever_sends_without_end_does_not_keep_others_waiting(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        door = run.proxy.door
        connection, _ = run.tunnel("learn.test:443", BYOD)
        with connection:
            connection.sendall(client_hello("games.test"))
            assert connection.recv(7) == ACCESS_DENIED

            def flood() -> int:
                [arrival] = door._held
                arrival._sock = Endless(arrival._sock)
                arrival.ready(arrival._sock.fileno(), READABLE)
                reads = arrival._sock.reads
                arrival._sock = arrival._sock.real
                return reads

            assert run.on_loop(flood) < 100


class Endless:
    """A socket that always has more to read."""

    def __init__(self, real: socket.socket) -> None:
        self.real = real
        self.reads = 0

    def recv(self, length: int) -> bytes:
        self.reads += 1
        assert self.reads < 1_000, "read on and on"
        return b"x" * length

    def fileno(self) -> int:
        return self.real.fileno()


def test_where_no_socket_can_be_had_for_the_server_the_client_is_let_go_too(tmp_path, monkeypatch):
    class Exhausted(socket.socket):
        def __new__(cls, *_: object) -> "Exhausted":
            raise OSError(errno.EMFILE, "Too many open files")

    with raw_origin() as target, school(tmp_path, records=NAMES, connect_ports=[target.port]) as run:
        connection, _ = run.tunnel(f"learn.test:{target.port}", BYOD)
        with connection, monkeypatch.context() as patched:
            patched.setattr("proxy.frontdoor.splice.socket.SocketType", Exhausted)
            connection.sendall(client_hello("learn.test"))
            assert read_all(connection) == b""
        run.wait_until_idle()
        assert not run.proxy.door._held
        [event] = run.events_when(bool)
        assert event.host == "learn.test"


def test_a_look_up_behind_a_slow_log_in_is_known_to_be_under_way(tmp_path, monkeypatch):
    """A client that goes meanwhile ends it."""
    path = tmp_path / "htpasswd"
    path.write_text("amy:" + bcrypt.hashpw(b"red", bcrypt.gensalt(4)).decode())
    field = "Proxy-Authorization: Basic " + b64encode(b"amy:red").decode()
    begun, ended = threading.Event(), threading.Event()

    async def never(*_: object) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with school(tmp_path, records=NAMES, htpasswd=str(path)) as run, run.connect(BYOD) as connection:
        monkeypatch.setattr(run.proxy.door.dialling, "find", never)
        connection.sendall(head_of("learn.test:443", field) + client_hello("learn.test"))
        assert begun.wait(60)
        run.on_loop(run.proxy.door.drop_all)
        assert ended.wait(60)
        run.wait_until_idle()
