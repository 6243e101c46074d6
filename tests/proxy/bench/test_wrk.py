import pytest

from proxy.bench.errors import BenchProblem
from proxy.bench.wrk import Asked, Load, parse, script

SAID = """Running 1s test @ https://localhost:4433/
  1 threads and 32 connections
  3210 requests in 1.00s, 3.95MB read
FIGURES {"requests": 3210, "bytes": 414100, "us": 1500000, "p50": 900, "p99": 4000, "refused": 2, "broken": 1}
"""


def test_the_totals_of_a_load():
    load = parse(SAID)
    assert load == Load(3210, 414100, 1500000, 900, 4000, 2, 1)
    assert load.rate == pytest.approx(2140)
    assert Load(0, 0, 0, 0, 0, 0, 0).rate == 0


def test_no_figures_is_a_problem_with_what_was_said():
    with pytest.raises(BenchProblem, match="unable to connect to localhost:1 Connection refused"):
        parse("unable to connect to localhost:1 Connection refused\n")
    with pytest.raises(BenchProblem, match="it said nothing"):
        parse("")


def test_the_script_asks_for_an_address_under_its_host():
    lua = script(Asked("http", 8080, "localhost:81", "http://localhost:81/small"))
    assert 'wrk.headers["Host"] = "localhost:81"' in lua
    assert 'wrk.format("GET", "http://localhost:81/small")' in lua
    assert "Connection" not in lua
    assert "delay" not in lua


def test_the_script_closes_and_pauses_where_wanted():
    lua = script(Asked("https", 8080, "localhost:443", "/small", fresh=True, delay_ms=40))
    assert 'wrk.headers["Connection"] = "close"' in lua
    assert "function delay() return math.random(0, 80) end" in lua
