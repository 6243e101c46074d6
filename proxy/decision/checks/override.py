"""Is there an approved exception for this subject, still in force?"""

from proxy.decision.case import Case
from proxy.decision.policy import Override
from proxy.decision.verdict import Action, Evidence, Finding, Reason


def override(case: Case) -> Finding | None:
    """Apply the most precise override in force; of two as precise, the one that blocks."""
    if not case.overrides:
        return None
    url = case.attempt.url
    found = [
        one
        for one in case.overrides
        if one.holds(case.at) and (one.target.is_site if url is None else one.target.covers_url(url))
    ]
    if not found:
        return None
    best = max(found, key=_precision)
    verb = "open" if best.action is Action.ALLOW else "blocked"
    return Finding(
        best.action,
        Reason.OVERRIDE,
        f"{best.target} is {verb} by an approved decision: {best.reason}",
        Evidence(rule=best.id, list_id="overrides", decided_by=best.decided_by),
    )


def _precision(one: Override) -> tuple[int, bool, int, bool]:
    target = one.target
    return len(target.host), target.exact, len(target.path), one.action is Action.BLOCK
