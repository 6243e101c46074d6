import contextlib
import os
import resource
import signal
from pathlib import Path

import pytest

from proxy.bench.running import Server
from proxy.bench.stage import Cores, Meter, Plan, cores_of, stage, to_stderr


def silent(line):
    """Say nothing."""


def plan(data, *peers):
    return Plan(data, 1000, peers, 3, 1.0)


@pytest.mark.parametrize(
    ("available", "expected"),
    [
        pytest.param([3], Cores("3", "3", "3"), id="one core is shared"),
        pytest.param([0, 1], Cores("0", "0,1", "1"), id="two"),
        pytest.param([0, 1, 2], Cores("0", "0,1", "2"), id="three"),
        pytest.param([0, 1, 4, 5, 6], Cores("0", "0,1", "4,5"), id="load never with the server"),
    ],
)
def test_cores_are_shared_out(available, expected):
    assert cores_of(available) == expected


def test_all_peers_are_wanted_unless_some_are_named(tmp_path: Path):
    assert plan(tmp_path).wants("unbound")
    assert plan(tmp_path, "unbound").wants("unbound")
    assert not plan(tmp_path, "unbound").wants("bind")


def test_nothing_runs_or_stays_behind_whatever_happens(tmp_path: Path):
    umask = os.umask(0o077)
    limits, handler = resource.getrlimit(resource.RLIMIT_NOFILE), signal.getsignal(signal.SIGTERM)
    try:
        with contextlib.suppress(ZeroDivisionError), stage("dns", plan(tmp_path), silent) as place:
            started = place.running.start(["sleep", "600"], place.folder("one") / "log")
            assert (place.work / "one").stat().st_mode & 0o777 == 0o777
            raise ZeroDivisionError
        assert not started.lives()
        assert not place.work.exists()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == limits
        assert signal.getsignal(signal.SIGTERM) == handler
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(umask)


def test_sigterm_clears_the_stage_as_ctrl_c_does(tmp_path: Path):
    reached = []
    with contextlib.suppress(KeyboardInterrupt), stage("dns", plan(tmp_path), silent) as place:
        started = place.running.start(["sleep", "600"], place.work / "log")
        signal.raise_signal(signal.SIGTERM)
        reached.append("further")
    assert reached == []
    assert not started.lives()


def test_rounds_are_said_as_they_begin(tmp_path: Path):
    said = []
    with stage("dns", plan(tmp_path), said.append) as place:
        assert list(place.rounds("hot")) == [0, 1, 2]
        data = place.data()
    assert "hot, round 3 of 3" in said
    assert data.list_file.exists()


def test_a_meter_counts_cpu_for_each_operation(tmp_path: Path):
    with stage("dns", plan(tmp_path), silent) as place:
        busy = place.running.start(["sh", "-c", "while :; do :; done"], place.work / "log")
        server = Server([busy])
        meter = Meter(server)
        while server.cpu_s() < 0.05:
            os.sched_yield()
        cpu, stolen = meter.read(1000)
    assert cpu > 0
    assert 0 <= stolen <= 1


def test_progress_goes_beside_the_figures(capsys):
    to_stderr("hot")
    assert capsys.readouterr() == ("", "bench: hot\n")
