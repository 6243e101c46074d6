import subprocess
import sys
from pathlib import Path

import pytest

from proxy.bench.readings import TICKS_PER_S, Machine, cpu_s, machine, pss_mb, tree


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A small /proc: 10 started 11, which started 12; 20 is a stranger."""
    (tmp_path / "stat").write_text("cpu  100 5 50 800 20 3 2 40 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
    for pid, parent, ticks, pss in (
        (10, 1, 30, 1024),
        (11, 10, 20, 2048),
        (12, 11, 10, 512),
        (20, 1, 99, 4096),
    ):
        folder = tmp_path / str(pid)
        folder.mkdir()
        name = "(odd) name ("  # as a program may call itself
        fields = f"S {parent} 0 0 0 0 0 0 0 0 0 {ticks} {ticks} 0 0"
        (folder / "stat").write_text(f"{pid} ({name}) {fields}\n")
        (folder / "smaps_rollup").write_text(f"Rss: 9999 kB\nPss:    {pss} kB\nPss_Anon: 77 kB\n")
    (tmp_path / "self").mkdir()
    return tmp_path


def test_a_tree_is_a_process_with_all_its_descendants(proc):
    assert sorted(tree([10], proc)) == [10, 11, 12]
    assert sorted(tree([11, 20], proc)) == [11, 12, 20]


def test_a_process_that_is_gone_has_no_tree(proc):
    assert tree([99], proc) == []
    assert cpu_s([99], proc) == 0
    assert pss_mb([99], proc) == 0


def test_cpu_time_is_user_and_system_of_the_whole_tree(proc):
    assert cpu_s([10], proc) == pytest.approx(120 / TICKS_PER_S)


def test_cpu_time_of_a_process_that_ended_stays_with_who_waited_for_it(proc):
    before = cpu_s([10], proc)
    (proc / "12" / "stat").unlink()  # it ended, after 20 ticks, and 11 waited for it
    fields = "S 10 0 0 0 0 0 0 0 0 0 20 20 10 10"
    (proc / "11" / "stat").write_text(f"11 (waits) {fields}\n")

    assert cpu_s([10], proc) == pytest.approx(before)


def test_memory_is_the_proportional_share_of_the_whole_tree(proc):
    assert pss_mb([10], proc) == 3.5


def test_memory_that_may_not_be_read_counts_as_none(proc):
    (proc / "12" / "smaps_rollup").unlink()
    assert pss_mb([10], proc) == 3.0


def test_the_machines_ticks(proc):
    assert machine(proc) == Machine(busy=160, idle=820, stolen=40)


def test_the_share_of_stolen_time_between_two_readings():
    assert Machine(130, 860, 50).stolen_since(Machine(100, 800, 40)) == pytest.approx(0.1)
    assert Machine(1, 1, 1).stolen_since(Machine(1, 1, 1)) == 0


def test_a_real_process_is_found_with_its_child():
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        assert len(tree([parent.pid])) == 2
        assert pss_mb([parent.pid]) > 1
        parent.communicate(b"\n")
