"""Which detectors look at a request, an answer, a message, a name, an opening?

Whoever asks them (the gateway's adapters, `schoolgate replay`) takes those of one kind from here.
"""

from dataclasses import dataclass

from proxy.bypass.dns.detectors import NAME_DETECTORS as NAMES
from proxy.bypass.exchange import detectors as exchange
from proxy.bypass.noticing import Detector
from proxy.bypass.observed import Exchange, Opening, Question
from proxy.bypass.openings.detectors import OPENING_DETECTORS as OPENINGS
from proxy.bypass.spelling import detectors as spelling
from proxy.bypass.wrapping import detectors as wrapping


@dataclass(frozen=True, slots=True)
class Detectors:
    """Detectors by what they look at, each kind in the order in which it is asked.

    requests   what shows in a request alone, before anything of it is sent on
    answers    what shows in the head and the first octets of an answer
    unanswered what waits for the answer to excuse a request, for recordings that have none
    messages   what shows in the first messages of a WebSocket; asked after each of them
    names      what shows in one DNS question, and its answer
    openings   what shows in the first octets of a connection
    """

    requests: tuple[Detector[Exchange], ...] = ()
    answers: tuple[Detector[Exchange], ...] = ()
    unanswered: tuple[Detector[Exchange], ...] = ()
    messages: tuple[Detector[Exchange], ...] = ()
    names: tuple[Detector[Question], ...] = ()
    openings: tuple[Detector[Opening], ...] = ()


ALL = Detectors(
    requests=(*spelling.REQUEST_DETECTORS, *wrapping.REQUEST_DETECTORS, *exchange.REQUEST_DETECTORS),
    answers=(*spelling.ANSWER_DETECTORS, *wrapping.ANSWER_DETECTORS, *exchange.ANSWER_DETECTORS),
    unanswered=wrapping.UNANSWERED,
    messages=(*spelling.MESSAGE_DETECTORS, *wrapping.MESSAGE_DETECTORS, *exchange.MESSAGE_DETECTORS),
    names=(*NAMES, *spelling.NAME_DETECTORS, *wrapping.NAME_DETECTORS),
    openings=(*OPENINGS, *spelling.OPENING_DETECTORS, *wrapping.OPENING_DETECTORS),
)
