"""What does a refusal look like that no check of the pipeline made, but the proxy itself?"""

from dataclasses import replace

from proxy.decision.verdict import Action, Evidence, Reason
from proxy.judgement import Judgement


def refused_by_proxy(judgement: Judgement, explanation: str) -> Judgement:
    """Turn a judgement into a refusal for a reason that only the proxy can see.

    explanation    one or two sentences in plain language
    """
    verdict = replace(
        judgement.verdict,
        action=Action.BLOCK,
        reason=Reason.PROTOCOL,
        explanation=explanation,
        check="proxy",
        evidence=Evidence(list_id="protocol", rule="destination"),
        rewrite="",
    )
    return replace(judgement, verdict=verdict)
