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


def in_words(moment: datetime, now: datetime) -> str:
    """Say a moment as one says it to a pupil: `today at 12:00 noon`, `on Monday, November 30, at 8:15 am`.

    Both moments are aware; the words are in `moment`'s zone. The year is said when it is another one.
    """
    now = now.astimezone(moment.tzinfo)
    days = (moment.date() - now.date()).days
    if days in (0, 1):
        return f"{('today', 'tomorrow')[days]} at {_clock(moment)}"
    year = f" {moment.year}," if moment.year != now.year else ""
    return f"on {moment:%A, %B} {moment.day},{year} at {_clock(moment)}"


def _clock(moment: datetime) -> str:
    if moment.minute == 0 and moment.hour in (0, 12):
        return "12:00 noon" if moment.hour else "12:00 midnight"
    return f"{(moment.hour - 1) % 12 + 1}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"
