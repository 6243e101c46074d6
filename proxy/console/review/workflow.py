"""Which step leads from which state to which, and whose step is it? One table; nothing else changes a state.

`docs/reviewers/states.md` has it as a picture, drawn from the table (`proxy.console.review.drawing`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from proxy.console.review.states import State, Step


class Actor(Enum):
    """In which part somebody takes a step."""

    ASKER = "asker"
    REVIEWER = "reviewer"
    HOLDER = "holder"
    OFFICIAL = "official in charge"
    APPELLANT = "appellant"
    APPEAL_OFFICER = "appeal officer"
    TECHNICIAN = "technician"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a step leads, and who may take it."""

    after: State
    by: frozenset[Actor]


class Forbidden(Exception):
    """The step cannot be taken from this state, or not by this actor; the message can be shown."""


def _to(after: State, *by: Actor) -> Transition:
    return Transition(after, frozenset(by))


TABLE: Mapping[tuple[State, Step], Transition] = {
    (State.SUBMITTED, Step.CLAIM): _to(State.IN_REVIEW, Actor.REVIEWER),
    (State.SUBMITTED, Step.WITHDRAW): _to(State.WITHDRAWN, Actor.ASKER),
    (State.SUBMITTED, Step.ESCALATE): _to(State.SUBMITTED, Actor.CLOCK),
    (State.SUBMITTED, Step.HAND_ON): _to(State.SUBMITTED, Actor.CLOCK),
    (State.IN_REVIEW, Step.RELEASE): _to(State.SUBMITTED, Actor.HOLDER, Actor.CLOCK),
    (State.IN_REVIEW, Step.HAND_OVER): _to(State.SUBMITTED, Actor.HOLDER),
    (State.IN_REVIEW, Step.ASK): _to(State.NEEDS_ANSWER, Actor.HOLDER),
    (State.IN_REVIEW, Step.ENDORSE): _to(State.SUBMITTED, Actor.HOLDER),
    (State.IN_REVIEW, Step.APPROVE): _to(State.APPROVED, Actor.HOLDER),
    (State.IN_REVIEW, Step.DENY): _to(State.DENIED, Actor.HOLDER),
    (State.IN_REVIEW, Step.WITHDRAW): _to(State.WITHDRAWN, Actor.ASKER),
    (State.IN_REVIEW, Step.TAKE_OVER): _to(State.IN_REVIEW, Actor.OFFICIAL),
    (State.IN_REVIEW, Step.ESCALATE): _to(State.IN_REVIEW, Actor.CLOCK),
    (State.IN_REVIEW, Step.HAND_ON): _to(State.IN_REVIEW, Actor.CLOCK),
    (State.NEEDS_ANSWER, Step.ANSWER): _to(State.IN_REVIEW, Actor.ASKER),
    (State.NEEDS_ANSWER, Step.DENY): _to(State.DENIED, Actor.HOLDER),
    (State.NEEDS_ANSWER, Step.RELEASE): _to(State.SUBMITTED, Actor.HOLDER, Actor.CLOCK),
    (State.NEEDS_ANSWER, Step.WITHDRAW): _to(State.WITHDRAWN, Actor.ASKER),
    (State.NEEDS_ANSWER, Step.TAKE_OVER): _to(State.NEEDS_ANSWER, Actor.OFFICIAL),
    (State.NEEDS_ANSWER, Step.HAND_ON): _to(State.NEEDS_ANSWER, Actor.CLOCK),
    (State.DENIED, Step.APPEAL): _to(State.APPEALED, Actor.APPELLANT),
    (State.DENIED, Step.CLOSE): _to(State.CLOSED, Actor.CLOCK),
    (State.APPEALED, Step.CLAIM_APPEAL): _to(State.IN_APPEAL, Actor.APPEAL_OFFICER),
    (State.APPEALED, Step.WITHDRAW_APPEAL): _to(State.DENIED, Actor.APPELLANT),
    (State.APPEALED, Step.RETURN_APPEAL): _to(State.APPEALED, Actor.CLOCK),
    (State.APPEALED, Step.ESCALATE): _to(State.APPEALED, Actor.CLOCK),
    (State.APPEALED, Step.HAND_ON): _to(State.APPEALED, Actor.CLOCK),
    (State.IN_APPEAL, Step.RELEASE_APPEAL): _to(State.APPEALED, Actor.HOLDER, Actor.CLOCK),
    (State.IN_APPEAL, Step.ENDORSE_APPEAL): _to(State.APPEALED, Actor.HOLDER),
    (State.IN_APPEAL, Step.RETURN_APPEAL): _to(State.APPEALED, Actor.HOLDER),
    (State.IN_APPEAL, Step.OVERTURN): _to(State.APPROVED, Actor.HOLDER),
    (State.IN_APPEAL, Step.UPHOLD): _to(State.CLOSED, Actor.HOLDER),
    (State.IN_APPEAL, Step.WITHDRAW_APPEAL): _to(State.DENIED, Actor.APPELLANT),
    (State.IN_APPEAL, Step.TAKE_OVER_APPEAL): _to(State.IN_APPEAL, Actor.OFFICIAL),
    (State.IN_APPEAL, Step.ESCALATE): _to(State.IN_APPEAL, Actor.CLOCK),
    (State.IN_APPEAL, Step.HAND_ON): _to(State.IN_APPEAL, Actor.CLOCK),
    (State.APPROVED, Step.REVOKE): _to(State.REVOKED, Actor.REVIEWER, Actor.APPEAL_OFFICER, Actor.TECHNICIAN),
    (State.APPROVED, Step.KEEP): _to(State.APPROVED, Actor.REVIEWER, Actor.TECHNICIAN),
    (State.APPROVED, Step.EXPIRE): _to(State.EXPIRED, Actor.CLOCK),
}

ENDED = frozenset({State.CLOSED, State.WITHDRAWN, State.REVOKED, State.EXPIRED})
OPEN = frozenset({State.SUBMITTED, State.IN_REVIEW, State.NEEDS_ANSWER})
UNDER_APPEAL = frozenset({State.APPEALED, State.IN_APPEAL})
AWAITED = OPEN | UNDER_APPEAL


def after(state: State, step: Step, actors: frozenset[Actor]) -> State:
    """Return the state that a step leads to. Raises Forbidden, in words for the person who tried."""
    transition = TABLE.get((state, step))
    if transition is None:
        raise Forbidden(f"this request is {_words(state)}; it cannot be {_DONE[step]} any more or yet")
    if not transition.by & actors:
        whose = " or ".join(sorted(f"the {actor.value}" for actor in transition.by))
        raise Forbidden(f"only {whose} can do this")
    return transition.after


def steps_from(state: State, actors: frozenset[Actor]) -> Iterator[Step]:
    """The steps that somebody can take now, in the order of the table."""
    return (step for (at, step), transition in TABLE.items() if at is state and transition.by & actors)


def _words(state: State) -> str:
    return state.value.replace("_", " ")


_DONE: Mapping[Step, str] = {
    Step.CLAIM: "claimed", Step.RELEASE: "released", Step.ASK: "asked about", Step.ANSWER: "answered",
    Step.HAND_OVER: "handed over", Step.ENDORSE: "endorsed", Step.APPROVE: "approved", Step.DENY: "denied",
    Step.WITHDRAW: "withdrawn", Step.APPEAL: "appealed", Step.CLAIM_APPEAL: "claimed",
    Step.RELEASE_APPEAL: "released", Step.OVERTURN: "overturned", Step.UPHOLD: "upheld",
    Step.ENDORSE_APPEAL: "endorsed", Step.RETURN_APPEAL: "returned", Step.WITHDRAW_APPEAL: "withdrawn",
    Step.TAKE_OVER: "taken over", Step.TAKE_OVER_APPEAL: "taken over", Step.ESCALATE: "handed up",
    Step.HAND_ON: "handed on", Step.CLOSE: "closed", Step.EXPIRE: "ended", Step.REVOKE: "revoked",
    Step.KEEP: "kept",
}  # fmt: skip
