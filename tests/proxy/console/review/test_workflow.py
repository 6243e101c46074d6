"""The table of steps leads where it should, and nowhere else."""

import pytest

from proxy.console.review.guards import FOLLOWS
from proxy.console.review.states import State, Step
from proxy.console.review.workflow import AWAITED, ENDED, TABLE, Actor, Forbidden, after, steps_from

EVERYBODY = frozenset(Actor)
DECIDES = {Step.APPROVE, Step.OVERTURN}


def reached_from(start, without=frozenset()):
    found, new = {start}, [start]
    while new:
        at = new.pop()
        for (state, step), transition in TABLE.items():
            if state is at and step not in without and transition.after not in found:
                found.add(transition.after)
                new.append(transition.after)
    return found


def test_every_state_can_be_reached():
    assert reached_from(State.SUBMITTED) == set(State)


def test_nothing_is_approved_without_a_decision():
    assert State.APPROVED not in reached_from(State.SUBMITTED, without=DECIDES)


def test_the_clock_neither_approves_nor_denies():
    decided = {State.APPROVED, State.DENIED}
    by_clock = {step: t.after for (_, step), t in TABLE.items() if Actor.CLOCK in t.by}

    assert set(by_clock) == {
        Step.CLOSE, Step.EXPIRE, Step.ESCALATE, Step.HAND_ON, Step.RELEASE, Step.RELEASE_APPEAL,
        Step.RETURN_APPEAL,
    }  # fmt: skip
    assert not decided & set(by_clock.values())


def test_only_whoever_holds_a_case_decides_it():
    deciding = DECIDES | {Step.DENY, Step.UPHOLD, Step.ENDORSE, Step.ENDORSE_APPEAL}

    assert {t.by for (_, step), t in TABLE.items() if step in deciding} == {frozenset({Actor.HOLDER})}


def test_no_step_leads_out_of_an_end():
    assert [state for state, _ in TABLE if state in ENDED] == []


@pytest.mark.parametrize("state", sorted(set(State) - ENDED, key=lambda s: s.value))
def test_every_other_state_has_a_way_to_an_end(state):
    assert reached_from(state) & ENDED


def test_an_appeal_comes_after_a_denial_alone():
    assert {state for state, step in TABLE if step is Step.APPEAL} == {State.DENIED}


@pytest.mark.parametrize("state", sorted(AWAITED, key=lambda s: s.value))
def test_whoever_must_answer_can_do_something(state):
    staff = frozenset({Actor.REVIEWER, Actor.HOLDER, Actor.APPEAL_OFFICER})

    assert list(steps_from(state, staff))


def test_what_the_table_does_not_have_is_forbidden():
    with pytest.raises(Forbidden, match="cannot be approved"):
        after(State.SUBMITTED, Step.APPROVE, EVERYBODY)


def test_a_step_of_others_is_forbidden():
    with pytest.raises(Forbidden, match="only the holder"):
        after(State.IN_REVIEW, Step.APPROVE, frozenset({Actor.REVIEWER, Actor.ASKER}))


@pytest.mark.parametrize(("state", "step"), list(TABLE), ids=lambda value: value.value)
def test_each_step_leads_to_its_state(state, step):
    assert after(state, step, EVERYBODY) is TABLE[state, step].after


def test_the_database_keeps_the_same_table():
    moves = {f"{state.value}>{t.after.value}" for (state, _), t in TABLE.items() if t.after is not state}

    assert set(FOLLOWS) == moves
