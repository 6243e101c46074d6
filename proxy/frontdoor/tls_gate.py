"""What becomes of a TLS connection: opened, carried unread, or refused?"""

from dataclasses import dataclass, replace
from enum import Enum

from proxy import metrics
from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.decision.pipeline import strictest
from proxy.decision.request import Trait
from proxy.decision.signed import STOPPED
from proxy.decision.signs import Sign
from proxy.decision.verdict import Action, Handling, Reason
from proxy.frontdoor.attempts import NO_TRAITS, tls_attempt
from proxy.frontdoor.client_hello import Hello
from proxy.frontdoor.dialling import Dialling, Found
from proxy.frontdoor.endings import Endings
from proxy.frontdoor.openings import Openings
from proxy.frontdoor.passes import Passes
from proxy.frontdoor.refusals import refused_by_proxy
from proxy.frontdoor.sessions import Exchange, HostPort, Session, soonest
from proxy.gateway import Gateway
from proxy.judgement import Judgement

MISMATCH = frozenset({Trait.HOST_MISMATCH})
HIDDEN = frozenset({Trait.NO_SNI})


class Way(Enum):
    """What is done with a TLS connection."""

    OPEN = "inspect"
    CARRY = "pass"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Passage:
    """A way, and what `carried` needs where it is CARRY."""

    way: Way
    judgements: tuple[Judgement, ...] = ()
    port: int = 0
    hello: Hello | None = None


REFUSED = Passage(Way.REFUSE)
OPENED = Passage(Way.OPEN)


class TlsGate:
    """Judges the names that a TLS connection shows before it is encrypted."""

    def __init__(self, gateway: Gateway, dialling: Dialling, endings: Endings, openings: Openings) -> None:
        self._gateway = gateway
        self._openings = openings
        self._dialling = dialling
        self._endings = endings
        self._passes = Passes(gateway)
        self._hellos = metrics.QUERIES.bind("tls", "hello")
        self._ways = {way: metrics.TUNNELS.bind(way.value) for way in Way}

    def passage(self, session: Session, hello: Hello) -> Passage:
        """Judge SNI, CONNECT name and destination together and say what becomes of the connection.

        What is to be carried still needs an address: `Dialling.find`, then `carried`.
        """
        self._hellos.inc()
        passage = self._passage(session, hello)
        if passage.way is not Way.CARRY:
            self._ways[passage.way].inc()
        return passage

    def recall(self, session: Session, hello: Hello) -> HostPort | None:
        """Carry a connection as an equal one was carried a moment ago; None: it has to be judged."""
        usable = self._passes.recall(session, hello)
        if not usable:
            return None
        self._hellos.inc()
        self._ways[Way.CARRY].inc()
        return self._dialling.choose(session, usable)

    def _passage(self, session: Session, hello: Hello) -> Passage:
        session.handshake = None
        target = session.target
        try:
            name = canonical_host(hello.name) if hello.name else ""
        except NameProblem:
            metrics.REFUSED.inc("tls", "malformed")
            return REFUSED
        if target is None:
            return REFUSED
        session.server_name = name or target[0]
        signs = self._openings.greeting(session, name, hello)
        if signs:
            session.signs = tuple(sign for sign in signs if sign.consequence in STOPPED)
        judgements = self._judgements(session, name, target[0], signs)
        binding = _binding(judgements)
        verdict = binding.verdict
        blocked = verdict.action is Action.BLOCK
        has_page = binding.view.inspectable and not binding.attempt.traits & HIDDEN
        if blocked and (verdict.reason is Reason.PROTOCOL or not has_page):
            self._endings.refused(binding)
            return REFUSED
        if blocked or any(one.verdict.handling is Handling.INSPECT for one in judgements):
            session.handshake = Exchange(binding)
            session.opened = True
            return OPENED
        return Passage(Way.CARRY, judgements, target[1], hello)

    def carried(self, session: Session, passage: Passage, found: Found) -> HostPort | None:
        """Begin to carry a connection to the address that was found, and return it; None refuses."""
        binding = _binding(passage.judgements)
        if found.address is None:
            self._endings.refused(_not_dialled(binding, found))
        elif session.over:
            self._endings.refused(binding)  # the client did not wait for the name
        else:
            session.tunnel = tunnel = Exchange.of(binding, passage.judgements)
            tunnel.until = soonest(tunnel.until, found.until)
            held = self._dialling.held(session, session.server_name, passage.port)
            if any(one.policy is not self._gateway.policy for one in passage.judgements):
                tunnel.until = binding.request.at  # judged before a swap: the next sweep judges it again
            elif held is not None and passage.hello is not None:
                self._passes.keep(session, passage.hello, passage.judgements, held)
            self._ways[Way.CARRY].inc()
            return found.address
        self._ways[Way.REFUSE].inc()
        return None

    def _judgements(
        self, session: Session, name: str, target: str, signs: tuple[Sign, ...]
    ) -> tuple[Judgement, ...]:
        """Judge each name; an address stands for itself only where the handshake names nothing."""
        if name and (name == target or is_address(target)):
            named = {name: NO_TRAITS}
            if session.connect is not None and name != target:
                named[target] = MISMATCH
        elif name:
            named = dict.fromkeys((name, target), MISMATCH)
        else:
            hidden = is_address(target) and not self._dialling.is_opened(target)
            named = {target: HIDDEN if hidden else NO_TRAITS}
        return tuple(
            self._gateway.judge(tls_attempt(session, host, traits, signs=signs))
            for host, traits in named.items()
        )

    def refuse_stream(
        self, session: Session, trait: Trait, first: bytes = b"", *, is_inside: bool = False
    ) -> None:
        """Judge and write down a stream that is no TLS, or no HTTP inside TLS.

        first    what the client sent
        """
        signs = (*session.signs, *self._openings.stream(session, first, is_inside=is_inside))
        target = session.target
        host = session.server_name or (target[0] if target else session.client)
        session.handshake = None
        judgement = self._gateway.judge(tls_attempt(session, host, frozenset({trait}), signs=signs))
        if judgement.verdict.action is not Action.BLOCK:
            judgement = refused_by_proxy(judgement, "This connection does not carry web pages.")
        self._endings.refused(judgement)


def _binding(judgements: tuple[Judgement, ...]) -> Judgement:
    if len(judgements) == 1:
        return judgements[0]
    verdict = strictest(judgement.verdict for judgement in judgements)
    return next(judgement for judgement in judgements if judgement.verdict is verdict)


def _not_dialled(judgement: Judgement, found: Found) -> Judgement:
    if found.verdict is not None:
        return replace(judgement, verdict=found.verdict)
    if not found.refusal:
        return judgement  # allowed, and led nowhere
    return refused_by_proxy(judgement, f"The address behind this name could not be used: {found.refusal}.")
