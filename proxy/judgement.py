"""What does the gateway hand to adapters: a verdict with what it came from, and what a swap made stale?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from proxy.decision.names import covers
from proxy.decision.policy import BlockAnswer, LogLevel, Policy, View
from proxy.decision.request import Attempt, Request, Subject
from proxy.decision.unspoken import Unspoken
from proxy.decision.verdict import NO_EVIDENCE, Action, Handling, Reason, Verdict
from proxy.lists.relisted import Relisted
from proxy.settings.schema import Settings
from proxy.settings.schema.gateway import FailMode

SOON = timedelta(seconds=5)

FAULT = "The filter could not judge this address because of a fault of its own."
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


@dataclass(slots=True, eq=False)
class Standing:
    """Who asks, and how that is answered under the policy in force. Good until the next swap.

    policy     None while none has ever been loaded
    unspoken   the hosts that nothing in the view speaks of
    """

    client: str
    login: str | None
    subject: Subject
    view: View
    policy: Policy | None
    unspoken: Unspoken | None


@dataclass(slots=True)  # not frozen, which would double what one costs: it is made for each answer
class Judgement:
    """A verdict with what it was made from. Most are looked at for the verdict alone: the rest is written out
    for who asks. Nobody changes one.

    at   aware
    """

    attempt: Attempt
    standing: Standing
    verdict: Verdict
    at: datetime

    @property
    def view(self) -> View:
        """The view that was judged under."""
        return self.standing.view

    @property
    def policy(self) -> Policy | None:
        """The policy that was judged by; None while none has ever been loaded."""
        return self.standing.policy

    @property
    def request(self) -> Request:
        """The attempt with who asked, and the moment in the policy's zone."""
        policy = self.standing.policy
        at = self.at if policy is None else self.at.astimezone(policy.zone)
        return Request(self.attempt, self.standing.subject, at)


@dataclass(frozen=True, slots=True)
class Change:
    """What a swap of the policy made stale.

    base_changed   everything: forget all answers
    relisted       with another base: it differs from the one before in nothing but its lists, and these say
                   the same but for the line of all other hosts. Who can tell may go on with answers that rest
                   on other hosts alone, as with another overlay; None: nothing of the kind is known
    view_keys      answers given under one of these `View.key`s are never asked for again
    names          an answer is stale when any host that was judged for it is one of these names or
                   stands below one
    """

    base_changed: bool
    view_keys: frozenset[tuple[object, ...]] = frozenset()
    names: frozenset[str] = frozenset()
    relisted: Relisted | None = None


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


def before_any_policy(settings: Settings | None, host: str, at: datetime) -> Verdict:
    """The verdict while no policy has ever been loaded: nothing is open but what the settings name."""
    essential = (
        settings is not None
        and settings.gateway.fail_mode is FailMode.ESSENTIAL
        and any(covers(name, host) for name in settings.gateway.essential_names)
    )
    return unjudged(
        Action.ALLOW if essential else Action.BLOCK,
        Reason.NO_POLICY,
        "The filter has not received the school's rules yet"
        + (", and this address is one of the few that stay open until then." if essential else "."),
        at,
    )
