"""The bare master carries a page, and nobody is filtered."""

import asyncio
import subprocess
import sys
from contextlib import closing

import httpx

from fake_origins import TestAuthority, http_origin
from running_proxy import free_port, when_open


def test_a_page_comes_through_the_bare_master(tmp_path):
    trust, port = TestAuthority(tmp_path).path, free_port()
    argv = [sys.executable, "-m", "addons.bare", str(port), str(tmp_path), str(trust)]
    process = subprocess.Popen(argv)
    try:
        asyncio.run(when_open(port))
        with (
            http_origin() as origin,
            closing(httpx.Client(proxy=f"http://127.0.0.1:{port}", timeout=60)) as client,
        ):
            assert client.get(f"http://127.0.0.1:{origin.port}/a").text == "origin says /a"
    finally:
        process.terminate()
        process.wait(60)
