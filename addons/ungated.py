"""What does inspection cost before anything is judged? A worker's master without any addon of the filter.

For measurements only: it filters nothing and writes nothing down. `schoolgate bench inspect` compares the
worker with it; no setting leads here. Loop, master, layers, TLS and hand-over are the worker's own.

    python -m addons.ungated PORT DIRECTORY TRUST    DIRECTORY holds schoolgate-ca.pem; TRUST is a PEM file
"""

import asyncio
import gc
import socket
import sys
from contextlib import suppress
from pathlib import Path

from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy import layer
from mitmproxy.proxy.layers import ClientTLSLayer, ServerTLSLayer, modes
from mitmproxy.proxy.layers.http import HTTPMode

from addons.bounded_http import BoundedHttp
from addons.embedding import embedded
from addons.handed_on import HandedOn
from proxy.authority.authority import Authority
from proxy.event_loop import new_event_loop
from proxy.frontdoor.answers import ESTABLISHED
from proxy.frontdoor.attempts import canonical_peer
from proxy.frontdoor.client_hello import starts_like_tls
from proxy.frontdoor.first_bytes import BadConnect, read_connect
from proxy.frontdoor.listening import BACKLOG
from proxy.frontdoor.sessions import Session

PIECE = 16 * 1024
STREAM_OVER = "1m"


class AnyLayer:
    """Takes every connection for what its first octets look like. Takes mitmproxy's place for that."""

    name = "nextlayer"

    def next_layer(self, data: layer.NextLayer) -> None:
        """Set the layer."""
        context = data.context
        if isinstance(context.layers[-1], modes.HttpProxy):
            data.layer = BoundedHttp(context, HTTPMode.regular)
        elif starts_like_tls(data.data_client()) and not _is_open(context.layers):
            data.layer = ServerTLSLayer(context)
            data.layer.child_layer = ClientTLSLayer(context)
        else:
            data.layer = BoundedHttp(context, HTTPMode.transparent)


def _is_open(layers: list[layer.Layer]) -> bool:
    return any(isinstance(one, ClientTLSLayer) for one in layers)


async def serve(port: int, directory: Path, trust: Path) -> None:
    """Serve as an explicit proxy on loopback until cancelled."""
    proxyserver = Proxyserver()
    master = embedded(proxyserver, [AnyLayer()], Authority(directory).path, trust)
    master.options.update(stream_large_bodies=STREAM_OVER)
    hand_on = HandedOn(master, proxyserver)
    running = asyncio.create_task(master.run())
    gc.collect()
    gc.freeze()
    arriving: set[asyncio.Task[None]] = set()
    try:
        with socket.create_server(("127.0.0.1", port), backlog=BACKLOG) as listener:
            listener.setblocking(False)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                sock, address = await asyncio.get_running_loop().sock_accept(listener)
                task = asyncio.create_task(arrive(sock, canonical_peer(address[0]), hand_on))
                arriving.add(task)
                task.add_done_callback(arriving.discard)
    finally:
        running.cancel()


async def arrive(sock: socket.socket, client: str, hand_on: HandedOn) -> None:
    """Read a CONNECT request if there is one, answer it, and hand the connection on."""
    loop, first, session = asyncio.get_running_loop(), b"", Session(client)
    sock.setblocking(False)
    with suppress(OSError, BadConnect):
        while got := await loop.sock_recv(sock, PIECE):
            first += got
            if not first.startswith(b"CONNECT "):
                hand_on(sock, first, session, _nothing)
                return
            asked = read_connect(first)
            if asked is not None:
                session.connect, session.server_name = (asked.host, asked.port), asked.host
                await loop.sock_sendall(sock, ESTABLISHED)
                hand_on(sock, first[asked.length :], session, _nothing)
                return
    sock.close()


def _nothing() -> None:
    """Nobody counts connections here."""


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])), loop_factory=new_event_loop)
