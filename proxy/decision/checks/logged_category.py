"""Is this open, but under a category that the school wants to see in its log?"""

from proxy.decision.case import Case
from proxy.decision.policy import RuleAction
from proxy.decision.verdict import Action, Evidence, Finding, Reason


def logged_category(case: Case) -> Finding | None:
    """Allow, and mark for the log, what stands under a log-only category."""
    for listing in case.listings:
        rule = case.rule_for(listing.category)
        if rule is not None and rule.action is RuleAction.LOG:
            category = case.policy.categories.get(listing.category)
            return Finding(
                Action.ALLOW,
                Reason.LOGGED_CATEGORY,
                f"{listing.rule} is listed under {category.name if category else listing.category} "
                f"in {listing.list_id}; that category is open, and visits are marked in the log.",
                Evidence(
                    listing.category,
                    category.basis if category else None,
                    listing.list_id,
                    listing.line,
                    listing.rule,
                    rule.decided_by,
                ),
            )
    return None
