import pytest

from proxy.bench.errors import BenchProblem
from proxy.bench.measured import measured
from proxy.bench.stage import Plan, stage


@pytest.fixture
def place(tmp_path):
    with stage("lists", Plan(tmp_path, 1000, (), 1, 1.0), lambda line: None) as place:
        yield place


def test_a_run_has_its_time_cpu_and_memory(place):
    words = ["sh", "-c", "x=0; while [ $x -lt 100000 ]; do x=$((x+1)); done"]
    ran = measured(place, words, place.work / "log", place.cores.server, 60)
    assert ran.seconds > 0
    assert ran.cpu_s > 0
    assert ran.peak_mb > 0
    assert 0 <= ran.stolen <= 1


def test_a_run_that_fails_is_quoted(place):
    with pytest.raises(BenchProblem, match="failed: no good"):
        measured(place, ["sh", "-c", "echo no good; exit 1"], place.work / "log", "", 60)


def test_a_run_that_does_not_end_is_ended(place):
    with pytest.raises(BenchProblem, match="600 was not done after 0 s"):
        measured(place, ["sleep", "600"], place.work / "log", "", 0.1)
    assert not place.running._started
