"""Which sign, rule or list line decided, and what is a verdict called in a replay's answer?

A search that asks for nothing else and is completed with safe search counts as let through, and so does a
search engine's name answered with that of its restricted service: nobody evaded anything.
"""

from collections.abc import Iterable
from dataclasses import replace

from proxy.decision.case import case_for
from proxy.decision.pipeline import decide
from proxy.decision.policy import Policy, View
from proxy.decision.request import Request
from proxy.decision.signed import STOPPED, is_permitted
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.verdict import Action, Reason, Verdict
from proxy.replay.answers import Answered, Outcome, of_rule, of_sign

SIGNAL = "dns.auto_signal"


def concluded(id_: str, request: Request, verdict: Verdict, policy: Policy, view: View) -> Answered:
    """Say what a verdict comes to, and on what it rests."""
    if verdict.action is Action.BLOCK:
        return _stopped(id_, request, verdict, policy, view)
    case = case_for(request, policy, view)
    signs = [sign for sign in request.attempt.signs if not is_permitted(case, sign)]
    changed = _surest(sign for sign in signs if sign.consequence is Consequence.REWRITE)
    if changed is not None:
        return _by_sign(id_, Outcome.REWRITE, changed)
    marked = _surest(s for s in signs if s.consequence is Consequence.LOG and s.nature is not Nature.WRAPPER)
    if marked is not None:
        return _by_sign(id_, Outcome.LOG, marked)
    if verdict.reason is Reason.LOGGED_CATEGORY:
        return _by_policy(id_, Outcome.LOG, verdict)
    return Answered(id_, Outcome.ALLOW, explanation=verdict.explanation)


def _stopped(id_: str, request: Request, verdict: Verdict, policy: Policy, view: View) -> Answered:
    signs = request.attempt.signs
    if verdict.reason is Reason.WAY_AROUND:
        technique = verdict.evidence.rule
        same = [sign for sign in signs if sign.technique == technique and sign.consequence in STOPPED]
        grave = _surest(sign for sign in same if sign.consequence is Consequence.INCIDENT)
        if grave is not None:
            return _by_sign(id_, Outcome.BLOCK_INCIDENT, grave)
        sign = _surest(same)
        if sign is not None:
            return _by_sign(id_, Outcome.BLOCK, sign)
    wrapper = _wrapper(request, policy, view)
    if wrapper is not None:
        evidence = {**of_sign(wrapper), **of_rule(verdict.evidence)}
        return Answered(id_, Outcome.BLOCK, wrapper.technique, evidence, verdict.explanation)
    return _by_policy(id_, Outcome.BLOCK, verdict)


def _wrapper(request: Request, policy: Policy, view: View) -> Sign | None:
    """The sign whose inner address is what is blocked; None when the outer one is blocked by itself."""
    wrappers = [s for s in request.attempt.signs if s.nature is Nature.WRAPPER and s.inner is not None]

    def is_blocked(*signs: Sign) -> bool:
        attempt = replace(request.attempt, signs=signs)
        return decide(replace(request, attempt=attempt), policy, view).action is Action.BLOCK

    if not wrappers or is_blocked():
        return None
    return next((sign for sign in wrappers if is_blocked(sign)), None)


def _surest(signs: Iterable[Sign]) -> Sign | None:
    return max(signs, key=lambda sign: sign.confidence, default=None)


def _by_sign(id_: str, outcome: Outcome, sign: Sign) -> Answered:
    return Answered(id_, outcome, sign.technique, of_sign(sign), sign.explanation)


def _by_policy(id_: str, outcome: Outcome, verdict: Verdict) -> Answered:
    technique = SIGNAL if verdict.reason is Reason.DEVICE_SIGNAL else f"policy.{verdict.reason.value}"
    return Answered(id_, outcome, technique, of_rule(verdict.evidence), verdict.explanation)
