"""What do signs come to that are seen in an exchange after its request was let go?"""

from dataclasses import replace

from proxy.bypass.exchange.bodies import Reading
from proxy.bypass.noticing import UNREADABLE, Detector
from proxy.bypass.observed import Exchange as Seen
from proxy.decision.pipeline import strictest
from proxy.decision.request import Attempt
from proxy.decision.signs import Sign
from proxy.decision.verdict import Action
from proxy.frontdoor.sessions import Exchange, Session, earliest, soonest
from proxy.gateway import Gateway
from proxy.judgement import Judgement
from proxy.lookout import Lookout

MAX_KEPT = 8 * 1024
"""Octets of a request's body that are kept until the answer is there: forms and questions are short."""


class Signing:
    """Judges exchanges again as more of them is seen."""

    def __init__(self, gateway: Gateway, lookout: Lookout) -> None:
        self._gateway, self._lookout = gateway, lookout

    def asked(self, exchange: Exchange, seen: Seen) -> Judgement | None:
        """Look at a request anew, of which more was seen; return the judgement that refuses it, if any."""
        exchange.seen = seen if len(seen.body) <= MAX_KEPT else replace(seen, body=b"")
        return self._judged(exchange, self._lookout.request(seen, _signs(exchange)))

    def answered(self, exchange: Exchange, seen: Seen) -> Judgement | None:
        """Likewise at an answer, as far as it has come."""
        return self._judged(exchange, self._lookout.answer(seen, _signs(exchange)))

    def reading(self) -> Reading:
        """What reads one long body, piece by piece."""
        return self._lookout.reading()

    def piece(self, exchange: Exchange, seen: Seen, reading: Detector[Seen]) -> Judgement | None:
        """Likewise at the next piece of its body."""
        return self._judged(exchange, self._lookout.piece(seen, reading, _signs(exchange)))

    def unreadable(self, exchange: Exchange) -> Judgement | None:
        """Refuse an answer whose body nobody can look into."""
        return self._judged(exchange, (UNREADABLE,))

    def said(self, exchange: Exchange, seen: Seen) -> Judgement | None:
        """Likewise at the messages of a WebSocket."""
        return self._judged(exchange, self._lookout.messages(seen, _signs(exchange)))

    def _judged(self, exchange: Exchange, new: tuple[Sign, ...]) -> Judgement | None:
        if not new:
            return None
        signs = tuple(dict.fromkeys((*_signs(exchange), *new)))
        attempts = tuple(replace(attempt, signs=signs) for attempt in exchange.judged)
        judgements = [self._gateway.judge(attempt) for attempt in attempts]
        verdict = strictest(one.verdict for one in judgements)
        binding = next(one for one in judgements if one.verdict is verdict)
        if verdict.action is Action.BLOCK:
            return binding
        exchange.attempts, exchange.judgement = attempts, binding
        exchange.until = soonest(exchange.until, earliest(one.verdict for one in judgements))
        return None


def signed(attempts: tuple[Attempt, ...], signs: tuple[Sign, ...]) -> tuple[Attempt, ...]:
    """The attempts of one request with the signs that were seen in it."""
    return tuple([replace(attempt, signs=signs) for attempt in attempts])


def refused(session: Session, flow_id: str) -> None:
    """Forget an exchange that was refused in its middle: its event is the refusal's."""
    session.exchanges.pop(flow_id, None)


def _signs(exchange: Exchange) -> tuple[Sign, ...]:
    return exchange.judged[0].signs
