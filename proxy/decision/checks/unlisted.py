"""Does the group see only what somebody has listed?"""

from proxy.decision.case import Case
from proxy.decision.policy import Mode, RuleAction
from proxy.decision.verdict import Action, Basis, Evidence, Finding, Reason

EXPLANATIONS = {
    Mode.ALLOW_ONLY: (Reason.ALLOW_ONLY, "Only sites that the school has opened can be reached right now."),
    Mode.BLOCK_UNCATEGORISED: (
        Reason.UNCATEGORISED,
        "Nobody has sorted this site into a category yet, and unsorted sites are blocked here.",
    ),
}


def unlisted(case: Case) -> Finding | None:
    """Block names that nobody opened (allow-only) or sorted (block-uncategorised).

    Aliases and addresses behind a name are exempt: the name itself was judged.
    """
    if not case.view.modes or case.is_resolved:
        return None
    mode = next((one.rule for one in case.view.modes if one.is_on(case.at)), Mode.OPEN)
    if mode is Mode.OPEN:
        return None
    if mode is Mode.ALLOW_ONLY and _is_opened_by_category(case):
        return None
    if mode is Mode.BLOCK_UNCATEGORISED and case.listings:
        return None
    reason, explanation = EXPLANATIONS[mode]
    return Finding(
        Action.BLOCK,
        reason,
        explanation,
        Evidence(basis=Basis.LOCAL, rule=mode.value, list_id=f"mode of {case.view.group}"),
    )


def _is_opened_by_category(case: Case) -> bool:
    """In allow-only mode a category counts only where a scope, not a profile, opens it."""
    for listing in case.listings:
        rule = case.rule_for(listing.category)
        if rule is not None and rule.action is RuleAction.ALLOW and rule.scope in case.policy.scopes:
            return True
    return False
