"""Is this one of the gateway's own pages, which must stay reachable whatever is blocked?"""

from proxy.decision.case import Case
from proxy.decision.verdict import Action, Evidence, Finding, Reason


def gateway_names(case: Case) -> Finding | None:
    """Allow the block page, the certificate page and the other names the gateway itself serves."""
    purpose = case.policy.gateway_names.get(case.attempt.host)
    if purpose is None:
        return None
    return Finding(
        Action.ALLOW,
        Reason.GATEWAY_NAME,
        f"{case.attempt.host} is the filter's own address ({purpose}).",
        Evidence(rule=case.attempt.host, list_id="gateway"),
    )
