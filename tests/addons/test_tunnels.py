"""WebSocket connections can be ended by whoever finds something in them."""

import threading

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

from addons.tunnels import drop_client, stop_websocket
from school_proxy import records_for, school

NAMES = records_for("learn.test")


class Stops:
    """A detector that ends a WebSocket connection at its first bad word."""

    def __init__(self) -> None:
        self.connections = None

    def websocket_message(self, flow) -> None:
        if b"bad" in flow.websocket.messages[-1].content:
            stop_websocket(flow, self.connections)


def test_a_message_that_a_detector_stops_reaches_nobody_and_the_connection_ends(tmp_path):
    got = []
    with serve(lambda peer: got.extend(peer), "127.0.0.1", 0) as server:
        port = server.socket.getsockname()[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        detector = Stops()
        with school(tmp_path, records=NAMES, connect_ports=[port], detectors=(detector,)) as run:
            detector.connections = run.proxy.connections
            raw, _ = run.tunnel(f"learn.test:{port}")
            with connect(f"ws://learn.test:{port}/", sock=raw, proxy=None) as peer:
                peer.send("good")
                peer.ping().wait(5)
                peer.send("a bad word")
                with pytest.raises(ConnectionClosed):
                    peer.recv(timeout=10)
        server.shutdown()
    assert got == ["good"]


def test_dropping_a_client_that_is_gone_does_nothing():
    from mitmproxy.connection import Client

    drop_client(Client(peername=("127.0.0.2", 1), sockname=("127.0.0.1", 2)), {})
