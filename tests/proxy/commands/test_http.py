"""`schoolgate http`: a worker as a process, alone and beside others."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from fake_origins import http_origin, serving
from free_ports import ADMIN_PORTS, free_ports
from greetings import client_hello
from proxy.commands import Exit, http
from proxy.frontdoor.listening import open_listener
from proxy.gateway import Gateway
from proxy.journal.read import Journal
from proxy.settings.fields import Endpoint
from proxy.supervisor.succession import Voice

PROJECT = Path(__file__).resolve().parents[3]
PYTHON = (sys.executable, "-W", "ignore", "-m", "proxy")


@pytest.fixture
def config(tmp_path):
    """A school of one network whose state and ports are the test's own; nothing is published yet.

    The filter dials no port of its own, so none of these may be one that the kernel gives the test's origin.
    """
    dns, proxy, page_http, page_https = range(first := free_ports(4), first + 4)
    admin = free_ports(4, among=ADMIN_PORTS)
    settings = {
        "gateway": {"state": "state", "admin_listen": f"127.0.0.1:{admin}"},
        "dns": {
            "listen": f"127.0.0.1:{dns}",
            "upstreams": [{"address": "127.0.0.1", "port": 1}],
            "local_zones": ["demo.test"],
            "local_records": [
                {"name": name, "value": "127.0.0.1"} for name in ("learn.demo.test", "games.demo.test")
            ],
        },
        "proxy": {"listen": f"127.0.0.1:{proxy}"},
        "block_page": {"listen_http": f"127.0.0.1:{page_http}", "listen_https": f"127.0.0.1:{page_https}"},
        "lists": {"blocklists": str(PROJECT / "blocklists")},
        "zone": "America/Chicago",
        "strictest": "pupils",
        "groups": [
            {
                "id": "pupils",
                "minor": True,
                "profile": "middle",
                "block": [
                    {"site": "games.demo.test", "owner": "Ms Lee", "reason": "game", "since": "2026-08-01"}
                ],
            }
        ],
        "networks": [{"id": "lab", "addresses": "127.0.0.0/8", "inspect": True, "block_answer": "nxdomain"}],
    }  # fmt: skip
    directory = tmp_path / "config"
    directory.mkdir()
    (directory / "school.yaml").write_text(yaml.safe_dump(settings))
    return directory


def publish(config: Path) -> None:
    done = subprocess.run([*PYTHON, "publish", "--config", str(config)], capture_output=True, text=True)
    assert done.returncode == Exit.OK, done.stdout + done.stderr


@contextlib.contextmanager
def worker(config: Path, number: int, listener: socket.socket) -> Iterator[subprocess.Popen[str]]:
    where = ("--config", str(config), "--worker", str(number), "--listen-fd", str(listener.fileno()))
    process = subprocess.Popen(
        [*PYTHON, "http", *where],
        pass_fds=[listener.fileno()],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        said = []
        while f"http-{number}: serves" not in "".join(said[-1:]):
            said.append(process.stderr.readline())
            assert said[-1], "".join(said)
        yield process
    finally:
        process.kill()
        process.wait()


def ask(port: int, url: str) -> bytes:
    """The status of a plain request, b"" when the connection broke."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        host = url.split("/")[2]
        connection.sendall(f"GET {url} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        data = b""
        with contextlib.suppress(ConnectionResetError):
            while got := connection.recv(65536):
                data += got
        return data[9:12]


@pytest.mark.processes
def test_workers_share_one_port_and_a_killed_one_takes_no_client_with_it(config):
    publish(config)
    listener = open_listener(Endpoint("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with http_origin() as origin, worker(config, 0, listener) as first, worker(config, 1, listener) as second:
        assert ask(port, f"http://learn.demo.test:{origin.port}/") == b"200"
        assert ask(port, f"http://games.demo.test:{origin.port}/") == b"403"
        first.send_signal(signal.SIGKILL)
        first.wait()
        answers = [ask(port, f"http://games.demo.test:{origin.port}/") for _ in range(10)]
        assert answers == [b"403"] * 10
        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == Exit.OK
    listener.close()
    spool = config / "state" / "spool"
    hosts = sorted(event.host for event in Journal(spool).events())
    assert hosts.count("games.demo.test") in (10, 11)  # the first worker's last 200 ms may be lost


def tunnel(port: int, target: str) -> socket.socket:
    """A connection on which a tunnel was asked for and a TLS client has greeted."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 200")
    connection.sendall(client_hello(target.partition(":")[0]))
    return connection


@pytest.mark.processes
def test_a_worker_killed_in_the_middle_of_a_transfer_lets_nothing_unjudged_pass(config):
    """What was under way breaks off; the next worker on the same socket carries and refuses as the first."""
    greeting = len(client_hello("learn.demo.test"))

    def send_on_and_on(connection, origin) -> None:
        origin.octets += connection.recv(65536)
        while True:
            connection.sendall(b"x" * 65536)

    with serving(send_on_and_on) as origin, open_listener(Endpoint("127.0.0.1", 0)) as listener:
        path = config / "school.yaml"
        settings = yaml.safe_load(path.read_text())
        settings["networks"][0]["inspect"] = False
        settings["proxy"]["connect_ports"] = [origin.port]
        path.write_text(yaml.safe_dump(settings))
        publish(config)
        port = listener.getsockname()[1]
        with worker(config, 0, listener) as first:
            broken = tunnel(port, f"learn.demo.test:{origin.port}")
            assert broken.recv(65536).startswith(b"xxx")
            first.send_signal(signal.SIGKILL)
            first.wait()
            with contextlib.suppress(ConnectionResetError):
                while broken.recv(1 << 20):
                    pass
        with socket.create_connection(("127.0.0.1", port), timeout=60) as waiting:  # no worker is there yet
            target = f"games.demo.test:{origin.port}"
            waiting.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
            with worker(config, 1, listener):
                assert waiting.recv(100).startswith(b"HTTP/1.1 403")
                after = tunnel(port, f"learn.demo.test:{origin.port}")
                assert after.recv(65536).startswith(b"xxx")
                after.close()
        assert (origin.connections, len(origin.octets)) == (2, 2 * greeting)


@pytest.mark.processes
def test_without_a_policy_everything_is_refused_and_one_that_comes_is_taken_up(config):
    listener = open_listener(Endpoint("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with http_origin() as origin, worker(config, 0, listener):
        url = f"http://learn.demo.test:{origin.port}/"
        assert ask(port, url) == b"503"
        publish(config)
        deadline = time.monotonic() + 60
        while ask(port, url) != b"200":
            assert time.monotonic() < deadline, "the policy was not taken up"
            time.sleep(0.1)
    listener.close()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        pytest.param(["--worker", "-1"], Exit.USAGE, "a number from 0 on", id="a worker that cannot be"),
        pytest.param(["--listen-fd", "77"], Exit.FAILED, "cannot run", id="no such descriptor"),
    ],
)
def test_what_cannot_run_says_why(config, arguments, status, words):
    done = subprocess.run(
        [*PYTHON, "http", "--config", str(config), *arguments], capture_output=True, text=True, env=os.environ
    )
    assert (done.returncode, words in done.stderr) == (status, True), done.stderr


async def grown(bound_mb):
    """A worker that has grown at once."""
    return bound_mb() + 1  # no settings: no bound


@pytest.mark.parametrize(
    ("is_heard", "hands_over"),
    [
        pytest.param(True, True, id="with a supervisor it hands over"),
        pytest.param(False, False, id="without one it serves on until it is told to end"),
    ],
)
def test_a_worker_that_has_grown_hands_over_where_somebody_can_take_over(
    tmp_path, monkeypatch, caplog, is_heard, hands_over
):
    monkeypatch.setattr(http, "outgrown", grown)

    async def story() -> bool:
        reading, writing = os.pipe()
        stopping = asyncio.Event()
        if not is_heard:
            asyncio.get_running_loop().call_soon(stopping.set)
        try:
            voice = Voice(writing if is_heard else None)
            return await http._outgrown(Gateway(tmp_path), voice, stopping)
        finally:
            os.close(reading)
            os.close(writing)

    with caplog.at_level(logging.INFO):
        assert asyncio.run(story()) is hands_over
    assert ("hands over to a fresh worker" in caplog.text) is hands_over
