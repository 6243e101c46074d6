"""A hook that raises refuses what it was called for, is counted, and is logged once."""

import inspect
import logging
import pkgutil
import ssl
import threading
from importlib import import_module

import pytest
from mitmproxy.hooks import all_hooks
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

import addons
from addons.guard import HOOKS
from fake_origins import TestAuthority, http_origin
from proxy import metrics
from school_proxy import read_all, records_for, school

NAMES = records_for("learn.test")


def breaking(hook: str) -> object:
    """An addon whose one hook raises, after the gates have let everything go."""

    def broken(_self: object, _data: object) -> None:
        raise ZeroDivisionError("a fault in a hook")

    return type("Broken", (), {hook: broken})()


def errors(hook: str) -> float:
    return metrics.HOOK_ERRORS.bind(hook).value


@pytest.mark.parametrize(
    ("hook", "status"),
    [
        pytest.param("client_connected", b"", id="client_connected: the connection closes"),
        pytest.param("next_layer", b"", id="next_layer: the connection closes"),
        pytest.param("requestheaders", b"503", id="requestheaders: a page that says so"),
        pytest.param("request", b"503", id="request: a page that says so"),
        pytest.param("server_connect", b"502", id="server_connect: nothing is dialled"),
    ],
)
def test_nothing_reaches_the_server_when_a_hook_raises_before(tmp_path, hook, status, caplog):
    before = errors(hook)
    with http_origin() as origin, school(tmp_path, records=NAMES, detectors=(breaking(hook),)) as run:
        for _ in range(2):
            with run.connect() as connection:
                head = f"GET http://learn.test:{origin.port}/ HTTP/1.1\r\nHost: learn.test\r\n"
                connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
                assert read_all(connection)[9:12] == status
        assert origin.requests == []
    assert errors(hook) == before + 2
    told = [record for record in caplog.records if record.name == "addons.guard"]
    assert [record.levelno for record in told] == [logging.ERROR]
    assert "learn.test" not in caplog.text


@pytest.mark.parametrize("hook", ["responseheaders", "response"])
def test_no_content_reaches_the_client_when_a_hook_raises_behind(tmp_path, hook):
    with http_origin() as origin, school(tmp_path, records=NAMES, detectors=(breaking(hook),)) as run:
        with run.connect() as connection:
            connection.sendall(
                f"GET http://learn.test:{origin.port}/ HTTP/1.1\r\nHost: learn.test\r\n\r\n".encode()
            )
            assert b"origin says" not in read_all(connection)
        assert len(origin.requests) == 1


@pytest.mark.parametrize("hook", ["tls_start_client", "tls_start_server"])
def test_over_tls_a_fault_refuses_too(tmp_path, hook):
    origins = TestAuthority(tmp_path)
    with (
        http_origin(tls=origins.context("learn.test")) as origin,
        school(
            tmp_path,
            records=NAMES,
            trust=origins.path,
            connect_ports=[origin.port],
            detectors=(breaking(hook),),
        ) as run,
    ):
        connection, head = run.tunnel(f"learn.test:{origin.port}")
        answer = head
        if head.startswith(b"HTTP/1.1 200"):
            try:
                secure = run.tls(connection, "learn.test")
                secure.sendall(b"GET / HTTP/1.1\r\nHost: learn.test\r\nConnection: close\r\n\r\n")
                answer = read_all(secure)
            except (ssl.SSLError, ConnectionError):
                answer = b""
        assert answer[9:12] in (b"503", b"502", b"")
        assert origin.requests == []


def test_a_websocket_message_reaches_nobody_when_its_hook_raises_and_the_connection_ends(tmp_path):
    got = []
    with serve(lambda peer: got.extend(peer), "127.0.0.1", 0) as server:
        port = server.socket.getsockname()[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        broken = (breaking("websocket_message"),)
        with school(tmp_path, records=NAMES, connect_ports=[port], detectors=broken) as run:
            raw, _ = run.tunnel(f"learn.test:{port}")
            with connect(f"ws://learn.test:{port}/", sock=raw, proxy=None) as peer:
                peer.send("secret")
                with pytest.raises(ConnectionClosed):
                    peer.recv(timeout=60)
        server.shutdown()
    assert got == []


def test_every_hook_of_our_addons_is_guarded():
    """An addon's method that mitmproxy would call must stand in the guard's list."""
    found = set()
    for module in pkgutil.iter_modules(addons.__path__):
        for _, kind in inspect.getmembers(import_module(f"addons.{module.name}"), inspect.isclass):
            if kind.__module__ == f"addons.{module.name}" and module.name != "certificates":
                found |= {name for name in vars(kind) if name in all_hooks}
    assert found <= set(HOOKS)
    assert {"requestheaders", "next_layer", "server_connect"} <= found
