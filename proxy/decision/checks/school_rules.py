"""Has the school itself listed this site or page, to allow it or to block it?"""

from proxy.decision.case import Case
from proxy.decision.policy import Scheduled, SchoolRule
from proxy.decision.verdict import Action, Basis, Evidence, Finding, Reason


def school_rules(case: Case) -> Finding | None:
    """Apply the school's own lists: the more precise target wins, then the more specific scope, then
    the block."""
    if not case.school_rules:
        return None
    found = [one.rule for one in case.school_rules if _is_on(one, case) and _speaks_of(one.rule, case)]
    if not found:
        return None
    best = max(found, key=_precision)
    verb = "allows" if best.action is Action.ALLOW else "blocks"
    scope = case.policy.scopes.get(best.scope)
    return Finding(
        best.action,
        Reason.SCHOOL_RULE,
        f"{scope.title if scope else best.scope} {verb} {best.target}: {best.reason}",
        Evidence(
            basis=Basis.LOCAL,
            list_id=best.source or f"school rules of {best.scope}",
            line=best.line,
            rule=str(best.target),
            decided_by=best.owner,
        ),
    )


def _is_on(one: Scheduled[SchoolRule], case: Case) -> bool:
    today = case.at.astimezone(case.policy.zone).date()
    rule = one.rule
    return rule.since <= today and (rule.ends is None or today <= rule.ends) and one.is_on(case.at)


def _speaks_of(rule: SchoolRule, case: Case) -> bool:
    url = case.attempt.url
    return rule.target.is_site if url is None else rule.target.covers_url(url)


def _precision(rule: SchoolRule) -> tuple[int, bool, int, int, bool]:
    target = rule.target
    return len(target.host), target.exact, len(target.path), rule.depth, rule.action is Action.BLOCK
