import socket
import threading

import pytest

from proxy.bench.visits import CLOSED, Seen, greeting, idle, plain, secure, status_of, tunnel, until_open


@pytest.fixture
def speaker():
    """A server that answers each connection with given octets and keeps what it was told."""
    servers = []

    def make(answer, *, close=True):
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)
        told, kept = [], []

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                told.append(connection.recv(4096))
                connection.sendall(answer)
                if close:
                    connection.close()
                kept.append(connection)

        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1], told

    yield make
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def test_a_page_through_a_proxy(speaker):
    port, told = speaker(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
    assert plain(port, "learn.example:81", "/a") == Seen(200, 3)
    assert told[0].startswith(b"GET http://learn.example:81/a HTTP/1.1\r\nHost: learn.example:81\r\n")


def test_a_closed_door_and_nobody_there(speaker):
    port, _ = speaker(b"")
    assert plain(port, "learn.example", "/") == CLOSED
    assert secure(port, "learn.example", 443, "/") == CLOSED
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert plain(port, "learn.example", "/") == CLOSED


def test_a_refused_tunnel_has_its_status(speaker):
    port, told = speaker(b"HTTP/1.1 403 Forbidden\r\n\r\nnot for you")
    assert secure(port, "games.example", 443, "/") == Seen(403)
    assert told[0] == b"CONNECT games.example:443 HTTP/1.1\r\nHost: games.example:443\r\n\r\n"


def test_nothing_behind_the_head_of_a_tunnels_answer_is_taken(speaker):
    port, _ = speaker(b"HTTP/1.1 200 Connection established\r\n\r\nfirst", close=False)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        assert tunnel(connection, "learn.example:443") == 200
        assert connection.recv(100) == b"first"


def test_idle_tunnels_have_greeted_and_are_closed_again(speaker):
    port, told = speaker(b"HTTP/1.1 200 Connection established\r\n\r\n", close=False)
    with idle(port, "learn.example", 443, 3) as held:
        assert len(held) == 3
    assert {connection.fileno() for connection in held} == {-1}
    assert len(told) == 3


def test_an_idle_tunnel_that_is_refused_is_said(speaker):
    port, _ = speaker(b"HTTP/1.1 503 Full\r\n\r\n")
    with (
        pytest.raises(ConnectionRefusedError, match="no tunnel after 1"),
        idle(port, "learn.example", 443, 3),
    ):
        pytest.fail("there was none to hold")


def test_a_greeting_is_a_tls_handshake_that_names_its_host():
    hello = greeting("learn.example")
    assert hello[0] == 0x16
    assert b"learn.example" in hello


@pytest.mark.parametrize(
    ("head", "status"), [(b"HTTP/1.0 200 ", 200), (b"HTTP/1.1 4", 0), (b"SSH-2.0", 0), (b"", 0)], ids=repr
)
def test_the_status_in_a_head(head, status):
    assert status_of(head) == status


def test_waiting_for_a_port_ends_with_the_server(speaker):
    port, _ = speaker(b"")
    assert until_open(port, lambda: True, 20)
    assert not until_open(port, lambda: False, 20)
