"""Does a WebSocket carry connections past the filter? wstunnel, Wisp, wsproxy; no name says what it is."""

import socket
import ssl
import struct

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from adversaries import MODULES, needs
from adversary_world import listens, reached
from free_ports import free_ports
from redirected_places import PUPIL, SITE, TWIN
from web_proxy_site import RENAMED, site

pytestmark = [
    pytest.mark.adversary, pytest.mark.network, pytest.mark.processes, pytest.mark.timeout(300),
    needs("curl", modules=True),
]  # fmt: skip
MARKER = "came through a socket"
ASKING = f"GET / HTTP/1.1\r\nHost: {SITE[4]}\r\nConnection: close\r\n\r\n".encode()
HOST = "lessons2.example"


@pytest.fixture(scope="module")
def carrier(whole, tmp_path_factory):
    """A site with Wisp and wsproxy behind a path of its own."""
    whole.named(HOST, TWIN[4])
    words = site(tmp_path_factory.mktemp("site"), whole.certificate(HOST), RENAMED, HOST, TWIN[4])
    with whole.on_origin(*words, until="ready"), whole.pages(MARKER) as pages:
        yield pages


def socket_to(world, path):
    """A WebSocket from the device."""
    with world.device.inside():
        plain = socket.create_connection((TWIN[4], 443), 20, (PUPIL[4], 0))
    trust = ssl.create_default_context(cafile=str(world.trust))
    return connect(f"wss://{HOST}{path}", sock=plain, ssl=trust, compression=None, close_timeout=2)


def wisp(world):
    """Ask for the page in a stream of Wisp (protocol version 1); return what comes back."""
    with socket_to(world, RENAMED.wisp) as open_:
        open_.recv(5)  # the server's CONTINUE
        open_.send(struct.pack("<BIBH", 1, 1, 1, 80) + SITE[4].encode())
        open_.send(struct.pack("<BI", 2, 1) + ASKING)
        return _received(open_)


def wsproxy(world):
    """Ask for it in wsproxy's way: the path names the address, all else is raw."""
    with socket_to(world, f"{RENAMED.wisp}{SITE[4]}:80") as open_:
        open_.send(ASKING)
        return _received(open_)


def _received(open_):
    data = b""
    while MARKER.encode() not in data:
        data += bytes(open_.recv(5))
    return data


@pytest.mark.parametrize(("how", "technique"), [(wisp, "webproxy.wisp"), (wsproxy, "webproxy.wsproxy")])
def test_wisp_and_wsproxy_carry_no_page(world, carrier, how, technique):
    assert MARKER.encode() in how(world)
    world.on()
    seen, served = len(world.events()), len(carrier.requests)
    with pytest.raises((WebSocketException, TimeoutError, OSError)):
        how(world)
    assert len(carrier.requests) == served
    assert world.told(technique, since=seen).event.host == HOST


def test_wstunnel_carries_no_page(world):
    world.named("radio.example", TWIN[4])
    port = str(free_ports(1))
    program = str(MODULES / "wstunnel" / "bin" / "wstt.js")
    client = ("node", program, "-t", f"{port}:{SITE[4]}:8000", "ws://radio.example/")
    asking = ("curl", "-sS", "-m", "10", f"http://127.0.0.1:{port}/")
    with (
        world.on_origin("node", program, "-s", f"{TWIN[4]}:80"),
        world.pages(MARKER, port=8000) as pages,
    ):
        assert reached(lambda: listens(world.origin, TWIN[4], 80))
        with world.on_device(*client):
            assert reached(lambda: listens(world.device, "127.0.0.1", int(port)))
            assert MARKER in world.done_on_device(*asking)
        world.on()
        seen, served = len(world.events()), len(pages.requests)
        with world.on_device(*client):
            assert reached(lambda: listens(world.device, "127.0.0.1", int(port)))
            assert MARKER not in world.done_on_device(*asking)
        assert len(pages.requests) == served
    assert world.told("tunnel.", since=seen).event.host == "radio.example"
