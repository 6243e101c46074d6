"""The door as a whole: many connections, its end, and redirected clients."""

import errno
import socket
import ssl

from fake_origins import TestAuthority, http_origin, serving
from greetings import client_hello
from school_proxy import BYOD, PUPIL, read_all, read_head, records_for, school

NAMES = records_for("learn.test", "games.test")
HELLO = client_hello("learn.test")
MANY = 300


def test_many_idle_connections_take_little_memory_and_all_go_on(tmp_path):
    def echo(connection, _):
        while got := connection.recv(65536):
            connection.sendall(got)

    with serving(echo) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        held: list[socket.socket] = []
        head = f"CONNECT learn.test:{origin.port} HTTP/1.1\r\nHost: learn.test\r\n\r\n".encode()

        def open_one() -> None:
            connection = run.connect(BYOD)
            connection.sendall(head + HELLO)
            data = b""
            while len(data) < 39 + len(HELLO):
                data += connection.recv(65536)
            held.append(connection)

        open_one()
        door = run.proxy.door
        first = set(door._held)
        for _ in range(MANY - 1):
            open_one()
        assert len(door.sessions) == MANY
        assert first < door._held
        assert not any(
            one._up.waits or one._down.waits for one in door._held
        )  # nothing waits in memory of ours
        for connection in held:
            connection.sendall(b"?")
        assert {connection.recv(10) for connection in held} == {b"?"}
        for connection in held:
            connection.close()
        run.wait_until_idle()
        assert (len(door._held), len(door.poller._owners)) == (0, 2)


def test_while_no_socket_can_be_had_clients_wait_and_then_come_in(tmp_path):
    with school(tmp_path, records=NAMES) as run:
        door = run.proxy.door
        listener = next(one for one in door._listeners.values() if not one._redirected)
        real, listener._sock = listener._sock, Exhausted(listener._sock)
        with run.connect(BYOD) as connection:
            connection.sendall(b"CONNECT learn.test:443 HTTP/1.1\r\n\r\n")
            with run.connect(BYOD, run.transparent_port) as other:
                assert read_all(other) == b""  # the other listener goes on
            listener._sock = real
            run.on_loop(lambda: door.sweep(door.loop.time()))
            assert read_head(connection).startswith(b"HTTP/1.1 200")


class Exhausted:
    """A listening socket of a process that has no file descriptor left."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def _accept(self):
        raise OSError(errno.EMFILE, "Too many open files")

    def fileno(self) -> int:
        return self._sock.fileno()


def test_a_redirected_client_is_carried_or_inspected_like_any_other(tmp_path):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(tmp_path, records=NAMES, trust=origins.path) as run,
    ):
        run.going_to.append(("127.0.0.1", origin.port))
        for who, trusted in ((BYOD, origins.path), (PUPIL, run.authority)):
            raw = run.connect(who, run.transparent_port)
            secure = run.tls(raw, "learn.test", context=ssl.create_default_context(cafile=str(trusted)))
            secure.sendall(b"GET /x HTTP/1.1\r\nHost: learn.test\r\nConnection: close\r\n\r\n")
            assert read_all(secure).endswith(b"origin says /x")
            secure.close()
        events = run.events_when(lambda events: len(events) == 2)
        assert sorted(event.stage.value for event in events) == ["http", "tls"]


def test_stopping_ends_what_is_carried_and_leaves_its_event(tmp_path):
    def silent(connection, _):
        read_all(connection)

    with serving(silent) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        connection, _ = run.tunnel(f"learn.test:{origin.port}", BYOD)
        connection.sendall(HELLO)
        with connection:
            run.on_loop(run.proxy.door.close)
            while not origin.connections:
                pass
            run.on_loop(run.proxy.door.drop_all)
            assert read_all(connection) == b""
        [event] = run.events_when(bool)
        assert (event.host, event.handling.value) == ("learn.test", "name_only")


class Broken:
    """A connection that is overdue and cannot be closed."""

    def __init__(self, cuts: list[object]) -> None:
        self._cuts = cuts

    def overdue(self, now: float) -> bool:
        return True

    def cut(self) -> None:
        if self not in self._cuts:
            self._cuts.append(self)
            raise ZeroDivisionError


def test_one_that_cannot_be_closed_does_not_end_the_sweep(tmp_path):
    cuts: list[object] = []
    with school(tmp_path, records=NAMES) as run:
        door = run.proxy.door
        broken = {Broken(cuts), Broken(cuts)}

        def sweep() -> None:
            door._held |= broken
            door.sweep(door.loop.time())
            door._held -= broken

        run.on_loop(sweep)
    assert set(cuts) == broken


def test_a_redirected_client_that_waits_while_the_door_closes_comes_in(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        run.going_to.append(("127.0.0.1", origin.port))

        def close_at_once() -> socket.socket:
            waiting = run.connect(BYOD, run.transparent_port)
            run.proxy.door.close()
            return waiting

        with run.on_loop(close_at_once) as waiting:
            waiting.sendall(b"GET /x HTTP/1.1\r\nHost: learn.test\r\nConnection: close\r\n\r\n")
            assert read_all(waiting).endswith(b"origin says /x")
