"""What does the gateway hand to adapters: a verdict with what it came from, and what a swap made stale?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from proxy.decision.policy import BlockAnswer, LogLevel, Policy, View
from proxy.decision.request import Request, Subject
from proxy.decision.verdict import NO_EVIDENCE, Action, Handling, Reason, Verdict

SOON = timedelta(seconds=5)

NOBODY = Subject(group="", scopes=())
STRICT_VIEW = View(
    key=("no policy",),
    group="",
    minor=True,
    inspectable=False,
    block_answer=BlockAnswer.PAGE,
    log=LogLevel.FULL,
    rules={},
    school_rules={},
    modes=(),
    overrides={},
    safe_search={},
    passes={},
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it was made from. `policy` is None while none has ever been loaded."""

    request: Request
    verdict: Verdict
    view: View
    policy: Policy | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a swap of the policy made stale.

    base_changed   everything: forget all answers
    view_keys      answers given under one of these `View.key`s are never asked for again
    names          an answer is stale when any host that was judged for it is one of these names or
                   stands below one
    """

    base_changed: bool
    view_keys: frozenset[tuple[object, ...]] = frozenset()
    names: frozenset[str] = frozenset()


def unjudged(action: Action, reason: Reason, explanation: str, at: datetime) -> Verdict:
    """A verdict that no check made. It holds for seconds only, whoever happens to remember it."""
    return Verdict(
        action=action,
        reason=reason,
        explanation=explanation,
        check="gateway",
        evidence=NO_EVIDENCE,
        until=at + SOON,
        handling=Handling.PASS if action is Action.ALLOW else Handling.INSPECT,
        rewrite="",
        base=0,
        overlay=0,
    )
