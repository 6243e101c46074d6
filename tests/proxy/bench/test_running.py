import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.bench.errors import BenchProblem
from proxy.bench.readings import tree
from proxy.bench.running import Running, Server, pinned, run

TWO_PROCESSES = (
    "import subprocess, sys;"
    "subprocess.run([sys.executable, '-c', 'import time; print(\"up\", flush=True); time.sleep(600)'])"
)


@pytest.fixture
def running():
    running = Running()
    yield running
    running.stop_all()


def until_said(started, word):
    while word not in started.said():
        assert started.lives(), started.said()
        os.sched_yield()


def state_of(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[0]
    except OSError:
        return "gone"


def test_stopping_ends_children_too(running, tmp_path: Path):
    started = running.start([sys.executable, "-c", TWO_PROCESSES], tmp_path / "log")
    until_said(started, "up")
    family = tree([started.pid])
    assert len(family) == 2

    running.stop_all()

    assert not started.lives()
    assert started.process.returncode == -signal.SIGTERM
    assert tree([started.pid]) == []


def test_what_ignores_being_asked_is_killed(running, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("proxy.bench.running.STOP_S", 0.05)
    stubborn = "import signal; signal.signal(15, signal.SIG_IGN); print('up', flush=True); signal.pause()"
    started = running.start([sys.executable, "-c", stubborn], tmp_path / "log")
    until_said(started, "up")
    running.stop(started)
    assert started.process.returncode == -signal.SIGKILL


def test_a_server_of_two_processes_lives_while_both_do(running, tmp_path: Path):
    first = running.start(["sleep", "600"], tmp_path / "one")
    second = running.start(["sleep", "600"], tmp_path / "two")
    server = Server([first, second])
    assert server.lives()
    assert server.pss_mb() > 0
    running.stop(second)
    assert not server.lives()


def test_a_started_program_is_pinned(running, tmp_path: Path):
    core = min(os.sched_getaffinity(0))
    show = "import os; print(sorted(os.sched_getaffinity(0)), flush=True)"
    started = running.start([sys.executable, "-c", show], tmp_path / "log", cores=str(core))
    started.process.wait()
    assert started.said() == f"[{core}]"
    assert pinned("") == []


def test_it_ends_when_the_bench_is_killed(tmp_path: Path):
    """SIGKILL leaves no time to tidy up; the kernel tells the children."""
    script = (
        "import sys, time; from pathlib import Path; from proxy.bench.running import Started;"
        "started = Started(['sleep', '600'], Path(sys.argv[1]));"
        "print(started.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
    ) as bench:
        assert bench.stdout is not None
        child = int(bench.stdout.readline())
        assert tree([child]) == [child]
        bench.kill()
    while state_of(child) not in {"gone", "Z"}:
        os.sched_yield()


def test_a_program_that_fails_is_quoted():
    assert run(["sh", "-c", "echo fine"]) == "fine\n"
    with pytest.raises(BenchProblem, match="sh failed: went wrong"):
        run(["sh", "-c", "echo went wrong >&2; exit 1"])
    with pytest.raises(BenchProblem, match="/no/such cannot be started: No such file"):
        run(["/no/such"])


def test_a_program_that_cannot_be_started_is_said(running, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("proxy.bench.running.ending_with_us", list)
    with pytest.raises(BenchProblem, match="/no/such cannot be started"):
        running.start(["/no/such"], tmp_path / "log")
