"""May this client open a tunnel through the explicit proxy, and to this place?"""

from mitmproxy import http

from addons.block_answers import BlockAnswers
from addons.flows import BadRequest, connect_target, tls_attempt
from addons.login import LoginGate
from addons.plain_pages import bad_request, say
from addons.sessions import Exchange, Sessions
from proxy import metrics
from proxy.decision.verdict import Action
from proxy.gateway import Gateway


class ConnectGate:
    """Judges CONNECT requests before anything is dialled.

    A blocked site that can be inspected gets its tunnel, since browsers show no page in answer to
    CONNECT: the block page comes inside, and nothing is dialled for it.
    """

    def __init__(self, gateway: Gateway, sessions: Sessions, login: LoginGate, answers: BlockAnswers) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._login = login
        self._answers = answers

    async def http_connect(self, flow: http.HTTPFlow) -> None:
        """Answer with a refusal, or let the tunnel begin."""
        if flow.response:
            return
        session = self._sessions.of(flow.client_conn.id)
        metrics.QUERIES.inc("tls", "connect")
        try:
            host, port = connect_target(flow)
        except BadRequest as bad:
            flow.response = bad_request(str(bad))
            return
        if session.connect is not None:
            flow.response = bad_request("A tunnel inside a tunnel is not opened.")
            return
        flow.response = await self._login.refusal(session, flow.request)
        if flow.response:
            return
        if port not in self._ports():
            metrics.REFUSED.inc("tls", "port")
            flow.response = say(
                403, "This port is closed", f"The proxy opens tunnels to the ports {self._ports_text()} only."
            )
            return
        judgement = self._gateway.judge(tls_attempt(session, host, method="CONNECT"))
        if judgement.verdict.action is Action.BLOCK and not judgement.view.inspectable:
            flow.response = self._answers.blocked(judgement, flow.request)
            return
        flow.request.data.host = host
        session.connect = (host, port)
        if judgement.verdict.action is Action.BLOCK:
            session.handshake = Exchange(judgement)  # what comes inside replaces it, if anything comes

    def _ports(self) -> tuple[int, ...]:
        settings = self._gateway.settings
        return tuple(settings.proxy.connect_ports) if settings else (443,)

    def _ports_text(self) -> str:
        return ", ".join(str(port) for port in self._ports())
