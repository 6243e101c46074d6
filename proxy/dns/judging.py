"""Which verdicts were met on the way to one answer, and until when do they all hold?"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from proxy.decision.pipeline import stands
from proxy.decision.request import Attempt, Stage, Trait
from proxy.decision.signs import Sign
from proxy.decision.verdict import Action, Evidence, Reason, Verdict
from proxy.gateway import Gateway
from proxy.judgement import Judgement

ALIAS = frozenset({Trait.ALIAS_TARGET})
FINAL = frozenset({Trait.FINAL_ADDRESS})


class Judging:
    """The verdicts met on the way to one answer.

    hosts   every host and address that was judged
    until   the first moment at which one of the verdicts could change; None: no such moment
    """

    def __init__(self, gateway: Gateway, client: str, login: str | None, method: str) -> None:
        self._gateway, self._client, self._login, self._method = gateway, client, login, method
        self.hosts: set[str] = set()
        self.until: datetime | None = None

    def judge(
        self, host: str, traits: frozenset[Trait] = frozenset(), signs: tuple[Sign, ...] = ()
    ) -> Judgement:
        """Judge one host or address for the client, with what detectors saw in it."""
        attempt = Attempt(
            self._client, Stage.DNS, host, login=self._login, method=self._method, traits=traits, signs=signs
        )
        judgement = self._gateway.judge(attempt)
        self.met(host, judgement.verdict)
        return judgement

    def again(self, first: Judgement, signs: tuple[Sign, ...]) -> Judgement:
        """Judge the question's host anew with what only its answer shows, if that is anything."""
        attempt = first.attempt
        if not signs or first.verdict.reason is Reason.NO_POLICY:
            return first
        return self.judge(attempt.host, attempt.traits, tuple(dict.fromkeys((*attempt.signs, *signs))))

    def met(self, host: str, verdict: Verdict) -> None:
        """Take note of a verdict about a host, made here or before."""
        self.hosts.add(host)
        until = verdict.until
        if until is not None and (self.until is None or until < self.until):
            self.until = until

    def first_block(
        self, hosts: Iterable[str], traits: frozenset[Trait], first: Judgement
    ) -> Judgement | None:
        """Judge what stands behind a name; return the question's judgement with the verdict that blocks."""
        if first.verdict.reason is Reason.NO_POLICY:  # an essential name: there is nothing to judge by
            return None
        for host in hosts:
            behind = self.judge(host, traits).verdict
            if stands(first.verdict, behind):
                return replace(first, verdict=behind)
        return None


def rebound(first: Judgement, address: str, signs: tuple[Sign, ...]) -> Judgement:
    """Refuse a public name that leads into the school's own networks (DNS rebinding).

    signs   what detectors say of it
    """
    verdict = replace(
        first.verdict,
        action=Action.BLOCK,
        reason=Reason.PROTOCOL,
        explanation=f"This name leads to {address}, an address inside a private network, "
        "and the school has not said that it may.",
        check="rebinding",
        evidence=Evidence(rule="rebinding", list_id="protocol"),
        rewrite="",
    )
    attempt = replace(first.attempt, signs=(*first.attempt.signs, *signs)) if signs else first.attempt
    return replace(first, attempt=attempt, verdict=verdict)
