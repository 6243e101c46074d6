"""What verdicts come to is seen row by row in test_judging; here is what only several signs show."""

from dataclasses import replace

import pytest

from policies import PUPILS, STAFF, TEACHER, asks, policy, rule
from proxy.decision.permits import Permit
from proxy.decision.pipeline import decide
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.view import view_for
from proxy.replay.answers import Answered, Outcome
from proxy.replay.concluding import concluded

ANONYMIZER = Sign("a.sure", Nature.ANONYMIZER, Consequence.INCIDENT, 0.9, "Sure.", (("field", "x"),))
BLOCKED = Sign("a.block", Nature.ANONYMIZER, Consequence.BLOCK, 1.0, "Blocked.")
WEAK = Sign("a.weak", Nature.ANONYMIZER, Consequence.LOG, 0.2, "Weak.")
WEAKER = Sign("a.weaker", Nature.EVASION, Consequence.LOG, 0.1, "Weaker.")
REWRITTEN = Sign("s.param", Nature.EVASION, Consequence.REWRITE, 0.5, "Safe.")
ADULTS = replace(STAFF, permits=(Permit("p", "a", "IT", "a lesson"),))


def answer(*signs, url="https://www.example.org/", rules=None, who=None):
    rules = rules or policy()
    request = asks(url, **({"who": who} if who else {}))
    request = replace(request, attempt=replace(request.attempt, signs=signs))
    view = view_for(rules, request.subject)
    return concluded("r", request, decide(request, rules, view), rules, view)


@pytest.mark.parametrize(
    ("signs", "outcome", "technique"),
    [
        pytest.param((BLOCKED, ANONYMIZER), Outcome.BLOCK_INCIDENT, "a.sure", id="the gravest decides"),
        pytest.param((WEAKER, WEAK), Outcome.LOG, "a.weak", id="the surest is named"),
        pytest.param((WEAK, REWRITTEN), Outcome.REWRITE, "s.param", id="a change goes before a mark"),
        pytest.param((WEAK, BLOCKED), Outcome.BLOCK, "a.block", id="a block goes before a mark"),
        pytest.param(
            (replace(ANONYMIZER, consequence=Consequence.LOG), replace(ANONYMIZER, confidence=0.5)),
            Outcome.BLOCK_INCIDENT,
            "a.sure",
            id="one technique, told twice",
        ),
    ],
)
def test_of_several_signs(signs, outcome, technique):
    answered = answer(*signs)
    assert (answered.outcome, answered.technique) == (outcome, technique)


def test_what_is_permitted_leaves_no_mark():
    rules = policy(None, ADULTS)
    assert answer(ANONYMIZER, WEAK, rules=rules, who=TEACHER).outcome is Outcome.ALLOW
    assert answer(ANONYMIZER, REWRITTEN, rules=rules, who=TEACHER).technique == "s.param"
    assert answer(ANONYMIZER, WEAK, rules=rules).outcome is Outcome.BLOCK_INCIDENT


def test_a_category_that_is_only_noted_is_logged():
    pupils = replace(PUPILS, rules=(rule("health", "log"),))
    answered = answer(rules=policy({"clinic.example": ["health"]}, pupils), url="https://clinic.example/")
    assert (answered.outcome, answered.technique) == (Outcome.LOG, "policy.logged_category")


def test_a_search_that_is_only_completed_is_let_through():
    pupils = replace(PUPILS, safe_search={"google": "strict"})
    answered = answer(rules=policy(None, pupils), url="https://www.google.com/search?q=cats")
    assert answered == Answered(
        "r", Outcome.ALLOW, explanation="www.google.com is open with safe search (google, strict)."
    )
