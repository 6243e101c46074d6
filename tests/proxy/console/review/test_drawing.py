"""The manual's picture of states and steps is the program's table."""

from pathlib import Path

import pytest

from proxy.console.review.drawing import BEGIN, END, PAGE, diagram, renewed, rows
from proxy.console.review.states import State
from proxy.console.review.workflow import TABLE


def test_the_manual_is_up_to_date():
    page = Path(PAGE).read_text("utf-8")

    assert renewed(page) == page, "run python -m proxy.console.review.drawing"


def test_every_step_is_drawn():
    assert len(list(rows())) == 2 + len(TABLE)
    assert "    in_review --> denied: deny" in diagram().splitlines()
    assert "    submitted --> submitted: escalate, hand on" in diagram().splitlines()


def test_every_state_is_drawn():
    assert all(f" {state.value}" in diagram() for state in State)


def test_what_stands_around_it_stays():
    assert renewed(f"before\n{BEGIN}\nold\n{END}\nafter").endswith(f"{END}\nafter")


def test_a_page_without_a_place_for_it_is_refused():
    with pytest.raises(ValueError, match="put them in"):
        renewed("# States")
