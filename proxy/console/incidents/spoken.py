"""What is a technique called, what does it mean, and which innocent causes does it have, for whoever reviews?

Titles, sentences and causes are data of the policy in force (`blocklists/bypass`), in English; families,
stages and states are named here, in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proxy.bypass.knowledge import Technique
from proxy.console.incidents.states import State, Step
from proxy.console.review.in_force import in_force
from proxy.console.site.config import config
from proxy.decision.request import Stage
from proxy.decision.signs import Nature

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


@dataclass(frozen=True, slots=True)
class Spoken:
    """A technique, for people.

    sentence    what whoever was stopped read; "" where the policy in force does not know it any more
    innocent    what else may look so
    is_unseen   what it carries cannot be seen by the filter
    """

    id: str
    title: str
    sentence: str = ""
    innocent: tuple[str, ...] = ()
    is_unseen: bool = True


def spoken(technique: str) -> Spoken:
    """A technique by the policy in force; one that it does not know is called by its family."""
    known = techniques().get(technique)
    if known is None:
        return Spoken(technique, family(technique))
    return Spoken(
        technique, known.title, known.explanation, known.innocent, known.nature is Nature.ANONYMIZER
    )


def techniques() -> Mapping[str, Technique]:
    """All techniques that the policy in force knows, by their names."""
    loaded = in_force(config().state)
    if loaded is None or loaded.knowledge is None:
        return {}
    return loaded.knowledge.techniques


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
