"""Does the connection hide what it carries, so that nothing about it can be judged?"""

from proxy.decision.case import Case
from proxy.decision.request import Trait
from proxy.decision.verdict import Action, Evidence, Finding, Reason

REFUSED = {
    Trait.NOT_TLS: "This connection uses port 443 but does not speak TLS, so the filter cannot judge it.",
    Trait.NOT_HTTP: "This connection carries something other than web pages, so the filter cannot judge it.",
    Trait.NO_SNI: "This connection does not say which site it wants, so the filter cannot judge it.",
}


def protocol(case: Case) -> Finding | None:
    """Refuse connections that cannot be judged: no name in the handshake, no TLS, no HTTP."""
    if not case.attempt.traits:
        return None
    for trait, explanation in REFUSED.items():
        if trait in case.attempt.traits:
            return Finding(
                Action.BLOCK,
                Reason.PROTOCOL,
                explanation,
                Evidence(rule=trait.value, list_id="protocol"),
            )
    return None
