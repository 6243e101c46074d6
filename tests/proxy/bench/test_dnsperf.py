import os
from pathlib import Path

import pytest

from proxy.bench import dnsperf
from proxy.bench.dnsperf import Background, Load, parse, share, waits_s, words
from proxy.bench.errors import BenchProblem

STATISTICS = """DNS Performance Testing Tool
Version 2.10.0

[Status] Testing complete (time limit)

Statistics:

  Queries sent:         50021
  Queries completed:    50001 (99.96%)
  Queries lost:         20 (0.04%)

  Response codes:       NOERROR 40001 (80.00%), NXDOMAIN 10000 (20.00%)
  Average packet size:  request 37, response 60
  Run time (s):         2.500000
  Queries per second:   20000.400000

  Average Latency (s):  0.000098 (min 0.000017, max 0.004321)
  Latency StdDev (s):   0.000100
"""
REPORTS = """> NOERROR www.example.org A 0.000300
> NXDOMAIN games.example A 0.000100
> T lost.example A
Warning: something else 0.9
> NOERROR odd
> NOERROR learn.example AAAA 0.000200
"""


def test_the_totals_of_a_load():
    load = parse(STATISTICS)
    assert load == Load(sent=50021, completed=50001, run_s=2.5, longest_s=0.004321)
    assert load.lost == 20
    assert load.rate == pytest.approx(20000.4)


def test_a_load_in_which_nothing_was_answered():
    load = parse("Queries sent: 10\nQueries completed: 0 (0.00%)\nRun time (s): 0.000000\n")
    assert (load.lost, load.rate, load.longest_s) == (10, 0.0, 0.0)


@pytest.mark.parametrize(
    ("load", "fault"),
    [
        pytest.param(Load(1000, 980, 1.0, 0.1, failed=19), "", id="a few lost and a few errors"),
        pytest.param(Load(1000, 979, 1.0, 0.1), "21 of 1000 questions were not answered", id="lost"),
        pytest.param(
            Load(1000, 1000, 1.0, 0.1, 21), "21 of 1000 questions were answered with an error", id="errors"
        ),
    ],
)
def test_a_load_that_was_not_served_means_nothing(load, fault):
    assert load.fault == fault


def test_answers_that_judge_nothing_are_counted():
    codes = "NOERROR 39000 (78.00%), NXDOMAIN 10000 (20.00%), SERVFAIL 1000 (2.00%), REFUSED 1 (0.00%)"
    assert parse(STATISTICS.replace("NOERROR 40001 (80.00%), NXDOMAIN 10000 (20.00%)", codes)).failed == 1001


def test_no_statistics_is_a_problem_with_what_was_said():
    with pytest.raises(BenchProblem, match="unable to open data file"):
        parse("", "Error: unable to open data file\n")
    with pytest.raises(BenchProblem, match="it said nothing"):
        parse("")


def test_the_waits_of_a_verbose_load_come_in_order_and_a_lost_question_waited_longest():
    assert waits_s(REPORTS) == [0.0001, 0.0002, 0.0003, 2.0]


@pytest.mark.parametrize(
    ("part", "expected"), [(0.0, 1), (0.5, 6), (0.99, 10), (1.0, 10)], ids=["least", "half", "p99", "all"]
)
def test_shares(part, expected):
    assert share(list(range(1, 11)), part) == expected
    assert share([], part) == 0


def test_the_command_line_says_what_is_wanted(tmp_path):
    full = words(5300, tmp_path, 2.5, rate=10_000, once=True, verbose=True)
    assert " ".join(full[1:]).startswith(f"-s 127.0.0.1 -p 5300 -d {tmp_path} -l 2.5 ")
    assert " ".join(full).endswith("-n 1 -Q 10000 -v")
    assert not {"-n", "-Q", "-v"} & set(words(5300, tmp_path, 2.5))


@pytest.fixture
def load(monkeypatch):
    """A load tool that is `cat`."""
    monkeypatch.setattr(dnsperf, "words", lambda *_, **__: ["cat"])
    made = Background(53, Path("none"), 1.0, "0", 1)
    yield made
    made.stop()


def test_a_background_load_is_read_when_it_is_asked_for(load, monkeypatch):
    monkeypatch.setattr(dnsperf, "PIECE", 10)
    for _ in range(2):
        os.write(load._reports.fileno(), REPORTS.encode() + b"> NOERROR www.exa")
        load.catch_up()
        assert (load.answered, load.lost, load.longest_s) == (3, 1, 2.0)
        os.write(load._reports.fileno(), b"mple A 3.5\n")
        load.catch_up()
        assert (load.answered, load.longest_s) == (4, 3.5)
        load.forget()
        assert (load.answered, load.lost, load.longest_s) == (0, 0, 0.0)


def test_a_background_load_is_watched_as_answers_come(load):
    load.forget()
    load.watch(REPORTS.splitlines(keepends=True)[:2])
    assert (load.answered, load.lost, load.longest_s) == (2, 0, 0.0003)
    load.watch(REPORTS.splitlines(keepends=True)[2:])
    assert (load.answered, load.lost, load.longest_s) == (3, 1, 2.0)
    load.forget()
    assert (load.answered, load.lost, load.longest_s) == (0, 0, 0.0)
