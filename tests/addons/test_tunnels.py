"""A connection can be closed at once, a WebSocket in its middle, and one that is gone already leaves
nothing to do."""

import threading

import pytest
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

from addons.tunnels import drop_client, dropping
from fake_origins import http_origin
from school_proxy import read_all, records_for, school


class Drops:
    """A detector that closes the connection of whoever asks for a bad page."""

    def __init__(self) -> None:
        self.connections = {}

    def request(self, flow) -> None:
        if b"bad" in flow.request.data.path:
            drop_client(flow.client_conn, self.connections)

    def websocket_message(self, flow) -> None:
        newest = flow.websocket.messages[-1]
        if b"bad" in newest.content:
            newest.drop()
            drop_client(flow.client_conn, self.connections)


def test_a_message_that_a_detector_stops_reaches_nobody_and_the_connection_ends(tmp_path):
    got = []
    with serve(lambda peer: got.extend(peer), "127.0.0.1", 0) as server:
        port = server.socket.getsockname()[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        detector = Drops()
        with school(
            tmp_path, records=records_for("learn.test"), connect_ports=[port], detectors=(detector,)
        ) as run:
            detector.connections = run.proxy.connections
            raw, _ = run.tunnel(f"learn.test:{port}")
            with connect(f"ws://learn.test:{port}/", sock=raw, proxy=None) as peer:
                peer.send("good")
                peer.ping().wait(60)
                peer.send("a bad word")
                with pytest.raises(ConnectionClosed):
                    peer.recv(timeout=60)
        server.shutdown()
    assert got == ["good"]


def test_a_dropped_client_gets_nothing_more(tmp_path):
    detector = Drops()
    with (
        http_origin() as origin,
        school(tmp_path, records=records_for("l.test"), detectors=(detector,)) as run,
    ):
        detector.connections = run.proxy.connections
        answers = {}
        for page in ("good", "bad"):
            with run.connect() as raw:
                host = f"l.test:{origin.port}"
                raw.sendall(
                    f"GET http://{host}/{page} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
                )
                answers[page] = read_all(raw)[-16:]
        assert answers == {"good": b"rigin says /good", "bad": b""}


def test_dropping_a_client_that_is_gone_does_nothing():
    gone = Client(peername=("127.0.0.2", 1), sockname=("127.0.0.1", 2))
    drop_client(gone, {})
    dropping(Proxyserver())(gone)
