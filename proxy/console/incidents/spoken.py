"""What is a technique called, what does it mean, and which innocent causes does it have, for whoever reviews?

Titles, sentences and causes are data of the policy in force (`blocklists/bypass`): in the reader's language
where its files have all of a technique's texts in it, else in English. Families, stages, states and reasons
are named here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from proxy.bypass.knowledge import Knowledge
from proxy.console.incidents.states import State, Step
from proxy.console.review.in_force import in_force
from proxy.console.site.config import config
from proxy.decision.request import Stage
from proxy.decision.signs import Nature
from proxy.decision.verdict import Reason

FAMILIES: Mapping[str, Promise] = {
    "dns": _("Hidden resolver or tunnel in names"),
    "egress": _("Past the filter on other ports"),
    "host": _("Misleading address"),
    "identity": _("Claim to be somebody else"),
    "p2p": _("File sharing"),
    "proxy": _("Foreign proxy"),
    "quic": _("QUIC"),
    "relay": _("Relay"),
    "remote": _("Remote computer"),
    "tls": _("Misleading encryption"),
    "together": _("A refused site, reached all the same"),
    "tor": _("Tor"),
    "tunnel": _("Tunnel"),
    "vpn": _("VPN"),
    "webproxy": _("Web proxy"),
    "webrtc": _("Direct calls between browsers"),
}
"""First part of a technique -> what people call it. What can open an incident has a line here."""
STATES: Mapping[State, Promise] = {
    State.OPEN: _("Waiting to be looked at"),
    State.UNDER_REVIEW: _("Under review"),
    State.CONFIRMED: _("Confirmed"),
    State.INNOCENT: _("Innocent"),
    State.UNCLEAR: _("Unclear"),
}
TONES: Mapping[State, str] = {
    State.OPEN: "waiting",
    State.UNDER_REVIEW: "question",
    State.CONFIRMED: "bad",
    State.INNOCENT: "good",
    State.UNCLEAR: "still",
}
STEPS: Mapping[Step, Promise] = {
    Step.TAKE_UP: _("Taken up"),
    Step.GIVE_BACK: _("Put back"),
    Step.CONFIRM: _("Confirmed"),
    Step.CLEAR: _("Found innocent"),
    Step.LEAVE: _("Ended as unclear"),
    Step.FOLLOW_UP: _("Let more follow"),
}
STAGES: Mapping[str, Promise] = {
    Stage.DNS.value: _("a name was looked up"),
    Stage.TLS.value: _("a connection was opened"),
    Stage.HTTP.value: _("a page was asked for"),
}
REASONS: Mapping[Reason, Promise | str] = {
    Reason.GATEWAY_NAME: _("the filter's own name"),
    Reason.FLOOR: _("blocked by law"),
    Reason.DEVICE_SIGNAL: _("a device's question whether it may leave the filter"),
    Reason.PROTOCOL: _("a connection that cannot be judged"),
    Reason.WAY_AROUND: _("a way around the filter"),
    Reason.OVERRIDE: _("a decision of the school"),
    Reason.SCHOOL_RULE: _("the school's own list"),
    Reason.CATEGORY: _("a blocked category"),
    Reason.LOGGED_CATEGORY: _("a category that is noted"),
    Reason.OPEN_CATEGORY: _("an open category"),
    Reason.URL_RULE_BELOW: _("single pages are judged"),
    Reason.ALLOW_ONLY: _("only opened sites can be reached"),
    Reason.UNCATEGORISED: _("a site without a category"),
    Reason.SAFE_SEARCH: _("safe search"),
    Reason.DEFAULT: "",  # nothing spoke
    Reason.NO_POLICY: _("no rules are in force yet"),
    Reason.ERROR: _("a fault of the filter"),
}
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A technique, for people.

    language    of its texts, where it is not the reader's; else ""
    sentence    what whoever was stopped read; "" where the policy in force does not know it any more
    innocent    what else may look so
    is_unseen   what it carries cannot be seen by the filter
    """

    id: str
    title: str
    language: str = ""
    sentence: str = ""
    innocent: tuple[str, ...] = ()
    is_unseen: bool = True


def spoken(technique: str) -> Spoken:
    """A technique by the policy in force; one that it does not know is called by its family."""
    knowledge = _knowledge()
    known = knowledge.techniques.get(technique) if knowledge is not None else None
    if knowledge is None or known is None:
        return Spoken(technique, family(technique))
    reads = get_language() or ENGLISH
    said = known if reads == ENGLISH else knowledge.in_language(known, reads)
    foreign = ENGLISH if said is None else ""
    theirs = said or known
    return Spoken(
        technique,
        theirs.title,
        foreign,
        theirs.explanation,
        theirs.innocent,
        known.nature is Nature.ANONYMIZER,
    )


def _knowledge() -> Knowledge | None:
    loaded = in_force(config().state)
    return loaded.knowledge if loaded is not None else None


def family(technique: str) -> str:
    """The family of a technique, in words."""
    first = technique.partition(".")[0]
    return str(FAMILIES.get(first, first))


def state(value: str) -> str:
    """What a state is called."""
    return str(STATES[State(value)])


def stage(value: str) -> str:
    """How something was seen."""
    return str(STAGES.get(value, value))


def reason(value: Reason) -> str:
    """What a verdict rested on; "" where nothing spoke."""
    return str(REASONS[value])


def category(id_: str) -> str:
    """The name of a category by the policy in force; its id where that does not know it."""
    loaded = in_force(config().state)
    known = loaded.policy.categories.get(id_) if loaded is not None else None
    return known.name if known is not None else id_
