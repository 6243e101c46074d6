"""Each area runs to its end on little data, with whatever peers are installed, and nobody answers wrongly.

Nothing here looks at how long anything took.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from needed_programs import needs
from proxy.bench.areas import frontdoor, inspect, lists
from proxy.bench.data import Data
from proxy.bench.errors import BenchProblem
from proxy.bench.goals import CONSOLE_PAGES, HOSTILE
from proxy.bench.programs import find
from proxy.bench.resolvers.dnsmasq import Dnsmasq
from proxy.bench.resolvers.ours import Ours
from proxy.bench.resolvers.resolver import Place
from proxy.bench.resolvers.started import Up
from proxy.bench.results import OURS
from proxy.bench.running import Server
from proxy.bench.stage import Plan, stage

DNS_TOOLS = ("dnsperf", "knotd")
TRIES = 2  # a machine that stands still for seconds answers nothing, which voids what was measured
WEB_TOOLS = ("wrk", "nginx", "openssl", "cc")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("bench-data")


def bench(data: Path, *words: str) -> dict[str, object]:
    """Run the command as a person would; what it said of figures, and the ratios."""
    argv = [sys.executable, "-m", "proxy", "bench", *words, "--data", str(data), "--json"]
    argv += ["--size", "1000", "--rounds", "1", "--seconds", "0.3"]
    for _ in range(TRIES):
        done = subprocess.run(argv, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        said, _, ratios = (json.loads(line) for line in done.stdout.splitlines())
        if not said["void"]:
            break
    assert said["void"] == {}
    assert list(ratios) == ["ratios"]
    assert all(name.startswith(f"{words[0]}.") and ratio >= 0 for name, ratio in ratios["ratios"].items())
    return said


def of(said: dict[str, object], peer: str) -> set[str]:
    return {figure for figure, peers in said["figures"].items() if peer in peers}


@needs(*DNS_TOOLS)
def test_names(data):
    said = bench(data, "dns", "--peers", "unbound,echo")
    wanted = {"start.seconds", "start.pss", "hot.cpu", "cold.cpu", "paced.p99", "warm.pss"}
    assert wanted | {"two-workers.cpu", "two-workers.pss"} <= of(said, OURS)
    if find("unbound"):
        assert wanted <= of(said, "unbound")
    if find("cc"):
        assert "hot.cpu" in of(said, "echo")


@needs(*DNS_TOOLS)
def test_lists(data):
    said = bench(data, "lists", "--peers", "dnsmasq", "--swaps", "2", "--settle", "0")
    wanted = {"compile.seconds", "compile.peak", "in-force.pss", "swap.longest", "swap.lost", "swaps.pss"}
    assert wanted <= of(said, OURS)
    assert said["figures"]["swap.longest"][OURS]["samples"] == 2
    if find("dnsmasq"):
        assert {"in-force.pss", "swap.longest"} <= of(said, "dnsmasq")


def test_a_peer_that_fails_under_swaps_costs_its_own_figures_only(tmp_path, monkeypatch):
    def fails(stage, up, data):
        raise BenchProblem("its list was not in force after 600 s")

    def up(stage, kind, *words, **more):
        return Up(kind(Place(tmp_path, 1, 2)), Server([]), 0.0)

    monkeypatch.setattr(lists, "bring_up", up)
    monkeypatch.setattr(lists, "_in_force_and_swapped", fails)
    with stage("lists", Plan(tmp_path, 1000, (), 1, 1.0), lambda line: None) as place:
        lists._in_force(place, Dnsmasq, Data(tmp_path, 1000), 53)
        assert place.results.skipped == {"dnsmasq": "its list was not in force after 600 s"}
        with pytest.raises(BenchProblem, match="not in force"):
            lists._in_force(place, Ours, Data(tmp_path, 1000), 53)


@pytest.mark.parametrize(("sent", "lives"), [(b"\x16\x03", True), (b"HTTP", False), (b"", False)])
def test_an_idle_tunnel_lives_when_the_web_servers_greeting_came_through_it(sent, lives):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(sent)
        ours.settimeout(0.01)
        assert frontdoor._greets(ours) is lives


def test_decisions(data):
    said = bench(data, "judge")
    assert of(said, OURS) == {"uncached.us", "first.us", "cached.us", "by-name.us"}
    assert of(said, "python-set") == {"uncached.us"}


def test_ways_around(data):
    said = bench(data, "bypass")
    assert {f"{case}.grows" for case in HOSTILE} <= of(said, OURS)
    judged = {"requests.us", "requests.dearest", "scan-js.us", "names.us", "tunnel-watch.us", "openings.us"}
    assert judged | {"messages.us", "client.bytes", "client-full.bytes"} <= of(said, OURS)
    assert {"requests.us", "names.us"} <= of(said, "psl")


def test_events(data):
    said = bench(data, "events")
    assert of(said, OURS) == {"append.us", "append-hot.us", "read-back.us"}
    assert of(said, "sqlite") == of(said, "json-lines") == {"append.us", "read-back.us"}


@needs(*WEB_TOOLS)
def test_the_front_door(data):
    said = bench(data, "frontdoor", "--peers", "squid-splice", "--idle", "20")
    assert {"start.pss", "idle.growth", "idle.pss"} <= of(said, OURS)
    if find("squid"):
        assert {"start.pss", "idle.growth"} <= of(said, "squid-splice")


@needs(*WEB_TOOLS)
def test_inspection(data):
    said = bench(data, "inspect", "--peers", "mitmdump", "--requests", "1", "--bodies", "1")
    assert {"start.pss", "after-requests.pss", "after-bodies.pss"} <= of(said, OURS)
    assert {"after-requests.pss", "after-bodies.pss"} == of(said, "warm")
    assert "start.pss" in of(said, "mitmdump")


@pytest.mark.parametrize(
    ("readings", "halves"),
    [
        pytest.param([(100, 5.0)], (None, 5.0), id="one load has no halves"),
        pytest.param([(100, 5.0), (199, 7.0)], (None, 7.0), id="a long one and a short one"),
        pytest.param([(100, 5.0), (200, 7.0)], (5.0, 7.0), id="two"),
        pytest.param([(10, 9.0), (100, 5.0), (200, 6.0), (220, 7.0)], (9.0, 7.0), id="the greatest of each"),
    ],
)
def test_memory_is_compared_between_the_halves_of_a_long_load(readings, halves):
    assert inspect.by_half(readings) == halves


def test_missing_tools_are_said_in_one_line_with_what_installs_them(data):
    words = [sys.executable, "-m", "proxy", "bench", "dns", "--data", str(data)]
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PATH": "/nowhere"}
    )
    assert done.returncode == 3
    assert "dnsperf" in done.stderr.splitlines()[-1]
    assert "apt-get install --no-install-recommends" in done.stderr.splitlines()[-1]
    assert done.stdout == ""


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a short name: programs put sockets into it, whose paths have at most 107 octets."""
    with tempfile.TemporaryDirectory(prefix="b-") as folder:
        yield Path(folder)


@needs(*DNS_TOOLS)
def test_ctrl_c_leaves_nothing_running_and_nothing_on_disk(data, short_path: Path):
    words = [sys.executable, "-m", "proxy", "bench", "dns", "--peers", "unbound", "--size", "1000"]
    environment = {**os.environ, "TMPDIR": str(short_path)}
    with subprocess.Popen(
        [*words, "--data", str(data)],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=heed_ctrl_c,
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "unbound: preparing" in line:  # the stub and our own resolver run already
                break
        assert len(working_in(short_path)) > 1
        running.send_signal(signal.SIGINT)
        running.stderr.read()
    while working_in(short_path):  # what was just being started hears of it from the kernel, a moment later
        os.sched_yield()
    assert list(short_path.iterdir()) == []


def heed_ctrl_c() -> None:
    """What a shell's foreground gives a program; one in the background is told to ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def working_in(folder: Path) -> list[int]:
    """Processes that were started with a file of a folder."""
    found = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit() and str(folder).encode() in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


def test_the_console(data):
    said = bench(data, "console", "--cases", "200", "--events", "1000")

    wanted = {f"{page}.{figure}" for page in CONSOLE_PAGES for figure in ("median", "p95")}
    assert of(said, OURS) == wanted | {"server.pss"}
