"""Workers forked from one process: kept running, ended together, gone when their parent is."""

import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from proxy.supervisor.child import COMMAND_NICE

PREAMBLE = """
import os, signal, sys, time
from proxy.operator_log import log_to_stderr
from proxy.supervisor.group import Group

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def stay(number):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    say("up", number, os.getpid())
    while True:
        signal.pause()

log_to_stderr("group")
"""


@contextmanager
def group(code: str) -> Iterator[subprocess.Popen[str]]:
    """A program with a group in it, killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)


def said(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def workers_up(process: subprocess.Popen[str], count: int) -> dict[int, int]:
    """Number -> process id of the next so many workers that say they are up."""
    words = [said(process) for _ in range(count)]
    assert all(word[0] == "up" for word in words), words
    return {int(word[1]): int(word[2]) for word in words}


def gone(handle: int) -> None:
    """Wait until a process that is not our child has ended; `handle` is from a time when it certainly ran."""
    assert select.select([handle], [], [], 60)[0], "the process goes on"
    os.close(handle)


def test_all_workers_run_under_their_numbers_and_end_with_the_group_in_peace() -> None:
    with group("sys.exit(Group('part', 3, stay).run())") as process:
        pids = workers_up(process, 3)
        process.send_signal(signal.SIGTERM)

        assert process.wait(60) == 0
        assert sorted(pids) == [0, 1, 2]
        for pid in pids.values():
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_a_killed_worker_is_started_again_under_its_number_and_said_so() -> None:
    with group("sys.exit(Group('part', 2, stay).run())") as process:
        pids = workers_up(process, 2)
        os.kill(pids[1], signal.SIGKILL)
        again = workers_up(process, 1)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=60)

    assert (list(again), again[1] != pids[1]) == ([1], True)
    assert "part-1 ended (killed by SIGKILL); it starts again in 0.1 s" in log
    assert log.count("starts again") == 1


def test_a_worker_that_fails_before_any_has_run_well_ends_the_group_with_its_status() -> None:
    code = """
    def work(number):
        return 3 if number else stay(number)

    sys.exit(Group('part', 2, work).run())
    """
    with group(code) as process:
        assert process.wait(60) == 3


def test_a_worker_that_raises_fails_and_does_not_go_on_as_the_parent() -> None:
    code = """
    def work(number):
        raise RuntimeError("no use")

    say("status", Group('part', 1, work).run(), os.getpid())
    """
    with group(code) as process:
        assert said(process) == ["status", "1", str(process.pid)]
        assert "no use" in process.communicate(timeout=60)[1]


def test_workers_end_when_their_parent_is_killed() -> None:
    with group("sys.exit(Group('part', 1, stay).run())") as process:
        (pid,) = workers_up(process, 1).values()
        handle = os.pidfd_open(pid)
        process.kill()
        process.wait(60)
        gone(handle)


def test_sighup_runs_the_command_after_the_workers_and_leaves_them_alone() -> None:
    code = """
    command = (sys.executable, "-c", "import os, sys; print('published', os.nice(0), file=sys.stderr)")
    sys.exit(Group('part', 1, stay, command).run())
    """
    with group(code) as process:
        (pid,) = workers_up(process, 1).values()
        process.send_signal(signal.SIGHUP)
        assert process.stderr is not None
        lines = []
        while not (lines and lines[-1].startswith("published")):
            lines.append(process.stderr.readline())
            assert lines[-1], lines
        assert int(lines[-1].split()[1]) == min(os.nice(0) + COMMAND_NICE, 19)
        os.kill(pid, 0)
        process.send_signal(signal.SIGTERM)

        assert process.wait(60) == 0


def test_a_command_under_way_ends_with_the_group() -> None:
    code = """
    said = "import os, signal; os.write(2, b'command %d ' % os.getpid() + bytes([10])); signal.pause()"
    command = (sys.executable, "-c", said)
    sys.exit(Group('part', 1, stay, command).run())
    """
    with group(code) as process:
        workers_up(process, 1)
        process.send_signal(signal.SIGHUP)
        assert process.stderr is not None
        lines = [""]
        while not lines[-1].startswith("command "):
            lines.append(process.stderr.readline())
            assert lines[-1], lines
        handle = os.pidfd_open(int(lines[-1].split()[1]))
        process.send_signal(signal.SIGTERM)

        assert process.wait(60) == 0
        gone(handle)


def test_a_worker_that_cannot_be_forked_is_tried_again_and_the_others_go_on() -> None:
    code = """
    fork, refused = os.fork, []

    def full():
        if refused or len(forked) < 1:
            forked.append(1)
            return fork()
        refused.append(1)
        raise OSError(11, "Resource temporarily unavailable")

    forked = []
    os.fork = full
    sys.exit(Group('part', 2, stay).run())
    """
    with group(code) as process:
        pids = workers_up(process, 2)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=60)

        assert (sorted(pids), process.returncode) == ([0, 1], 0)
    assert "part-1 cannot be started: Resource temporarily unavailable; tried again in 0.1 s" in log


def test_a_worker_that_does_not_end_in_time_is_killed() -> None:
    code = """
    import proxy.supervisor.group as module
    module.GRACE_S = 0.2

    def work(number):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        say("up", number, os.getpid())
        while True:
            signal.pause()

    sys.exit(Group('part', 1, work).run())
    """
    with group(code) as process:
        (pid,) = workers_up(process, 1).values()
        process.send_signal(signal.SIGTERM)

        assert process.wait(60) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert "is killed" in process.communicate(timeout=60)[1]
