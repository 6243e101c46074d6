"""Is this listed, but under a category that is open for the subject?"""

from proxy.decision.case import Case
from proxy.decision.policy import RuleAction
from proxy.decision.verdict import Action, Evidence, Finding, Reason


def open_category(case: Case) -> Finding | None:
    """Say of an open name under which category it is listed."""
    if not case.listings:
        return None
    rules = ((listing, case.rule_for(listing.category)) for listing in case.listings)
    found = next(((one, rule) for one, rule in rules if not rule or rule.action is RuleAction.ALLOW), None)
    if found is None:
        return None
    listing, rule = found
    category = case.policy.categories.get(listing.category)
    return Finding(
        Action.ALLOW,
        Reason.OPEN_CATEGORY,
        f"{listing.rule} is listed under {category.name if category else listing.category} "
        f"in {listing.list_id}; that category is open here"
        + (" right now." if rule is not None and rule.schedule is not None else "."),
        Evidence(
            listing.category,
            category.basis if category else None,
            listing.list_id,
            listing.line,
            listing.rule,
            rule.decided_by if rule is not None else "",
        ),
    )
