"""Which kind of reason does a block have, in plain words?

Pages in other languages than English say this; the check's own explanation is English, for technicians.
"""

from collections.abc import Mapping

from proxy.decision.verdict import Reason
from proxy.marking import marked

ON_A_LIST = marked("It stands on a list of what is blocked here.")
A_RULE = marked("A rule of this network blocks it.")
_REASONS: Mapping[Reason, str] = {
    Reason.FLOOR: ON_A_LIST,
    Reason.CATEGORY: ON_A_LIST,
    Reason.DEVICE_SIGNAL: marked(
        "Devices ask here whether they may go around the filter; this network answers no."
    ),
    Reason.PROTOCOL: marked(
        "The filter cannot judge this connection, or it leads to a place that this network does not open."
    ),
    Reason.WAY_AROUND: marked("It leads around the filter, or the filter cannot see what it carries."),
    Reason.OVERRIDE: marked("Somebody at the school decided to block exactly this."),
    Reason.SCHOOL_RULE: marked("The school has put it on its own list of what is blocked."),
    Reason.ALLOW_ONLY: marked("Only sites that the school has opened can be reached right now."),
    Reason.UNCATEGORISED: marked(
        "Nobody has sorted this site into a category yet, and unsorted sites are blocked here."
    ),
    Reason.NO_POLICY: marked("The filter has not received the school's rules yet."),
    Reason.ERROR: marked("The filter could not judge this address because of a fault of its own."),
}


def in_general(reason: Reason) -> str:
    """What a block for this reason is about, as a text to be translated."""
    return _REASONS.get(reason, A_RULE)
