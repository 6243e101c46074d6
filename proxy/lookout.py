"""Which signs of a way around the filter stand in live traffic? All adapters of a process ask here.

The detectors are those of `proxy.bypass.all_detectors`, asked with the knowledge of the policy in force. One
that fails refuses the attempt, is counted by its name and logged once.
"""

import logging
from collections.abc import Iterable
from functools import partial, update_wrapper

from proxy import metrics
from proxy.bypass.all_detectors import ALL, Detectors
from proxy.bypass.exchange.bodies import Reading, known_body
from proxy.bypass.exchange.bystanders import excused
from proxy.bypass.knowledge import Knowledge
from proxy.bypass.noticing import Detector, notice
from proxy.bypass.observed import Exchange, Opening, Question
from proxy.decision.request import Stage
from proxy.decision.signs import Sign
from proxy.gateway import Gateway
from proxy.kept_marks import KeptMarks

log = logging.getLogger(__name__)

type Signs = tuple[Sign, ...]

NONE: Signs = ()


class Lookout:
    """Asks the detectors, for one process and one thread. Never raises for what was seen.

    Without any knowledge there are no signs: as long as no policy was ever loaded (then next to nothing is
    open), and under settings that switch detectors off, where all else is judged as with them.
    An exchange is looked at several times, as more of it comes; `known` are the signs that were seen before,
    and are neither counted nor returned again.
    """

    def __init__(self, gateway: Gateway, detectors: Detectors = ALL) -> None:
        self._gateway, self._detectors = gateway, detectors
        self._look = KeptMarks()
        bodies: Detector[Exchange] = update_wrapper(partial(known_body, look=self._look), known_body)
        self._answers = tuple(bodies if one is known_body else one for one in detectors.answers)
        self._told: set[str] = set()

    def request(self, exchange: Exchange, known: Signs = NONE) -> Signs:
        """What shows in a request before anything of it is sent on."""
        return self._noticed(Stage.HTTP, self._detectors.requests, exchange, known)

    @property
    def knowledge(self) -> Knowledge | None:
        """What the detectors are asked with; None: nothing is known."""
        return self._gateway.knowledge

    def is_quiet(self, exchange: Exchange) -> bool:
        """Say whether nothing shows in a request, and count nothing."""
        knowledge = self._gateway.knowledge
        return knowledge is None or not notice(self._detectors.requests, exchange, knowledge, _told_nobody)

    def answer(self, exchange: Exchange, known: Signs = NONE) -> Signs:
        """What shows in the head and the first octets of an answer."""
        return self._noticed(Stage.HTTP, self._answers, exchange, known)

    def reading(self) -> Reading:
        """What reads one long body, piece by piece."""
        return Reading(self._look)

    def piece(self, exchange: Exchange, reading: Detector[Exchange], known: Signs = NONE) -> Signs:
        """What shows in the next piece of an answer's body."""
        return self._noticed(Stage.HTTP, (reading,), exchange, known)

    def messages(self, exchange: Exchange, known: Signs = NONE) -> Signs:
        """What shows in the first messages of a WebSocket; asked after each, before it is sent on."""
        return self._noticed(Stage.HTTP, self._detectors.messages, exchange, known)

    def name(self, question: Question) -> Signs:
        """What shows in one DNS question, and its answer."""
        return self._noticed(Stage.DNS, self._detectors.names, question)

    def watched(self, watch: Detector[Question], question: Question) -> Signs:
        """What shows in a question together with those before it, by whoever remembers these."""
        return self._noticed(Stage.DNS, (watch,), question)

    def opening(self, opening: Opening) -> Signs:
        """What shows in the first octets of a connection."""
        return self._noticed(Stage.TLS, self._detectors.openings, opening)

    def _noticed[Seen](
        self, stage: Stage, detectors: Iterable[Detector[Seen]], seen: Seen, known: Signs = NONE
    ) -> Signs:
        knowledge = self._gateway.knowledge
        if knowledge is None:
            return NONE
        signs = notice(detectors, seen, knowledge, self._fault)
        if signs and isinstance(seen, Exchange):
            signs = excused(seen, signs)
        if known:
            signs = tuple(sign for sign in signs if sign not in known)
        for sign in signs:
            family = sign.technique.partition(".")[0]
            metrics.SIGNS.inc(stage.value, family, sign.consequence.value)
        return signs

    def _fault(self, detector: str, error: Exception) -> None:
        metrics.DETECTOR_ERRORS.inc(detector.strip("_").lower()[:40])
        if detector not in self._told:
            self._told.add(detector)
            kind = type(error).__name__
            log.error("the detector %s failed (%s); what it looked at was refused", detector, kind)


def _told_nobody(detector: str, error: Exception) -> None:
    """A detector that fails is told of when the whole request is looked at."""
