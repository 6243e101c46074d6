"""A web server on loopback that serves lists, and does what bad ones do."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

type Answer = tuple[int, dict[str, str], bytes]


@dataclass
class ListOrigin:
    """What is served where, and what was asked.

    pages   path -> what answers a request's headers
    asked   path and headers of each request, in order
    """

    url: str = ""
    pages: dict[str, Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def serve(self, path: str, body: bytes, *, status: int = 200, **headers: str) -> None:
        """Answer a path with a body; with an ETag, a request that names it gets 304."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(request: dict[str, str]) -> Answer:
            if "etag" in named and request.get("if-none-match") == named["etag"]:
                return 304, named, b""
            return status, named, body

        self.pages[path] = answer


@contextmanager
def list_origin(context: ssl.SSLContext | None = None) -> Iterator[ListOrigin]:
    """Run an origin over http, or over https with a server context."""
    origin = ListOrigin()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            origin.asked.append((self.path, headers))
            page = origin.pages.get(self.path)
            status, named, body = page(headers) if page else (404, {}, b"not here\n")
            self.send_response(status)
            for name, value in named.items():
                self.send_header(name, value)
            if "content-length" not in named:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "https" if context is not None else "http"
    origin.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def dripping_origin(begins: bytes) -> Iterator[str]:
    """Run an origin that sends a beginning and then one octet every few milliseconds, without an end."""
    gone = threading.Event()

    def drip() -> None:
        with suppress(OSError):
            visitor, _ = listening.accept()
            with visitor:
                visitor.sendall(begins)
                while not gone.wait(0.005):
                    visitor.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            gone.set()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join()
