"""What did a detector see in an attempt that looks like a way around the filter?

Detectors (`proxy.bypass`) look at what an adapter saw and return signs; the checks of the pipeline judge them
like everything else about an attempt.
"""

from dataclasses import dataclass
from enum import Enum

from proxy.decision.urls import Url
from proxy.decision.values import quickly_made

MAX_EVIDENCE = 200


class Nature(Enum):
    """Which of the judgements that must never be mixed a sign asks for.

    ANONYMIZER   carries anything to anywhere unseen (web proxies, VPNs, tunnels, encrypted resolvers, remote
                 browsers): stopped whatever it carries
    WRAPPER      shows another address inside its own (translators, archives, viewers): that one is judged
    EVASION      a spelling, header or parameter that is to mislead the filter about what is asked for
    MIRROR       a copy or a front end of something blocked: stopped, and a reviewer can open it
    ADDRESS      a destination without a name
    AUTOMATIC    what devices do by themselves: stopped, and nobody's fault
    FAULT        a detector failed; the attempt is refused
    """

    ANONYMIZER = "anonymizer"
    WRAPPER = "wrapper"
    EVASION = "evasion"
    MIRROR = "mirror"
    ADDRESS = "address"
    AUTOMATIC = "automatic"
    FAULT = "fault"

    __hash__ = object.__hash__  # members are singletons; Enum's own hash is a call of Python for each look-up


class Consequence(Enum):
    """What becomes of an attempt with a sign, where nobody permitted it.

    LOG        let through and marked
    REWRITE    changed into its harmless form (safe search)
    BLOCK      stopped
    INCIDENT   stopped, and counted towards an incident that an adult looks at
    """

    LOG = "log"
    REWRITE = "rewrite"
    BLOCK = "block"
    INCIDENT = "incident"

    __hash__ = object.__hash__  # as above


@quickly_made
@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that one detector saw.

    technique    dotted name, family first (`webproxy.ultraviolet.url`), as in techniques.yaml
    confidence   from 0 to 1: of the attempts that look so, the share that is the technique
    evidence     the decisive fields and what stood in them, each at most MAX_EVIDENCE characters; never a
                 cookie, a body as a whole or a password
    inner        the address inside, where one could be read
    """

    technique: str
    nature: Nature
    consequence: Consequence
    confidence: float
    explanation: str
    evidence: tuple[tuple[str, str], ...] = ()
    inner: Url | None = None
