"""Connections that pass unread: every octet, both ends, and no more memory than is needed."""

import hashlib
import socket
import threading

import pytest

from fake_origins import serving
from greetings import client_hello
from proxy.decision.verdict import Action
from proxy.frontdoor import gathering, one_way, splice
from proxy.frontdoor.gathering import Gathering
from proxy.frontdoor.splice import CONNECT_S, HALF_CLOSED_S, IDLE_S
from school_proxy import BYOD, read_all, records_for, school

NAMES = records_for("learn.test")
HELLO = client_hello("learn.test")
MIB = 1024 * 1024


def receive(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length and (got := connection.recv(65536)):
        data += got
    return data


def carried(run, port: int) -> socket.socket:
    """A splice to a server that has read the greeting."""
    connection, head = run.tunnel(f"learn.test:{port}", BYOD)
    assert head.startswith(b"HTTP/1.1 200")
    connection.sendall(HELLO)
    return connection


def test_the_server_may_end_first_and_still_be_told_something(tmp_path):
    heard = []

    def handle(connection, _):
        receive(connection, len(HELLO))
        connection.sendall(b"that was all")
        connection.shutdown(socket.SHUT_WR)
        heard.append(read_all(connection))

    with (
        serving(handle) as origin,
        school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run,
        carried(run, origin.port) as connection,
    ):
        assert read_all(connection) == b"that was all"
        connection.sendall(b"thank you")
        connection.shutdown(socket.SHUT_WR)
        [event] = run.events_when(bool)
    assert heard == [b"thank you"]
    assert (event.action, event.bytes) == (Action.ALLOW, len(HELLO) + len("that was all") + len("thank you"))


def test_the_client_may_end_first_and_still_get_the_answer(tmp_path):
    def handle(connection, _):
        asked = read_all(connection)
        connection.sendall(asked[len(HELLO) :].upper())

    with serving(handle) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        with carried(run, origin.port) as connection:
            connection.sendall(b"question")
            connection.shutdown(socket.SHUT_WR)
            assert read_all(connection) == b"QUESTION"
        run.wait_until_idle()


def test_a_client_that_hangs_up_behind_its_greeting_is_not_forgotten(tmp_path):
    def handle(connection, _):
        connection.sendall(str(len(read_all(connection))).encode())

    with serving(handle) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:  # noqa: SIM117
        with run.connect(BYOD) as connection:
            target = f"learn.test:{origin.port}"
            connection.sendall(
                f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode() + HELLO + b"end"
            )
            connection.shutdown(socket.SHUT_WR)
            assert read_all(connection).endswith(str(len(HELLO) + 3).encode())


def test_large_transfers_arrive_whole_both_ways_at_once(tmp_path):
    def handle(connection, _):
        digest = hashlib.sha256()
        writer = threading.Thread(target=connection.sendall, args=(b"d" * (24 * MIB),))
        writer.start()
        while got := connection.recv(65536):
            digest.update(got)
        writer.join()
        connection.sendall(digest.digest())

    with serving(handle) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        with carried(run, origin.port) as connection:
            upload = b"u" * (24 * MIB)

            def send() -> None:
                connection.sendall(upload)
                connection.shutdown(socket.SHUT_WR)

            sender = threading.Thread(target=send)
            sender.start()
            answer = read_all(connection)
            sender.join()
        assert len(answer) == 24 * MIB + 32
        assert answer[-32:] == hashlib.sha256(HELLO + upload).digest()


def test_what_comes_behind_a_fast_transfer_comes_as_well_however_little(tmp_path, monkeypatch):
    monkeypatch.setattr(one_way, "FAST", 0)  # whatever machine this is, each stretch is a fast one
    monkeypatch.setattr(splice, "monotonic", lambda: 0.0)
    monkeypatch.setattr(gathering, "RESPITE", 0)
    begun = []
    begin = Gathering.begin

    def noted(self, owner, way, back):
        begun.append(way)
        begin(self, owner, way, back)

    monkeypatch.setattr(Gathering, "begin", noted)

    def handle(connection, _):
        receive(connection, len(HELLO))
        for _ in range(3):
            connection.sendall(b"d" * (4 * MIB))
            assert receive(connection, 4) == b"more"
            connection.sendall(b"little")
            assert receive(connection, 4) == b"more"

    with (
        serving(handle) as origin,
        school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run,
        carried(run, origin.port) as connection,
    ):
        for _ in range(3):
            assert len(receive(connection, 4 * MIB)) == 4 * MIB
            connection.sendall(b"more")
            assert receive(connection, 6) == b"little"
            connection.sendall(b"more")
    assert begun


def test_a_slow_reader_stops_its_sender_and_loses_nothing(tmp_path):
    """The sender comes no further than the buffers of the kernel and one of ours; the rest follows later."""
    sent = []
    stuck = threading.Event()

    def handle(connection, _):
        receive(connection, len(HELLO))
        connection.settimeout(1.5)  # longer than a machine stands still
        total = 0
        try:
            while total < 64 * MIB:
                total += connection.send(b"x" * 65536)
        except TimeoutError:
            sent.append(total)
        stuck.set()
        connection.settimeout(60)
        connection.sendall(b"y" * MIB)

    with serving(handle) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        with carried(run, origin.port) as connection:
            assert stuck.wait(60)
            assert [one._down.inside > 0 for one in run.proxy.door._held] == [True]  # in a pipe of the kernel
            got = read_all(connection)
        assert sent[0] < 32 * MIB
        assert (len(got), got.count(b"y")) == (sent[0] + MIB, MIB)


def test_a_server_that_is_not_there_ends_the_connection_and_leaves_its_event(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with school(tmp_path, records=NAMES, connect_ports=[port]) as run:
        with carried(run, port) as connection:
            assert read_all(connection) == b""
        [event] = run.events_when(bool)
        assert (event.host, event.action) == ("learn.test", Action.ALLOW)
        run.wait_until_idle()


def test_where_one_address_of_a_name_refuses_the_next_one_is_tried(tmp_path):
    def handle(connection, _):
        receive(connection, len(HELLO))
        connection.sendall(b"here")

    records = {("learn.test", "A"): "127.0.0.1", ("learn.test", "AAAA"): "::1"}
    with serving(handle, host="::1") as origin:
        port = origin.port
        with school(tmp_path, records=records, connect_ports=[port]) as run:
            with carried(run, port) as connection:
                assert read_all(connection) == b"here"
            run.wait_until_idle()
            assert len(run.proxy.door.poller._owners) == 2  # both listeners, and no socket that was given up
            [event] = run.events_when(bool)
            assert (event.action, event.bytes) == (Action.ALLOW, len(HELLO) + 4)


@pytest.mark.parametrize(("half_closed", "limit"), [(False, IDLE_S), (True, HALF_CLOSED_S)])
def test_a_connection_on_which_nothing_moves_is_ended_in_the_end(tmp_path, half_closed, limit):
    ended = threading.Event()

    def handle(connection, _):
        receive(connection, len(HELLO))
        connection.sendall(b"hello")
        if half_closed:
            connection.shutdown(socket.SHUT_WR)
        read_all(connection)
        ended.set()

    with serving(handle) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        with carried(run, origin.port) as connection:
            assert receive(connection, 5) == b"hello"
            if half_closed:
                assert connection.recv(1) == b""
            door = run.proxy.door
            run.on_loop(lambda: door.sweep(door.loop.time() + limit - 2))
            assert len(door.sessions) == 1
            run.on_loop(lambda: door.sweep(door.loop.time() + limit + 2))
            assert ended.wait(60)
        run.wait_until_idle()


def test_a_server_that_does_not_answer_is_given_up(tmp_path):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        with school(tmp_path, records=NAMES, connect_ports=[port]) as run, carried(run, port) as connection:
            connection.settimeout(0.3)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.settimeout(60)
            door = run.proxy.door
            run.on_loop(lambda: door.sweep(door.loop.time() + CONNECT_S + 1))
            assert read_all(connection) == b""
        for one in waiting:
            one.close()
