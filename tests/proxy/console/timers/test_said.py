"""Problems are said once."""

import pytest

from proxy.console.timers.said import MOST, Said


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    said = [record.getMessage() for record in caplog.records]
    caplog.clear()
    return said


def test_a_problem_is_said_once_and_again_when_it_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    said = Said("roster")
    said.now(["a", "b"])
    assert lines(caplog) == ["roster: a", "roster: b"]
    said.now(["b", "c"])
    assert lines(caplog) == ["roster: c"]
    said.now([])
    said.now(["b"])
    assert lines(caplog) == ["roster: b"]


def test_of_many_the_first_are_said(caplog: pytest.LogCaptureFixture) -> None:
    Said("roster").now(str(number) for number in range(MOST + 2))
    said = lines(caplog)
    assert len(said) == MOST + 1
    assert said[-1] == "roster: and 2 more"
