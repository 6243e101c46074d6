"""Does `schoolgate dns` run a worker that answers, survives its policy's absence, and ends in peace?"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import pytest

from free_ports import ADMIN_PORTS, free_ports
from proxy.cli import main
from proxy.commands.dns import odd_questions, telling_of
from proxy.dns.odd_questions import Odd
from school_proxy import settings_of

SETTINGS = """
gateway:
  name: test-gate
  state: {state}
  fail_mode: essential
  essential_names: [learn.school.example]
  admin_listen: 127.0.0.1:{admin}
dns:
  listen: 127.0.0.1:{port}
  upstreams: [{{address: 127.0.0.1, port: 9}}]
  timeout_ms: 200
  local_zones: [school.example]
  local_records:
    - {{name: learn.school.example, value: 127.0.9.1}}
    - {{name: games.school.example, value: 127.0.9.1}}
block_page: {{host: block.school.example, addresses: 192.0.2.80}}
lists: {{blocklists: {blocklists}}}
zone: America/Chicago
groups:
  - id: pupils
    profile: middle
    minor: true
    block: [{{site: games.school.example, owner: Ms Lee, reason: a distraction, since: 2026-08-01}}]
networks: [{{id: lan, addresses: 127.0.0.1/32, group: pupils}}]
strictest: pupils
"""
BLOCKLISTS = Path(__file__).parents[3] / "blocklists"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A settings directory with a port of its own."""
    directory = tmp_path / "config"
    directory.mkdir()
    text = SETTINGS.format(
        state=tmp_path / "state",
        port=free_ports(1),
        admin=free_ports(4, among=ADMIN_PORTS),
        blocklists=BLOCKLISTS,
    )
    (directory / "gateway.yaml").write_text(text)
    return directory


def port_of(config: Path) -> int:
    line = next(x for x in (config / "gateway.yaml").read_text().splitlines() if "  listen:" in x)
    return int(line.rpartition(":")[2])


@contextmanager
def worker(config: Path, number: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process that has begun to answer; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "proxy", "dns", "--config", str(config), "--worker", str(number)],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        until(lambda: b" 200 " in healthz(config, number))
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(60)


def healthz(config: Path, number: int) -> bytes:
    """What the worker's administration port says, or nothing while it does not listen."""
    admin = next(x for x in (config / "gateway.yaml").read_text().splitlines() if "admin_listen:" in x)
    try:
        with socket.create_connection(("127.0.0.1", int(admin.rpartition(":")[2]) + 1 + number), 10) as link:
            link.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
            return link.recv(100)
    except OSError:
        return b""


def ask(config: Path, name: str, within_s: float = 60.0) -> dns.message.Message | None:
    query = dns.message.make_query(name, "A", use_edns=0)
    try:
        return dns.query.udp(query, "127.0.0.1", port=port_of(config), timeout=within_s)
    except (dns.exception.Timeout, OSError):
        return None


def until(condition: object, seconds: float = 60.0) -> None:
    """Wait until a condition holds, at most so long."""
    ends = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)


def rcode(config: Path, name: str) -> int:
    message = ask(config, name)
    assert message is not None
    return int(message.rcode())


@pytest.mark.processes
def test_a_worker_serves_essential_names_then_the_policy_and_ends_on_sigterm(config: Path) -> None:
    with worker(config) as process:
        assert (rcode(config, "learn.school.example"), rcode(config, "games.school.example")) == (0, 5)

        assert main(["publish", "--config", str(config)]) == 0
        until(lambda: rcode(config, "games.school.example") == 0)
        blocked, opened = ask(config, "games.school.example"), ask(config, "learn.school.example")
        assert blocked is not None
        assert opened is not None
        assert [rrset[0].address for rrset in blocked.answer + opened.answer] == ["192.0.2.80", "127.0.9.1"]

        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


@pytest.mark.processes
def test_what_was_answered_is_recorded(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "--config", str(config)]) == 0
    with worker(config) as process:
        for _ in range(3):
            ask(config, "games.school.example")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    capsys.readouterr()
    assert main(["events", "--config", str(config), "--host", "games.school.example", "--json"]) == 0

    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(e["worker"], e["action"], e["reason"], e["method"]) for e in events] == [
        ("dns-0", "block", "school_rule", "A")
    ] * 3


@pytest.mark.processes
def test_a_worker_that_is_killed_leaves_the_other_answering(config: Path) -> None:
    assert main(["publish", "--config", str(config)]) == 0
    with worker(config, 0) as first, worker(config, 1):
        first.kill()
        first.wait(60)
        for _ in range(20):
            assert rcode(config, "learn.school.example") == 0


def test_a_worker_without_usable_settings_serves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gateway.yaml").write_text("dns: {lissten: 127.0.0.1:0}\n")

    assert main(["dns", "--config", str(tmp_path)]) == 3
    assert "lissten" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "number"), [("--worker", "-1"), ("--workers", "0")])
def test_a_number_of_or_for_workers_that_makes_no_sense_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], option: str, number: str
) -> None:
    assert main(["dns", "--config", str(config), option, number]) == 2
    assert option in capsys.readouterr().err


def children(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


@pytest.mark.processes
def test_without_a_number_all_workers_run_and_one_that_is_killed_comes_back(config: Path) -> None:
    assert main(["publish", "--config", str(config)]) == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "proxy", "dns", "--config", str(config), "--workers", "2"]
    )
    try:
        until(lambda: all(b" 200 " in healthz(config, number) for number in (0, 1)))
        before = children(process.pid)
        os.kill(min(before), signal.SIGKILL)
        until(lambda: min(before) not in children(process.pid))  # what its socket held died with it
        for _ in range(20):
            assert rcode(config, "learn.school.example") == 0
        until(lambda: len(children(process.pid) - {min(before)}) == 2)
        until(lambda: all(b" 200 " in healthz(config, number) for number in (0, 1)))
        process.send_signal(signal.SIGTERM)

        assert process.wait(60) == 0
        assert (len(before), rcode_or_none(config, "learn.school.example")) == (2, None)
    finally:
        process.kill()
        process.wait(60)


@pytest.mark.processes
def test_sighup_publishes_and_all_workers_take_it_up(config: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "proxy", "dns", "--config", str(config), "--workers", "2"]
    )
    try:
        until(lambda: all(b" 200 " in healthz(config, number) for number in (0, 1)))
        assert rcode(config, "games.school.example") == 5

        process.send_signal(signal.SIGHUP)
        until(lambda: all(rcode(config, "games.school.example") == 0 for _ in range(20)))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait(60)


@pytest.mark.processes
def test_a_group_whose_address_is_taken_says_so_and_ends(config: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port_of(config)))
        done = subprocess.run(
            [sys.executable, "-m", "proxy", "dns", "--config", str(config), "--workers", "2"],
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert done.returncode == 3
    assert "the resolver cannot run" in done.stderr


def rcode_or_none(config: Path, name: str) -> int | None:
    message = ask(config, name, within_s=1.0)
    return None if message is None else int(message.rcode())


def test_workers_tell_each_other_in_the_state_directory(tmp_path: Path) -> None:
    one, two = odd_questions(tmp_path, 0, b"k" * 32), odd_questions(tmp_path, 1, b"k" * 32)
    assert one is not None
    assert two is not None
    asked = Odd("10.20.33.7", "abc.t.example.net", "TXT", 1.0)
    one.tell(asked)
    assert list(two.news()) == [asked]


def test_a_worker_goes_by_its_own_where_there_is_no_room(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "run").write_text("a file")
    assert odd_questions(tmp_path, 0, b"k" * 32) is None
    assert "a tunnel is found later" in caplog.text


def test_what_is_answered_is_written_down_where_redirected_traffic_is_taken(tmp_path: Path) -> None:
    key = b"k" * 32
    without = settings_of(tmp_path / "without", listen="127.0.0.1:8080")
    assert telling_of(tmp_path, without, 0, key) is None
    assert [path.name for path in (tmp_path / "run" / "answered").iterdir()] == ["dns-0.without"]

    listen = {"listen": "127.0.0.1:8080", "transparent_listen": ["127.0.0.1:8081"]}
    redirected = settings_of(tmp_path / "with", **listen)
    assert telling_of(tmp_path, redirected, 0, key) is not None
    assert [path.name for path in (tmp_path / "run" / "answered").iterdir()] == ["dns-0.table"]
