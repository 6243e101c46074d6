"""The table of states, steps and whose they are."""

from proxy.console.incidents.guards import FOLLOWS
from proxy.console.incidents.states import ENDED, ENDING, STANDING, TABLE, State, Step


def test_the_database_knows_the_same_table() -> None:
    moves = {(before.value, to.after.value) for (before, _), to in TABLE.items() if before is not to.after}
    assert {f"{before}>{after}" for before, after in moves} == set(FOLLOWS)


def test_every_state_stands_or_has_ended() -> None:
    assert set(State) == STANDING | ENDED
    assert not STANDING & ENDED


def test_nothing_leads_out_of_an_end() -> None:
    assert {before for (before, _), to in TABLE.items() if to.after is not before} == STANDING
    assert {step for before, step in TABLE if before in ENDED} == {Step.FOLLOW_UP}


def test_every_end_has_its_step_and_is_the_holders_alone() -> None:
    assert {TABLE[State.UNDER_REVIEW, step].after for step in ENDING.values()} == ENDED
    assert all(TABLE[State.UNDER_REVIEW, step].by_holder for step in ENDING.values())
    assert {step for _, step in TABLE} == set(Step)
