"""Is the connection behind a name inspected, judged by its name only, or passed on?"""

from collections.abc import Iterator
from datetime import date

from proxy.decision.case import Case
from proxy.decision.checks.safe_search import needs_inspection
from proxy.decision.policy import FLOOR, PassEntry, Target
from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Handling


def handling_of(case: Case, action: Action) -> Handling:
    """Say what the gateway does with the connection.

    A host with any URL rule for the asker is inspected, never passed; a device that does not
    trust our CA is judged by name only.
    """
    if action is not Action.BLOCK and case.attempt.host in case.policy.gateway_names:
        return Handling.PASS
    if not case.view.inspectable:
        return Handling.NAME_ONLY
    if action is Action.BLOCK or case.attempt.stage is Stage.HTTP:
        return Handling.INSPECT
    if pass_entry(case) is None or has_url_rules(case) or needs_inspection(case):
        return Handling.INSPECT
    return Handling.PASS


def pass_entry(case: Case) -> PassEntry | None:
    """The pass-through line that covers the host, or None."""
    if not case.view.passes:
        return None
    for name in case.names:
        entry = case.view.passes.get(name)
        if entry is not None:
            return entry
    return None


def has_url_rules(case: Case) -> bool:
    """Say whether some URL under the host has a rule of its own for the asker."""
    if case.overrides and any(not one.target.is_site for one in case.overrides):
        return True
    if case.school_rules and any(not one.rule.target.is_site for one in case.school_rules):
        return True
    return any(
        category in FLOOR or case.may_be_blocked(category)
        for category in case.policy.listings.url_categories(case.attempt.host)
    )


def open_below(case: Case) -> Iterator[Target]:
    """Targets under the host that are open for the asker now although the host is blocked."""
    for one in case.overrides:
        if one.action is Action.ALLOW and not one.target.is_site and one.holds(case.at):
            yield one.target
    today = case.at.astimezone(case.policy.zone).date() if case.school_rules else date.min
    for scheduled in case.school_rules:
        rule = scheduled.rule
        if rule.action is not Action.ALLOW or rule.target.is_site or not scheduled.is_on(case.at):
            continue
        if rule.since <= today and (rule.ends is None or today <= rule.ends):
            yield rule.target
