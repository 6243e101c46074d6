"""What does every check say about one attempt, and which one decided?"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from proxy.decision.case import Case, case_for
from proxy.decision.handling import has_url_rules, pass_entry
from proxy.decision.permits import Permit
from proxy.decision.pipeline import CHECKS, decide
from proxy.decision.policy import Policy
from proxy.decision.request import Request
from proxy.decision.signed import permit_for, permits_about
from proxy.decision.signs import Sign
from proxy.decision.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Answered:
    """One check's answer, in the pipeline's order.

    finding    None: nothing to say
    decided    whether this is the check whose answer counts
    """

    check: str
    finding: Finding | None
    decided: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign of a way around the filter, and the permit that lifts it."""

    sign: Sign
    permit: Permit | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with every check's answer and with what else bears on it."""

    request: Request
    verdict: Verdict
    checks: tuple[Answered, ...]
    notes: tuple[str, ...]
    seen: tuple[Seen, ...] = ()


def explain(request: Request, policy: Policy) -> Explanation:
    """Ask every check, by the same code that decides."""
    case = case_for(request, policy)
    verdict = decide(request, policy, case.view)
    answers = [(check.__name__, check(case)) for check in CHECKS]
    first = next((name for name, finding in answers if finding is not None), "default")
    checks = [Answered(name, finding, name == first == verdict.check) for name, finding in answers]
    if verdict.check not in (name for name, _ in answers):
        checks.append(Answered(verdict.check, _as_finding(verdict), decided=True))
    seen = tuple(Seen(sign, permit_for(case, sign)) for sign in request.attempt.signs)
    return Explanation(request, verdict, tuple(checks), tuple(_notes(case)), seen)


def _as_finding(verdict: Verdict) -> Finding:
    return Finding(
        verdict.action, verdict.reason, verdict.explanation, verdict.evidence, verdict.until, verdict.rewrite
    )


def _notes(case: Case) -> list[str]:
    notes = [
        f"A correction takes {listing.rule} ({listing.list_id}:{listing.line}) out of {listing.category}."
        for listing in case.corrected
    ]
    notes += [
        f"{permit.technique} is permitted by {permit.decided_by} ({permit.id}): {permit.reason}."
        for permit in (permits_about(case) if case.attempt.signs else ())
        if permit.holds(case.at)
    ]
    entry = pass_entry(case)
    if entry is not None:
        notes.append(f"{entry.name} is on the pass-through list {entry.list_id}, line {entry.line}.")
    if has_url_rules(case):
        notes.append(
            "Single pages of this site have rules of their own, so inspected devices are judged page by page."
        )
        if not case.view.inspectable:
            notes.append(
                "This device does not use the inspecting proxy, so those rules cannot be applied to it."
            )
    if not case.view.inspectable:
        notes.append("This device is judged by name only: it does not trust the school's CA.")
    return notes


def as_json(explanation: Explanation, zone: ZoneInfo) -> dict[str, object]:
    """The explanation with plain JSON values; times in `zone`, ISO 8601."""
    verdict = explanation.verdict
    return {
        "action": verdict.action.value,
        "reason": verdict.reason.value,
        "category": verdict.evidence.category,
        "basis": verdict.evidence.basis.value if verdict.evidence.basis else None,
        "list": verdict.evidence.list_id,
        "line": verdict.evidence.line,
        "rule": verdict.evidence.rule,
        "decided_by": verdict.evidence.decided_by,
        "until": _iso(verdict.until, zone),
        "handling": verdict.handling.value,
        "rewrite": verdict.rewrite,
        "explanation": verdict.explanation,
        "check": verdict.check,
        "checks": [_check_json(answered) for answered in explanation.checks],
        "notes": list(explanation.notes),
        "signs": [_sign_json(seen) for seen in explanation.seen],
        "host": explanation.request.attempt.host,
        "stage": explanation.request.attempt.stage.value,
        "group": explanation.request.subject.group,
        "minor": explanation.request.subject.minor,
        "at": _iso(explanation.request.at, zone),
        "base": verdict.base,
        "overlay": verdict.overlay,
    }


def _check_json(answered: Answered) -> dict[str, object]:
    finding = answered.finding
    if finding is None:
        return {"check": answered.check, "action": None, "explanation": "", "decided": False}
    return {
        "check": answered.check,
        "action": finding.action.value,
        "reason": finding.reason.value,
        "explanation": finding.explanation,
        "list": finding.evidence.list_id,
        "line": finding.evidence.line,
        "decided": answered.decided,
    }


def _sign_json(seen: Seen) -> dict[str, object]:
    return {
        "technique": seen.sign.technique,
        "consequence": seen.sign.consequence.value,
        "confidence": seen.sign.confidence,
        "explanation": seen.sign.explanation,
        "permit": seen.permit.id if seen.permit is not None else "",
    }


def _iso(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).isoformat()
