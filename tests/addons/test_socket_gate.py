"""A WebSocket that carries a tunnel ends before its decisive message reaches anybody; others go on."""

import contextlib
import struct
import threading
from base64 import b64encode

import pytest
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.sync.client import connect
from websockets.sync.server import serve

from fake_origins import http_origin
from known_ways import delivered
from proxy.bypass.exchange.talk import MAX_ALL, MAX_SIDE
from proxy.bypass.observed import MAX_FIRST, MAX_MESSAGES
from proxy.decision.verdict import Action, Reason
from school_proxy import records_for, school

NAMES = records_for("learn.test")
WISP_BEGINS = b"\3" + bytes(4) + struct.pack("<I", 128)
WISP_CONNECT = b"\1" + struct.pack("<I", 1) + b"\1" + struct.pack("<H", 443) + b"games.example.com"
SSH = b"SSH-2.0-OpenSSH_9.2\r\n"
HELLO = b"\x16\3\1\2\0\1\0\1\xfc\3\3" + bytes(500)


class Server:
    """What reached it, and what it says first."""

    def __init__(self, *greeting) -> None:
        self.got, self._greeting = [], greeting

    def __call__(self, peer) -> None:
        for said in self._greeting:
            peer.send(said)
        with contextlib.suppress(ConnectionClosed):
            for message in peer:
                self.got.append(message)
                peer.send(message)


@contextlib.contextmanager
def talking(tmp_path, server, knowledge=True):
    """A school, and a client that has opened a WebSocket through it."""
    with serve(server, "127.0.0.1", 0) as serving:
        port = serving.socket.getsockname()[1]
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        with school(tmp_path, records=NAMES, connect_ports=[port]) as run:
            run.gateway.knowledge = delivered() if knowledge else None
            raw, _ = run.tunnel(f"learn.test:{port}")
            with connect(
                f"ws://learn.test:{port}/live", sock=raw, proxy=None, origin="http://learn.test"
            ) as peer:
                yield run, peer
        serving.shutdown()


def refused(run) -> list[str]:
    events = run.events_when(bool)
    return [one.rule for one in events if one.action is Action.BLOCK and one.reason is Reason.WAY_AROUND]


def test_wisp_ends_at_the_servers_first_message(tmp_path):
    server = Server(WISP_BEGINS)
    with talking(tmp_path, server) as (run, peer):
        with pytest.raises(ConnectionClosed):
            peer.recv(timeout=60)
        assert (refused(run), server.got, len(run.events())) == (["webproxy.wisp"], [], 1)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([WISP_CONNECT], "webproxy.wisp", id="wisp, whose server says nothing first"),
        pytest.param(["hello", "there", WISP_CONNECT], "webproxy.wisp", id="after other messages"),
        pytest.param([*[b""] * MAX_MESSAGES, WISP_CONNECT], "webproxy.wisp", id="after empty messages"),
        pytest.param([*["2"] * MAX_MESSAGES, SSH], "tunnel.", id="after tiny messages"),
        pytest.param([*["a line"] * MAX_MESSAGES, SSH], "tunnel.", id="after as many as are its first"),
        pytest.param([*["2"] * MAX_ALL, HELLO], "tunnel.", id="after very many tiny ones"),
        pytest.param([*[b"\3" * 999] * 2 * MAX_MESSAGES, WISP_CONNECT], "webproxy.wisp", id="wisp, later"),
        pytest.param([*["a line"] * 99, HELLO[:3], HELLO[3:]], "tunnel.", id="in pieces, later"),
        pytest.param([*["a line"] * 99, b64encode(HELLO).decode()], "tunnel.", id="written as base64, later"),
        pytest.param([HELLO], "tunnel.", id="TLS"),
        pytest.param([SSH], "tunnel.", id="SSH"),
    ],
)
def test_the_message_that_shows_a_tunnel_reaches_nobody(tmp_path, said, expected):
    server = Server()
    with talking(tmp_path, server) as (run, peer):
        for message in said[:-1]:
            peer.send(message)
            assert peer.recv(timeout=60) == message
        peer.send(said[-1])
        with pytest.raises(ConnectionClosed):
            peer.recv(timeout=60)
        [technique] = refused(run)
        assert (technique.startswith(expected), server.got) == (True, said[:-1])


def test_an_ordinary_conversation_goes_on_and_its_event_is_one(tmp_path):
    server = Server("welcome")
    with talking(tmp_path, server) as (run, peer):
        assert peer.recv(timeout=60) == "welcome"
        for number in range(2 * MAX_MESSAGES + 10):
            peer.send(f"message {number}")
            assert peer.recv(timeout=60) == f"message {number}"
        [session] = run.on_loop(lambda: list(run.proxy.door.sessions))
        assert [exchange.talk.first for exchange in session.exchanges.values()] == [()]  # nothing is kept
    assert len(server.got) == 2 * MAX_MESSAGES + 10


def test_tiny_messages_are_kept_until_they_are_very_many(tmp_path):
    def is_forgotten(run):
        [session] = run.on_loop(lambda: list(run.proxy.door.sessions))
        return [
            exchange.talk is not None and not exchange.talk.first for exchange in session.exchanges.values()
        ]

    with talking(tmp_path, Server()) as (run, peer):
        for number in range(MAX_ALL + 1):
            assert number < MAX_ALL or is_forgotten(run) == [False]
            peer.send("2")
            assert peer.recv(timeout=60) == "2"
        peer.send("2")
        assert peer.recv(timeout=60) == "2"
        assert is_forgotten(run) == [True]


def test_not_more_is_kept_than_is_looked_at(tmp_path):
    with talking(tmp_path, Server()) as (run, peer):
        for _ in range(MAX_SIDE // MAX_FIRST - 1):
            peer.send(b"{" * 100_000)
            assert len(peer.recv(timeout=60)) == 100_000
        [session] = run.on_loop(lambda: list(run.proxy.door.sessions))
        [exchange] = session.exchanges.values()
        assert {len(message.payload) for message in exchange.talk.first} == {MAX_FIRST}


def test_without_knowledge_nobody_looks(tmp_path):
    with talking(tmp_path, Server(WISP_BEGINS), knowledge=False) as (_, peer):
        assert peer.recv(timeout=60) == WISP_BEGINS
        peer.send(WISP_CONNECT)
        assert peer.recv(timeout=60) == WISP_CONNECT


def test_a_server_whose_answer_shows_it_is_not_talked_to(tmp_path):
    def answer(seen):
        head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        return head + b"X-Bare-Status: 200\r\n\r\n"

    with http_origin(answer) as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        run.gateway.knowledge = delivered()
        raw, _ = run.tunnel(f"learn.test:{origin.port}")
        with pytest.raises((ConnectionClosed, InvalidMessage, EOFError)):
            connect(f"ws://learn.test:{origin.port}/x", sock=raw, proxy=None)
        assert refused(run) == ["webproxy.bare"]


def test_a_handshake_that_names_its_target_is_not_sent(tmp_path):
    with http_origin() as origin, school(tmp_path, records=NAMES, connect_ports=[origin.port]) as run:
        run.gateway.knowledge = delivered()
        raw, _ = run.tunnel(f"learn.test:{origin.port}")
        with pytest.raises(InvalidStatus) as refusal:
            connect(f"ws://learn.test:{origin.port}/x/games.example.com:443", sock=raw, proxy=None)
        assert (refusal.value.response.status_code, refused(run)) == (403, ["webproxy.wsproxy"])
        assert origin.connections == 0
