"""By what is a recording judged: which policy, which knowledge of ways around, and who is who?"""

from collections.abc import Callable
from dataclasses import dataclass

from proxy.bypass.knowledge import Knowledge
from proxy.bypass.surroundings import Surroundings
from proxy.decision.policy import Policy
from proxy.decision.request import Subject
from proxy.replay.rows import Who


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that verdicts follow from.

    subject_of   who stands for a recorded client
    notes        what was left out of the policy, a line each
    """

    policy: Policy
    knowledge: Knowledge
    subject_of: Callable[[Who], Subject]
    notes: tuple[str, ...] = ()


def is_explicit(around: Surroundings, destination: str) -> bool:
    """Say whether a request for a proxy went to the school's own.

    destination   `address:port`; "" where the recording does not say. Then a school that offers an
                  explicit proxy is taken to be meant.
    """
    if not destination:
        return bool(around.proxies)
    address = destination.rpartition(":")[0].strip("[]")
    return destination in around.proxies or not around.is_public(address)
