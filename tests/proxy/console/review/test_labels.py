"""Every state and step has words for whoever is told why something cannot be done."""

from proxy.console.review.labels import DID, NOT_NOW, NOW_IS
from proxy.console.review.states import State, Step
from proxy.console.review.workflow import TABLE, Actor

BY_PEOPLE = {step for (_, step), transition in TABLE.items() if transition.by != {Actor.CLOCK}}


def test_every_state_has():
    assert set(NOW_IS) == set(State)


def test_every_step_has():
    assert set(NOT_NOW) == set(Step)


def test_every_step_of_people_can_be_told():
    assert set(DID) == BY_PEOPLE
    assert all(words % {"who": "Ana", "when": "9:00"} for words in DID.values())
