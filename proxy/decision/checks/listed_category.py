"""Is this listed under a category that is blocked for the subject right now?"""

from proxy.decision.case import Case
from proxy.decision.policy import RuleAction
from proxy.decision.verdict import Action, Evidence, Finding, Reason


def listed_category(case: Case) -> Finding | None:
    """Block what a category list carries while the subject's rule for the category blocks."""
    for listing in case.listings:
        rule = case.rule_for(listing.category)
        if rule is None or rule.action is not RuleAction.BLOCK:
            continue
        category = case.policy.categories.get(listing.category)
        name = category.name if category else listing.category
        decided_by = rule.decided_by or (category.decided_by if category else "")
        return Finding(
            Action.BLOCK,
            Reason.CATEGORY,
            f"{listing.rule} is listed under {name} in {listing.list_id}.",
            Evidence(
                listing.category,
                category.basis if category else None,
                listing.list_id,
                listing.line,
                listing.rule,
                decided_by,
            ),
        )
    return None
