"""May this client open a tunnel through the explicit proxy, and to this place?"""

from collections.abc import Sequence

from proxy import metrics
from proxy.decision.request import Stage
from proxy.decision.verdict import Action, Verdict
from proxy.frontdoor.answers import Answer, Pages
from proxy.frontdoor.attempts import tls_attempt
from proxy.frontdoor.first_bytes import Connect
from proxy.frontdoor.openings import Openings
from proxy.frontdoor.sessions import Exchange, HostPort, Session
from proxy.gateway import Gateway
from proxy.judgement import Change
from proxy.marking import marked

MAX_ALLOWED = 20_000


class ConnectGate:
    """Judges CONNECT requests, whose log-in was looked at before, and before anything is dialled.

    A blocked site that can be inspected gets its tunnel, since browsers show no page in answer to
    CONNECT: the block page comes inside, and nothing is dialled for it.
    """

    def __init__(self, gateway: Gateway, pages: Pages, openings: Openings) -> None:
        self._gateway = gateway
        self._openings = openings
        self._pages = pages
        self._allowed: dict[tuple[str, str | None, HostPort], Verdict] = {}
        gateway.on_swap.append(self._swapped)

    def refusal(self, session: Session, asked: Connect) -> Answer | None:
        """Return the answer that refuses, or None when the tunnel may begin."""
        if asked.port not in self._ports():
            metrics.REFUSED.inc("tls", "port")
            ports = ", ".join(str(port) for port in self._ports())
            text = marked("The proxy opens tunnels to the ports %(ports)s only.")
            page = self._pages.plain(403, marked("This port is closed"), text, values={"ports": ports})
            return Answer(page, keep=True)
        session.connect = (asked.host, asked.port)
        key = (session.client, session.login, session.connect)
        known = self._allowed.get(key)
        if known is not None and (known.until is None or self._gateway.now() < known.until):
            self._gateway.remembered(Stage.TLS, known)
            return None
        signs = self._openings.asked(session)
        judgement = self._gateway.judge(tls_attempt(session, asked.host, method="CONNECT", signs=signs))
        if judgement.verdict.action is not Action.BLOCK:
            if not signs:
                self._remember(key, judgement.verdict)
            return None
        if not judgement.view.inspectable:
            session.connect = None
            return Answer(self._pages.blocked(judgement), keep=True)
        session.handshake = Exchange(judgement)  # what comes inside replaces it, if anything comes
        return None

    def _remember(self, key: tuple[str, str | None, HostPort], verdict: Verdict) -> None:
        """A page asks for a dozen tunnels to the same place: the verdict holds until its `until`."""
        if len(self._allowed) >= MAX_ALLOWED:
            self._allowed.clear()
        self._allowed[key] = verdict

    def _swapped(self, _: Change) -> None:
        self._allowed.clear()

    def malformed(self, why: str) -> Answer:
        """The answer to a request that is not valid; the connection closes."""
        metrics.REFUSED.inc("tls", "malformed")
        return Answer(self._pages.plain(400, marked("The request is not valid"), why))

    def _ports(self) -> Sequence[int]:
        settings = self._gateway.settings
        return settings.proxy.connect_ports if settings else (443,)
