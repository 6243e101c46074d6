import pytest

from proxy.bench.errors import BenchProblem
from proxy.bench.programs import PACKAGES, find, need, require, version


def test_a_program_is_found_where_servers_live_too(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert find("ldconfig") in {"/usr/sbin/ldconfig", "/sbin/ldconfig"}
    assert find("no-such-program") is None


def test_what_is_missing_is_said_all_at_once_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(PACKAGES, "no-such-one", "package-one")
    monkeypatch.setitem(PACKAGES, "no-such-two", "package-two package-three")
    with pytest.raises(BenchProblem) as problem:
        require(["sh", "no-such-one", "no-such-two"])
    assert str(problem.value) == (
        "no-such-one, no-such-two must be there to measure this; on Debian: "
        "apt-get install --no-install-recommends package-one package-two package-three"
    )
    with pytest.raises(BenchProblem, match="no-such-one must be there"):
        need("no-such-one")


def test_a_version_is_the_first_line_that_a_program_prints():
    assert version(["sh", "-c", "echo one >&2; echo two >&2"]) == "one"
    assert version(["sh", "-c", "exit 3"]) == "?"
    assert version(["/no/such/program"]) == "?"
