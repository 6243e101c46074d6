"""Clients that begin a request and never end it, at a console that really runs."""

import socket
from contextlib import ExitStack

import httpx

from proxy.console.site.patience import READ_S

HEAD = "GET /healthz HTTP/1.1\r\nHost: "
BODY = (
    "POST /account/login/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 900\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
)
MORE_THAN_ALL_THREADS = 10


def test_requests_that_never_end_hold_the_console_for_seconds_only(started):
    with ExitStack() as held:
        for number in range(MORE_THAN_ALL_THREADS):
            begun = (HEAD, BODY)[number % 2].format(host=f"127.0.0.1:{started.port}")
            client = held.enter_context(socket.create_connection(("127.0.0.1", started.port), timeout=60))
            client.sendall(begun.encode())
        assert httpx.get(f"{started.url}/healthz", timeout=8 * READ_S).status_code == 200
