"""What becomes of a TLS connection: opened, carried unread, or refused?"""

from dataclasses import dataclass, replace
from enum import Enum

from mitmproxy import tls

from addons.browsing_log import BrowsingLog
from addons.dialling import Dialling, Found
from addons.flows import tls_attempt
from addons.refusals import refused_by_proxy
from addons.sessions import Exchange, HostPort, Session, Sessions
from proxy import metrics
from proxy.decision.names import NameProblem, canonical_host, is_address
from proxy.decision.pipeline import strictest
from proxy.decision.request import Trait
from proxy.decision.verdict import Action, Handling, Reason
from proxy.gateway import Gateway
from proxy.judgement import Judgement
from proxy.pinned import CertificateRefusals


class Way(Enum):
    """What is done with a TLS connection."""

    OPEN = "inspect"
    CARRY = "pass"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Passage:
    """A way, and for CARRY the judged address to dial."""

    way: Way
    address: HostPort | None = None


REFUSED = Passage(Way.REFUSE)


class TlsGate:
    """Judges the names that a TLS connection shows before it is encrypted."""

    def __init__(
        self,
        gateway: Gateway,
        sessions: Sessions,
        dialling: Dialling,
        journal: BrowsingLog,
        refusals: CertificateRefusals,
    ) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._dialling = dialling
        self._journal = journal
        self._refusals = refusals

    async def passage(self, session: Session, sni: str | None) -> Passage:
        """Judge SNI, CONNECT name and destination together and say what becomes of the connection.

        sni    as the ClientHello has it, or None
        """
        metrics.QUERIES.inc("tls", "hello")
        session.handshake = None
        target = session.target
        try:
            name = canonical_host(sni) if sni else ""
        except NameProblem:
            metrics.REFUSED.inc("tls", "malformed")
            return REFUSED
        if target is None:
            return REFUSED
        session.server_name = name or target[0]
        judgements = self._judgements(session, name, target[0])
        binding = _binding(judgements)
        passage = await self._passage(session, judgements, binding, target[1])
        metrics.TUNNELS.inc(passage.way.value)
        return passage

    def _judgements(self, session: Session, name: str, target: str) -> list[Judgement]:
        """Judge each name; an address stands for itself only where the handshake names nothing."""
        if name and (name == target or is_address(target)):
            named = {name: frozenset[Trait]()}
            if session.connect is not None and name != target:
                named[target] = frozenset({Trait.HOST_MISMATCH})
        elif name:
            named = dict.fromkeys((name, target), frozenset({Trait.HOST_MISMATCH}))
        else:
            hidden = is_address(target) and not self._dialling.is_opened(target)
            named = {target: frozenset({Trait.NO_SNI}) if hidden else frozenset[Trait]()}
        return [self._gateway.judge(tls_attempt(session, host, traits)) for host, traits in named.items()]

    async def _passage(
        self, session: Session, judgements: list[Judgement], binding: Judgement, port: int
    ) -> Passage:
        verdict = binding.verdict
        blocked = verdict.action is Action.BLOCK
        if blocked and (verdict.reason is Reason.PROTOCOL or not binding.view.inspectable):
            self._journal.refused(binding)
            return REFUSED
        if blocked or any(one.verdict.handling is Handling.INSPECT for one in judgements):
            session.handshake = Exchange(binding)
            return Passage(Way.OPEN)
        found = await self._dialling.find(session, session.server_name, port)
        if found.address is None:
            self._journal.refused(_not_dialled(binding, found))
            return REFUSED
        if session.over:
            self._journal.refused(binding)  # the client did not wait for the name
            return REFUSED
        session.tunnel = Exchange(binding)
        return Passage(Way.CARRY, found.address)

    def refuse_stream(self, session: Session, trait: Trait) -> None:
        """Judge and write down a stream that is no TLS, or no HTTP inside TLS."""
        target = session.target
        host = session.server_name or (target[0] if target else session.client)
        session.handshake = None
        judgement = self._gateway.judge(tls_attempt(session, host, frozenset({trait})))
        if judgement.verdict.action is not Action.BLOCK:
            judgement = refused_by_proxy(judgement, "This connection does not carry web pages.")
        self._journal.refused(judgement)

    # ---- hooks ----------------------------------------------------------------------------------

    def tls_failed_client(self, data: tls.TlsData) -> None:
        """Count a client that refused our certificate; write the event the handshake still owes."""
        session = self._sessions.get(data.context.client.id)
        if session is None:
            return
        host = session.server_name
        if host and not is_address(host) and self._refusals.saw(host, data.conn.error or ""):
            metrics.CERT_REFUSALS.inc()
        if session.handshake is not None:
            self._journal.ended(session.handshake)
            session.handshake = None


def _binding(judgements: list[Judgement]) -> Judgement:
    verdict = strictest(judgement.verdict for judgement in judgements)
    return next(judgement for judgement in judgements if judgement.verdict is verdict)


def _not_dialled(judgement: Judgement, found: Found) -> Judgement:
    if found.verdict is not None:
        return replace(judgement, verdict=found.verdict)
    if not found.refusal:
        return judgement  # allowed, and led nowhere
    return refused_by_proxy(judgement, f"The address behind this name could not be used: {found.refusal}.")
