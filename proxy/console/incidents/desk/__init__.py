"""Where is an incident changed by people? Here alone: each step with its move and record, or not at all."""

from proxy.console.incidents.desk.ending import end, follow_up
from proxy.console.incidents.desk.forgiving import (
    PardonWanted,
    PermitWanted,
    revoke_pardon,
    revoke_permit,
)
from proxy.console.incidents.desk.looking import show_name
from proxy.console.incidents.desk.reviewing import give_back, take_up
from proxy.console.incidents.desk.taking import MORE_SEEN, Overtaken
from proxy.console.review.desk import Forbidden, Incomplete

__all__ = [
    "MORE_SEEN",
    "Forbidden",
    "Incomplete",
    "Overtaken",
    "PardonWanted",
    "PermitWanted",
    "end",
    "follow_up",
    "give_back",
    "revoke_pardon",
    "revoke_permit",
    "show_name",
    "take_up",
]
