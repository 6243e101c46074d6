"""Where can an incident stand, which step leads where, and whose step is it?

The values stand in the database, in addresses and in exports.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Where an incident stands."""

    OPEN = "open"
    UNDER_REVIEW = "under_review"
    CONFIRMED = "confirmed"
    INNOCENT = "innocent"
    UNCLEAR = "unclear"


class Step(Enum):
    """What can be done to an incident. `clear` finds it innocent, `leave` ends it without an answer;
    `follow_up` lets more follow from one that was innocent."""

    TAKE_UP = "take_up"
    GIVE_BACK = "give_back"
    CONFIRM = "confirm"
    CLEAR = "clear"
    LEAVE = "leave"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a step leads.

    by_holder   only whoever has taken the incident up takes it; else everybody who reviews at its school
    """

    after: State
    by_holder: bool = True


TABLE: Mapping[tuple[State, Step], Transition] = {
    (State.OPEN, Step.TAKE_UP): Transition(State.UNDER_REVIEW, by_holder=False),
    # Whoever took it up may be ill, or gone: a colleague goes on.
    (State.UNDER_REVIEW, Step.TAKE_UP): Transition(State.UNDER_REVIEW, by_holder=False),
    (State.UNDER_REVIEW, Step.GIVE_BACK): Transition(State.OPEN),
    (State.UNDER_REVIEW, Step.CONFIRM): Transition(State.CONFIRMED),
    (State.UNDER_REVIEW, Step.CLEAR): Transition(State.INNOCENT),
    (State.UNDER_REVIEW, Step.LEAVE): Transition(State.UNCLEAR),
    # What it was is settled; that it comes back by another way, a colleague may see as well.
    (State.INNOCENT, Step.FOLLOW_UP): Transition(State.INNOCENT, by_holder=False),
}
ENDING: Mapping[State, Step] = {
    State.CONFIRMED: Step.CONFIRM,
    State.INNOCENT: Step.CLEAR,
    State.UNCLEAR: Step.LEAVE,
}
"""How an incident ends, and by which step."""
STANDING = frozenset({State.OPEN, State.UNDER_REVIEW})
"""What further acts of the same person join."""
ENDED = frozenset(ENDING)
