"""The ungated master carries pages, plain and opened, and nobody is filtered."""

import asyncio
import socket
import ssl
import subprocess
import sys
from contextlib import closing, contextmanager

import httpx

from fake_origins import TestAuthority, http_origin
from proxy.authority.authority import Authority
from running_proxy import free_port, when_open


@contextmanager
def ungated(directory, trust):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "addons.ungated", str(port), str(directory), str(trust)]
    )
    try:
        asyncio.run(when_open(port))
        yield port
    finally:
        process.terminate()
        process.wait(60)


def test_plain_and_opened_pages_come_through(tmp_path):
    origins, own = TestAuthority(tmp_path), Authority.open_or_create(tmp_path / "ca", "Oak School")
    trusting = ssl.create_default_context(cafile=str(own.certificate_path))
    with (
        http_origin() as plain,
        http_origin(tls=origins.context("localhost")) as secure,
        ungated(own.path.parent, origins.path) as port,
        closing(httpx.Client(proxy=f"http://127.0.0.1:{port}", verify=trusting, timeout=60)) as client,
    ):
        assert client.get(f"http://127.0.0.1:{plain.port}/a").text == "origin says /a"
        assert client.get(f"https://localhost:{secure.port}/b").text == "origin says /b"
        with socket.create_connection(("127.0.0.1", port), timeout=60) as raw:
            raw.sendall(b"CONNECT a b c\r\n\r\n")
            assert raw.recv(100) == b""
