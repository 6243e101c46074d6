"""What do the signs on an attempt come to, given what the subject is permitted?"""

from proxy.decision.case import Case
from proxy.decision.permits import Permit
from proxy.decision.signs import Consequence, Nature, Sign
from proxy.decision.verdict import Action, Evidence, Finding, Reason

STOPPED = frozenset({Consequence.BLOCK, Consequence.INCIDENT})


def finding_on(case: Case, natures: frozenset[Nature]) -> Finding | None:
    """Block for the gravest sign of some natures that is not permitted; None without one."""
    signs = [sign for sign in case.attempt.signs if sign.nature in natures and sign.consequence in STOPPED]
    standing = [sign for sign in signs if not is_permitted(case, sign)]
    if not standing:
        return None
    gravest = max(standing, key=_gravity)
    return Finding(
        Action.BLOCK,
        Reason.WAY_AROUND,
        gravest.explanation,
        Evidence(rule=gravest.technique, list_id="bypass"),
    )


def is_permitted(case: Case, sign: Sign) -> bool:
    """Say whether the subject may do this, here and now. What a detector failed at nobody can permit."""
    return permit_for(case, sign) is not None


def permit_for(case: Case, sign: Sign) -> Permit | None:
    """The first of the subject's permits that lifts a sign, here and now."""
    if sign.nature is Nature.FAULT:
        return None
    host, port = _where(case)
    return next((one for one in case.view.permits if one.covers(sign, host, port, case.at)), None)


def permits_about(case: Case) -> list[Permit]:
    """The subject's permits for what the attempt shows, in force or not."""
    host, port = _where(case)
    return [
        permit
        for permit in case.view.permits
        if any(permit.is_about(sign, host, port) for sign in case.attempt.signs)
    ]


def _where(case: Case) -> tuple[str, int]:
    attempt = case.attempt
    return attempt.host, attempt.port if attempt.url is None else attempt.url.port


def _gravity(sign: Sign) -> tuple[bool, float]:
    return sign.consequence is Consequence.INCIDENT, sign.confidence
