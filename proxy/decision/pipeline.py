"""In which order are the questions asked, and what comes of the answers?

The first check that finds something decides; none means the default, ALLOW. An ALLOW is then offered
to safe search, which can only narrow it; a BLOCK of a whole host is offered to the rules about single
URLs under it, which let an inspected device reach the host so that the proxy can decide by URL.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from proxy.decision.case import Case, case_for
from proxy.decision.checks.device_signals import device_signals
from proxy.decision.checks.gateway_names import gateway_names
from proxy.decision.checks.listed_category import listed_category
from proxy.decision.checks.logged_category import logged_category
from proxy.decision.checks.open_category import open_category
from proxy.decision.checks.override import override
from proxy.decision.checks.protocol import protocol
from proxy.decision.checks.required import required
from proxy.decision.checks.safe_search import safe_search
from proxy.decision.checks.school_rules import school_rules
from proxy.decision.checks.stand_in import stand_in
from proxy.decision.checks.unlisted import unlisted
from proxy.decision.checks.way_around import way_around
from proxy.decision.handling import handling_of, open_below
from proxy.decision.listing import Listing
from proxy.decision.policy import Policy, View
from proxy.decision.request import Request, Stage
from proxy.decision.signed import is_permitted
from proxy.decision.signs import Nature, Sign
from proxy.decision.until import next_change
from proxy.decision.verdict import Action, Finding, Reason, Verdict

type Check = Callable[[Case], Finding | None]

CHECKS: tuple[Check, ...] = (
    required,  # first, before everything a person or list can write: nothing opens the floor
    gateway_names,  # before local blocks: a block page that is itself blocked helps nobody
    device_signals,  # before school rules: an allowed mask.icloud.com would switch the filter off
    way_around,  # before overrides: what carries anything anywhere is no page that could be approved
    protocol,  # after it, which tells what it was; before overrides: what hides its name was not approved
    override,  # a decision about this very case outranks the school's standing lists
    school_rules,  # the school's own word outranks a list from outside
    stand_in,  # after both: a reviewer or the school can open a copy or an address
    listed_category,  # lists from outside, under the group's schedule
    unlisted,  # after lists: the reason given is then the more telling one
    logged_category,  # marks what nothing above has stopped
    open_category,  # last: says why a listed name is open
)
FINAL = frozenset(check.__name__ for check in CHECKS[: CHECKS.index(override)]) | {"proxy", "gateway"}
"""Checks whose blocks no reviewer lifts, and what stands in their place (`Verdict.check`) for a block of the
proxy's or the gateway's own."""
LIFTED_BY_URL = frozenset(
    {Reason.OVERRIDE, Reason.SCHOOL_RULE, Reason.CATEGORY, Reason.ALLOW_ONLY, Reason.UNCATEGORISED}
)
DELIBERATE = frozenset({Reason.GATEWAY_NAME, Reason.OVERRIDE, Reason.SCHOOL_RULE})
UNTOUCHABLE = frozenset({Reason.FLOOR, Reason.NO_POLICY, Reason.ERROR})
DEFAULT = Finding(Action.ALLOW, Reason.DEFAULT, "No list and no rule speaks against it.")


def decide(
    request: Request, policy: Policy, view: View | None = None, on_host: Sequence[Listing] | None = None
) -> Verdict:
    """Say what becomes of one attempt, and why. Pure; costs some tens of microseconds.

    view      the subject's view (view.view_for), when the caller has kept it
    on_host   what the lists say of the host, when the caller has asked them already
    """
    case = case_for(request, policy, view, on_host)
    for check in CHECKS:
        finding = check(case)
        if finding is not None:
            verdict = conclude(case, finding, check.__name__)
            break
    else:
        verdict = conclude(case, DEFAULT, "default")
    if request.attempt.signs and verdict.action is not Action.BLOCK:
        return _with_inner(case, verdict)
    return verdict


def conclude(case: Case, finding: Finding, check: str) -> Verdict:
    """Turn the deciding finding into a verdict: safe search, URL rules, handling, until."""
    if finding.action is Action.ALLOW and finding.reason is not Reason.GATEWAY_NAME:
        narrowed = safe_search(case)
        if narrowed is not None:
            finding, check = narrowed, safe_search.__name__
    elif finding.reason in LIFTED_BY_URL and case.attempt.stage is not Stage.HTTP:
        finding = _with_urls_below(case, finding)
    return Verdict(
        action=finding.action,
        reason=finding.reason,
        explanation=finding.explanation,
        check=check,
        evidence=finding.evidence,
        until=next_change(case),
        handling=handling_of(case, finding.action),
        rewrite=finding.rewrite,
        base=case.policy.base,
        overlay=case.policy.overlay,
    )


def _with_inner(case: Case, outer: Verdict) -> Verdict:
    """Judge the addresses that a translator, archive or viewer shows inside its own, and those that a
    permitted proxy is told in the open; one blocked blocks."""
    attempt, until = case.attempt, outer.until
    for sign in attempt.signs:
        if sign.inner is None or not _shows(case, sign):
            continue
        inside = replace(
            attempt, stage=Stage.HTTP, host=sign.inner.host, url=sign.inner, traits=frozenset(), signs=()
        )
        verdict = decide(replace(case.request, attempt=inside), case.policy, case.view)
        until = min(filter(None, (until, verdict.until)), default=None)
        if verdict.action is Action.BLOCK and _reaches_inside(case, sign, verdict):
            words = f"This address shows {sign.inner.host} inside it. {verdict.explanation}"
            return replace(verdict, explanation=words, until=until, inner=sign.inner)
    return outer if until == outer.until else replace(outer, until=until)


def _shows(case: Case, sign: Sign) -> bool:
    """Whether the address inside is one that is shown. A weak sign of an anonymizer that nobody permitted may
    have misread it; a strong one has blocked before."""
    return sign.nature is Nature.WRAPPER or is_permitted(case, sign)


def _reaches_inside(case: Case, sign: Sign, inside: Verdict) -> bool:
    """Whether a block of the address inside counts. A permit for a wrapper says that nothing else is shown
    there (a host whose own name only reads like another's); the floor holds nevertheless."""
    return inside.reason in UNTOUCHABLE or not (sign.nature is Nature.WRAPPER and is_permitted(case, sign))


def _with_urls_below(case: Case, blocked: Finding) -> Finding:
    """Let an inspected device reach a blocked host of which some URL is open; tell the others why not."""
    if not case.overrides and not case.school_rules:
        return blocked
    targets = [str(target) for target in open_below(case)]
    if not targets:
        return blocked
    pages = ", ".join(sorted(targets)[:3])
    if not case.view.inspectable:
        note = f" {pages} is open, but this device is not inspected, so the whole site stays blocked."
        return replace(blocked, explanation=blocked.explanation + note)
    return Finding(
        Action.ALLOW,
        Reason.URL_RULE_BELOW,
        f"Only {pages} is open on this site; the proxy decides page by page. The rest: {blocked.explanation}",
        blocked.evidence,
    )


def stands(first: Verdict, behind: Verdict) -> bool:
    """Say whether a block of an alias or address behind a name holds, given the name's own verdict.

    A name that somebody opened deliberately is not closed again by a list's word on its
    hosting company; the floor always holds.
    """
    if behind.action is not Action.BLOCK:
        return False
    return behind.reason in UNTOUCHABLE or first.reason not in DELIBERATE


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Of the verdicts on several names of one connection (SNI, Host, destination), the one that binds.

    Raises ValueError when there is none.
    """
    return max(verdicts, key=_strictness)


def _strictness(verdict: Verdict) -> int:
    if verdict.action is Action.BLOCK:
        return 3 if verdict.reason in UNTOUCHABLE else 2
    return 1 if verdict.action is Action.REWRITE else 0
