import io
import json

import pytest
from rich.console import Console

from proxy.bench.goals import MILLION, Goal, Outcome
from proxy.bench.report import goal_row, json_lines, number, print_tables, remarks, rows
from proxy.bench.results import OURS, Results


@pytest.fixture
def results():
    results = Results("dns")
    for ours in (7.0, 9.0, 8.0):
        results.add("hot", OURS, 0.0, cpu=ours)
    results.add("hot", "unbound", 0.15, cpu=10.0)
    results.add("hot", "bind", 0.0, cpu=1.0)
    results.spoil("bind", "3 of 200 listed names were not blocked")
    results.skip("dnsdist", "not installed (Debian: dnsdist)")
    return results


def test_a_row_for_each_peer_and_a_void_one_shows_it(results):
    assert list(rows(results)) == [
        ("hot.cpu (us CPU)", OURS, "8.00", "7.00 - 9.00", "0%", ""),
        ("", "unbound", "10.0", "", "15%", "0.80"),
        ("", "bind", "void", "", "0%", ""),
    ]


def test_what_must_be_known_stands_below(results):
    assert list(remarks(results)) == [
        "void: bind: 3 of 200 listed names were not blocked",
        "not measured: dnsdist: not installed (Debian: dnsdist)",
        "repeat: more than 10% of the time was stolen during hot",
    ]


def test_figures_of_one_round_say_that_they_are_no_claim():
    results = Results("judge")
    said = []
    for ours in (7.0, 9.0):
        results.add("uncached", OURS, cpu=ours)
        said.append(list(remarks(results)))
    alone = "one sample of each figure: a ratio may be chance; take --rounds 3 or more for a claim"
    assert said == [[alone], []]


def test_goals_say_yes_no_or_nothing():
    peer, own = Goal("dns.hot.cpu", "unbound", 1.0), Goal("dns.start.seconds", "goal", 1.0)
    assert goal_row(Outcome(peer, 0.8)) == ("dns.hot.cpu.vs.unbound", "<= 1.00", "0.80", "yes")
    assert goal_row(Outcome(own, 1.5)) == ("dns.start.seconds", "<= 1.00 s", "1.50 s", "NO")
    assert goal_row(Outcome(own, None)) == ("dns.start.seconds", "<= 1.00 s", "", "not measured")


def test_the_tables_hold_all_of_it(results):
    out = io.StringIO()
    print_tables(results, MILLION, Console(file=out, width=120))
    said = out.getvalue()
    assert "schoolgate bench dns" in said
    assert "dns.hot.cpu.vs.unbound" in said
    assert "void: bind" in said


def test_a_size_without_goals_has_no_table_of_goals(results):
    out = io.StringIO()
    print_tables(results, 1000, Console(file=out, width=120))
    assert "goals" not in out.getvalue()


def test_the_last_line_of_json_is_the_ratios_alone(results):
    lines = [json.loads(line) for line in json_lines(results, MILLION)]
    assert lines[0]["area"] == "dns"
    assert lines[0]["size"] == MILLION
    assert {"goal": "dns.hot.cpu.vs.unbound", "at_most": 1.0, "value": 0.8, "kept": True} in lines[1]["goals"]
    assert lines[-1] == {"ratios": {"dns.hot.cpu.vs.unbound": 0.8}}


@pytest.mark.parametrize(
    ("value", "shown"), [(0.123, "0.12"), (12.34, "12.3"), (1234.5, "1,234"), (0, "0.00")], ids=str
)
def test_numbers_have_the_digits_that_mean_something(value, shown):
    assert number(value) == shown
