"""When will this be open, as far as the schedules say?"""

from dataclasses import replace
from datetime import datetime, timedelta

from proxy.decision.pipeline import decide
from proxy.decision.policy import Policy, View
from proxy.decision.request import Request
from proxy.decision.verdict import Action, Verdict

MAX_STEPS = 12
WITHIN = timedelta(days=366)


def opens_at(request: Request, verdict: Verdict, policy: Policy | None, view: View) -> datetime | None:
    """Return the moment at which a blocked attempt will be judged otherwise; None when none is near.

    Asks the same decision again for each moment at which it could change, so that the page never
    promises an opening that another rule would still prevent; and promises nothing when something
    outside this decision blocks, such as an alias behind the name.
    """
    if policy is None or decide(request, policy, view).action is not Action.BLOCK:
        return None
    moment, start = verdict.until, request.at
    for _ in range(MAX_STEPS):
        if moment is None or moment - start > WITHIN:
            return None
        later = decide(replace(request, at=moment.astimezone(policy.zone)), policy, view)
        if later.action is not Action.BLOCK:
            return moment.astimezone(policy.zone)
        moment = later.until
    return None
