"""One event for each attempt, also over WebSocket, and when a connection breaks."""

import asyncio
import socket
import ssl
import threading

import pytest
from websockets.sync.client import connect
from websockets.sync.server import serve

from fake_origins import TestAuthority, http_origin, serving
from proxy.decision.verdict import Action
from proxy.dns.resolver import Resolver
from school_proxy import BYOD, PUPIL, records_for, school

NAMES = records_for("learn.test", "games.test")


def websocket_through(run, url: str):
    host = url.split("/")[2]
    raw = run.connect()
    raw.sendall(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert raw.recv(4096).startswith(b"HTTP/1.1 200")
    return connect(url, sock=raw, proxy=None)


def test_each_request_leaves_one_event(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES) as run:
        with run.client() as client:
            for host in ("learn.test", "games.test", "learn.test"):
                client.get(
                    f"http://{host}:{origin.port}/p", headers={"Referer": "http://Home.test/x?secret=1"}
                )
        events = run.events_when(lambda events: len(events) == 3)
        assert [(e.host, e.action, e.referring_host) for e in events] == [
            ("learn.test", Action.ALLOW, "home.test"),
            ("games.test", Action.BLOCK, "home.test"),
            ("learn.test", Action.ALLOW, "home.test"),
        ]
        assert all(event.client == PUPIL for event in events)


def test_an_exchange_that_breaks_off_leaves_its_event(tmp_path):
    def hang_up(connection: socket.socket, _) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")

    with serving(hang_up) as origin, school(tmp_path, records=NAMES) as run:
        with run.connect() as connection:
            connection.sendall(
                f"GET http://learn.test:{origin.port}/ HTTP/1.1\r\nHost: learn.test\r\n\r\n".encode()
            )
            connection.recv(4096)
        [event] = run.events_when(bool)
        assert (event.host, event.action) == ("learn.test", Action.ALLOW)


def test_a_websocket_is_one_attempt_with_all_its_bytes(tmp_path):
    with serve(lambda peer: [peer.send(message) for message in peer], "127.0.0.1", 0) as server:
        port = server.socket.getsockname()[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with school(tmp_path, records=NAMES, connect_ports=[port]) as run:
            with websocket_through(run, f"ws://learn.test:{port}/live") as peer:
                for _ in range(20):
                    peer.send("x" * 100)
                    assert peer.recv() == "x" * 100
            [event] = run.events_when(bool)
            assert (event.host, event.bytes) == ("learn.test", 4000)
        server.shutdown()


def test_a_websocket_over_tls_is_opened_and_counted_too(tmp_path):
    origins = TestAuthority(tmp_path)
    tls = origins.context("learn.test")
    with serve(lambda peer: [peer.send(message) for message in peer], "127.0.0.1", 0, ssl=tls) as server:
        port = server.socket.getsockname()[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with school(tmp_path, records=NAMES, trust=origins.path, connect_ports=[port]) as run:
            raw, _ = run.tunnel(f"learn.test:{port}")
            trust = ssl.create_default_context(cafile=str(run.authority))
            with connect(f"wss://learn.test:{port}/", sock=raw, ssl=trust, proxy=None) as peer:
                peer.send(b"12345")
                assert peer.recv() == b"12345"
            [event] = run.events_when(bool)
            assert (event.host, event.stage.value, event.bytes) == ("learn.test", "http", 10)
        server.shutdown()


def test_a_blocked_websocket_is_not_opened(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        raw, _ = run.tunnel(f"learn.test:{origin.port}")
        raw.sendall(
            b"GET /live HTTP/1.1\r\nHost: games.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert raw.recv(4096).startswith(b"HTTP/1.1 403")
        assert origin.connections == 0


@pytest.mark.parametrize("who", [PUPIL, BYOD], ids=["read", "carried unread"])
def test_who_leaves_while_the_name_is_looked_up_leaves_an_event_too(tmp_path, monkeypatch, who):
    asked, lookup = threading.Event(), Resolver.lookup

    async def slow(self, *args):
        asked.set()
        await asyncio.sleep(0.3)
        return await lookup(self, *args)

    monkeypatch.setattr(Resolver, "lookup", slow)
    with school(tmp_path, records=NAMES) as run:
        if who == PUPIL:
            connection = run.connect(who)
            connection.sendall(b"GET http://learn.test/ HTTP/1.1\r\nHost: learn.test\r\n\r\n")
        else:
            connection, _ = run.tunnel("learn.test:443", who)
            hello, outgoing = ssl.create_default_context(), ssl.MemoryBIO()
            with pytest.raises(ssl.SSLWantReadError):
                hello.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="learn.test").do_handshake()
            connection.sendall(outgoing.read())
        assert asked.wait(60)
        connection.close()
        [event] = run.events_when(bool)
        assert (event.host, event.action) == ("learn.test", Action.ALLOW)
