"""Refusals that only the proxy can see the reason of."""

from dataclasses import replace

from policies import asks, policy
from proxy.decision.pipeline import decide
from proxy.decision.verdict import Action, Reason
from proxy.decision.view import view_for
from proxy.frontdoor.refusals import refused_by_proxy
from proxy.judgement import Judgement, Standing


def test_a_refusal_keeps_who_asked_and_under_which_revisions():
    written, request = policy(), asks("http://site.example/")
    view = view_for(written, request.subject)
    standing = Standing(request.attempt.client, None, request.subject, view, written, None)
    allowed = Judgement(request.attempt, standing, decide(request, written, view), request.at)
    refused = refused_by_proxy(allowed, "The door is closed.")
    verdict = refused.verdict
    assert (verdict.action, verdict.reason, verdict.explanation) == (
        Action.BLOCK, Reason.PROTOCOL, "The door is closed.",
    )  # fmt: skip
    assert replace(refused, verdict=allowed.verdict) == allowed
    assert (verdict.base, verdict.overlay) == (7, 3)
