"""Verdicts that no check made."""

from datetime import UTC, datetime

from proxy.decision.verdict import Action, Handling, Reason
from proxy.judgement import SOON, unjudged

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_a_refusal_without_judgement_holds_for_seconds_only() -> None:
    verdict = unjudged(Action.BLOCK, Reason.ERROR, "A fault.", NOW)
    assert (verdict.until, verdict.handling) == (NOW + SOON, Handling.INSPECT)


def test_what_stays_open_without_a_policy_is_passed_on_uninspected() -> None:
    assert unjudged(Action.ALLOW, Reason.NO_POLICY, "Essential.", NOW).handling is Handling.PASS
